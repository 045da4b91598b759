import type { Array2D } from "../host/index.js";
import { PIXEL_ARRAYS } from "./protocol.js";

/** Description of a frame for the view's thread; its pixels are in a separate buffer. */
export interface SnapshotHeader {
  readonly eventId: string;
  readonly timestampSeconds: number;
  readonly dtype: Array2D["dtype"];
  readonly shape: readonly [rows: number, columns: number];
  readonly unit: string;
  readonly incomplete: boolean;
  readonly wrongConstants: boolean;
  /** Whether the buffer also contains the raw words. */
  readonly hasRaw: boolean;
}

/** A frame in the view's thread. The arrays are views of one buffer. */
export interface Snapshot {
  readonly header: SnapshotHeader;
  readonly data: Array2D["data"];
  /** Raw words, uint16, in the shape of the data; for a raw frame, the data. Undefined if there are none. */
  readonly raw: Uint16Array | undefined;
  /** Why each pixel is bad, uint8, in the shape of the data. */
  readonly status: Uint8Array;
}

/** Data of at most 4 bytes, raw words, and status. */
const BYTES_PER_PIXEL = 4 + 2 + 1;

/** Size of a buffer for frames of so many pixels. */
export function snapshotBytes(pixels: number): number {
  return pixels * BYTES_PER_PIXEL;
}

/** Copy a frame, and its raw words if given, into a buffer of {@link snapshotBytes}. */
export function writeSnapshot(buffer: ArrayBuffer, frame: Array2D, raw: Uint16Array | undefined): void {
  const pixels = frame.data.length;
  new PIXEL_ARRAYS[frame.dtype](buffer, 0, pixels).set(frame.data);
  if (raw !== undefined) new Uint16Array(buffer, 4 * pixels, pixels).set(raw);
  const status = new Uint8Array(buffer, 6 * pixels, pixels);
  if (frame.status === undefined) status.fill(0);
  else status.set(frame.status);
}

/** Read {@link writeSnapshot}'s frame, as views of the buffer. */
export function readSnapshot(buffer: ArrayBuffer, header: SnapshotHeader): Snapshot {
  const pixels = header.shape[0] * header.shape[1];
  const data = new PIXEL_ARRAYS[header.dtype](buffer, 0, pixels);
  const raw = header.hasRaw ? new Uint16Array(buffer, 4 * pixels, pixels) : undefined;
  return {
    header,
    data,
    raw: data instanceof Uint16Array ? data : raw,
    status: new Uint8Array(buffer, 6 * pixels, pixels),
  };
}
