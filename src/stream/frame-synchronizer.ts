import { StreamError } from "../errors.js";
import { MAX_HEADER_SIZE_BYTES } from "./header.js";

/** The parts of its messages contain their type; no other sender's do. */
const PART_TYPE = /"htype"\s*:\s*"(?:header|module|series_end)"/;

/** The fault of an invalid message, with a specific text if an slsFrameSynchronizer has sent it. */
export function orSynchronizer(fault: StreamError, [first]: readonly Uint8Array[]): StreamError {
  if (first === undefined || first.length > MAX_HEADER_SIZE_BYTES) return fault;
  if (!PART_TYPE.test(Buffer.from(first.buffer, first.byteOffset, first.length).toString("latin1")))
    return fault;
  return new StreamError(
    "STREAM_BAD_MESSAGE",
    "This is an slsFrameSynchronizer, whose messages are not supported. Name the receivers' own ports instead: " +
      "tcp://HOST:30001,tcp://HOST:30002.",
    { cause: fault },
  );
}
