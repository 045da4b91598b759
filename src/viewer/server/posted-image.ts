import type { IncomingMessage } from "node:http";
import { decodeImage, IMAGE_NAMES, type ImageHeader, PIXEL_ARRAYS, type ViewImage } from "../protocol.js";

/** Larger than an image of the detector with gaps. */
const MAX_BYTES = 16e6;
const MAX_TEXT = 100;

/**
 * Read an image that a page sends back unchanged, to be written as a file.
 *
 * @returns undefined if it is too large, or not an image
 */
export async function readPostedImage(request: IncomingMessage): Promise<ViewImage | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > MAX_BYTES) return undefined;
  try {
    const message = await readAll(request);
    const image = decodeImage(message);
    const { data, status } = image;
    const isWhole = status.byteOffset + status.byteLength === message.byteLength;
    return isWhole && isHeader(image.header) && data.length === status.length ? image : undefined;
  } catch {
    return undefined; // truncated, or with wrong lengths
  }
}

async function readAll(request: IncomingMessage): Promise<ArrayBuffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new RangeError("larger than any image");
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks)).buffer;
}

function isHeader(header: ImageHeader): boolean {
  const { image, dtype, shape, binning, eventId, unit, timestampSeconds, frames } = header;
  return (
    IMAGE_NAMES.includes(image) &&
    Object.hasOwn(PIXEL_ARRAYS, dtype) &&
    Array.isArray(shape) &&
    shape.length === 2 &&
    shape.every((size) => Number.isInteger(size) && size > 0) &&
    binning === 1 &&
    isText(eventId) &&
    isText(unit) &&
    Number.isFinite(timestampSeconds) &&
    Number.isInteger(frames) &&
    frames > 0 &&
    frames < 2 ** 31
  );
}

function isText(value: unknown): boolean {
  return typeof value === "string" && /^[\w/ .µÅ-]*$/.test(value) && value.length <= MAX_TEXT;
}
