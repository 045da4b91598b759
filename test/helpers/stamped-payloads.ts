/** Says in a payload what it is, so that whoever gets it can tell whether it came with its own header and other half. */
export interface Stamp {
  readonly moduleIndex: number;
  readonly run: number;
  readonly frameNumber: number;
  /** When it was sent, in milliseconds since 1970. */
  readonly sentMs: number;
}

const SIZE_BYTES = 1_048_576;
const STAMP_BYTES = 4 * Float64Array.BYTES_PER_ELEMENT;

/** A payload with the stamp at its begin and at its end; what is between is whatever was in memory. A module's, unless sized. */
export function stampedPayload({
  moduleIndex,
  run,
  frameNumber,
  sentMs,
  sizeBytes = SIZE_BYTES,
}: Stamp & { sizeBytes?: number }): Buffer {
  const payload = Buffer.allocUnsafeSlow(sizeBytes);
  for (const start of [0, sizeBytes - STAMP_BYTES]) {
    const numbers = [moduleIndex, run, frameNumber, sentMs];
    for (const [index, value] of numbers.entries()) payload.writeDoubleLE(value, start + 8 * index);
  }
  return payload;
}

/** @throws if the payload's begin and end are not of one frame */
export function readStamp(payload: Uint8Array): Stamp {
  const begin = stampAt(payload, 0);
  const end = stampAt(payload, payload.length - STAMP_BYTES);
  if (JSON.stringify(begin) !== JSON.stringify(end)) {
    throw new Error(`a payload begins as ${JSON.stringify(begin)} and ends as ${JSON.stringify(end)}`);
  }
  return begin;
}

function stampAt({ buffer, byteOffset }: Uint8Array, start: number): Stamp {
  const view = new DataView(buffer, byteOffset + start);
  const number = (index: number) => view.getFloat64(8 * index, true);
  return { moduleIndex: number(0), run: number(1), frameNumber: number(2), sentMs: number(3) };
}
