type Pixels = Uint8Array | Uint16Array | Float32Array | Int32Array;

/** The largest block size that raises the C library's threshold; see {@link keepFreedMemory}. */
const LESSON_BYTES = 31 * 2 ** 20;

let isTaught = false;

/**
 * Make the C library keep the memory of frames that their owners have dropped, for the frames that follow.
 *
 * Otherwise it returns the memory to the operating system, which provides it again page by page, zeroed: for
 * a frame of 5 MB, this takes several times as long as calibrating it. glibc learns from freed blocks: after
 * a large block was freed, it keeps up to twice as much (mallopt(3), M_MMAP_THRESHOLD: "dynamic"). The block
 * is never touched, so it costs nothing. This has no effect with other C libraries.
 */
export function keepFreedMemory(): void {
  if (isTaught) return;
  isTaught = true;
  Buffer.allocUnsafeSlow(LESSON_BYTES);
}

/** A copy in its own memory, which, unlike that of `slice`, is not filled with zeros first. */
export function ownedCopy<T extends Pixels>(pixels: T): T {
  const { buffer } = Buffer.allocUnsafeSlow(pixels.byteLength);
  const PixelsArray = pixels.constructor as new (buffer: ArrayBufferLike) => T;
  const copy = new PixelsArray(buffer);
  copy.set(pixels);
  return copy;
}
