import { BYTES_PER_WORD, MODULE_COLUMNS, MODULE_ROWS, ROWS_PER_PACKET } from "../../detector.js";
import { StreamError } from "../../errors.js";
import { orSynchronizer } from "../frame-synchronizer.js";
import { gainMode } from "../gain-mode.js";
import { type MessageContext, releaseOf } from "../message.js";
import type { ModuleFrame, PairedExposure, StreamMessage } from "../module-stream.js";
import { type OmModule, readOmPair } from "./om-pair.js";
import { readParts } from "./parts-message.js";

/**
 * Make a {@link StreamMessage} of a message from a receiver that pairs: OM's pickle in one part, or a header and the
 * ports' payloads. Never throws: an invalid message becomes a fault.
 *
 * @param parts  the message; payloads are borrowed by the frames, not copied
 */
export function parsePairedMessage(parts: readonly Uint8Array[], context: MessageContext): StreamMessage {
  try {
    const [only] = parts;
    const exposure = parts.length === 1 && only ? omExposure(only, context) : readParts(parts, context);
    return { kind: "exposure", exposure };
  } catch (error) {
    if (error instanceof StreamError) return { kind: "fault", fault: orSynchronizer(error, parts) };
    throw error;
  }
}

/** OM's receiver sends a time for each module; the event has that of the top module, as in OM. */
function omExposure(message: Uint8Array, context: MessageContext): PairedExposure {
  const modules = readOmPair(message, context.layout);
  const [top] = modules as [OmModule];
  const other = modules.find(({ frameNumber }) => frameNumber !== top.frameNumber);
  if (other !== undefined) {
    throw new StreamError(
      "STREAM_BAD_MESSAGE",
      `A pair contains frames ${top.frameNumber} and ${other.frameNumber}: OM's receiver has mixed two exposures. ` +
        "Restart it.",
    );
  }
  const frames = modules.map(
    ({ raw, frameNumber }, portIndex): ModuleFrame => ({
      frameNumber,
      portIndex,
      rows: MODULE_ROWS,
      raw,
      complete: !hasLostPackets(raw),
      timestampTicks: 0n,
      gainMode: gainMode(0),
      arrivalSeconds: context.arrivalSeconds,
      repaired: false,
      // All modules are in one message.
      ...releaseOf(context, message),
    }),
  );
  return { frames, timestampSeconds: top.timestampSeconds };
}

/**
 * OM's pairs do not say what is missing: lost packets that the slsReceiver has filled are recognised by their bytes.
 */
function hasLostPackets(raw: Uint8Array): boolean {
  const packetBytes = ROWS_PER_PACKET * MODULE_COLUMNS * BYTES_PER_WORD;
  for (let start = 0; start < raw.length; start += packetBytes) {
    // Most packets are recognised by their first bytes.
    if (raw[start] !== 0xff || raw[start + 1] !== 0xff) continue;
    if (raw.subarray(start, start + packetBytes).every((byte) => byte === 0xff)) return true;
  }
  return false;
}
