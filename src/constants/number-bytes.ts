import { endianness } from "node:os";

/** Kinds of numbers: IEEE floats, signed and unsigned integers, with their size in bytes. */
export type NumberType = "f2" | "f4" | "f8" | "i1" | "i2" | "i4" | "i8" | "u1" | "u2" | "u4" | "u8";

/** Encoding of numbers. */
export interface NumberFormat {
  readonly type: NumberType;
  readonly isLittleEndian: boolean;
}

export function sizeBytesOf(type: NumberType): number {
  return Number(type[1]);
}

/**
 * Numbers from their bytes.
 *
 * @param bytes  aligned to 8 bytes; overwritten, and may become part of the result
 */
export function numbersFromBytes(
  bytes: Buffer<ArrayBuffer>,
  { type, isLittleEndian }: NumberFormat,
): ArrayLike<number> {
  const sizeBytes = sizeBytesOf(type);
  if (isLittleEndian !== (endianness() === "LE")) swapBytes(bytes, sizeBytes);
  const { buffer, byteOffset } = bytes;
  const place = [buffer, byteOffset, bytes.length / sizeBytes] as const;
  switch (type) {
    case "f2":
      return numbersFromFloat16(new Uint16Array(...place));
    case "f4":
      return new Float32Array(...place);
    case "f8":
      return new Float64Array(...place);
    case "i1":
      return new Int8Array(...place);
    case "i2":
      return new Int16Array(...place);
    case "i4":
      return new Int32Array(...place);
    case "i8":
      return Float64Array.from(new BigInt64Array(...place), Number);
    case "u1":
      return new Uint8Array(...place);
    case "u2":
      return new Uint16Array(...place);
    case "u4":
      return new Uint32Array(...place);
    case "u8":
      return Float64Array.from(new BigUint64Array(...place), Number);
  }
}

function swapBytes(bytes: Buffer, sizeBytes: number): void {
  if (sizeBytes === 2) bytes.swap16();
  if (sizeBytes === 4) bytes.swap32();
  if (sizeBytes === 8) bytes.swap64();
}

/** Numbers from float16: a sign, 5 bits of exponent, 10 of fraction. */
export function numbersFromFloat16(words: Uint16Array): Float32Array {
  return Float32Array.from(words, (word) => {
    const sign = word & 0x8000 ? -1 : 1;
    const exponent = (word >> 10) & 0x1f;
    const fraction = word & 0x3ff;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    return sign * (1 + fraction / 2 ** 10) * 2 ** (exponent - 15);
  });
}
