const DESCRIPTIONS = { uint16: "<u2", float32: "<f4", int32: "<i4" } as const;

const MAGIC = "\x93NUMPY\x01\x00";

/** The header's size must be a multiple of this. */
const ALIGNMENT_BYTES = 64;

/** Arrays that can be written in numpy's format. */
export interface NpyArray {
  readonly dtype: keyof typeof DESCRIPTIONS;
  readonly shape: readonly number[];
  readonly data: Uint16Array | Float32Array | Int32Array;
}

/**
 * An array in numpy's format, for `numpy.load`. Works in Node.js and in browsers.
 *
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, version 1.0
 */
export function encodeNpy({ dtype, shape, data }: NpyArray): Uint8Array<ArrayBuffer> {
  const text = `{'descr': '${DESCRIPTIONS[dtype]}', 'fortran_order': False, 'shape': (${shape.join(", ")}), }`;
  const prefix = MAGIC.length + 2;
  const size = Math.ceil((prefix + text.length + 1) / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
  const file = new Uint8Array(size + data.byteLength).fill(" ".charCodeAt(0), 0, size);
  file.set(latin1(MAGIC));
  new DataView(file.buffer).setUint16(MAGIC.length, size - prefix, true);
  file.set(latin1(text), prefix);
  file.set(latin1("\n"), size - 1);
  file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), size);
  return file;
}

const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
