type Pixels = Uint8Array | Uint16Array | Float32Array | Int32Array;

/** The largest size that the C library may learn from; see {@link keepFreedMemory}. */
const LESSON_BYTES = 31 * 2 ** 20;

let isTaught = false;

/**
 * Have the C library keep the memory of frames that their owners have dropped, for the frames that follow.
 *
 * Otherwise it hands it back to the operating system, which gives it out again page by page, zeroed: for a frame of 5 MB
 * that takes several times as long as to calibrate it. glibc learns from what is freed: once it has seen a large block go,
 * it keeps up to twice as much (mallopt(3), M_MMAP_THRESHOLD: "dynamic"). The block is never touched, so it costs
 * nothing. Other libraries are not impressed.
 */
export function keepFreedMemory(): void {
  if (isTaught) return;
  isTaught = true;
  Buffer.allocUnsafeSlow(LESSON_BYTES);
}

/** A copy in memory of its own, which, unlike that of `slice`, is not filled with zeros first. */
export function ownedCopy<T extends Pixels>(pixels: T): T {
  const { buffer } = Buffer.allocUnsafeSlow(pixels.byteLength);
  const PixelsArray = pixels.constructor as new (buffer: ArrayBufferLike) => T;
  const copy = new PixelsArray(buffer);
  copy.set(pixels);
  return copy;
}
