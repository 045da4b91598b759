import { DETECTOR_COLUMNS, DETECTOR_PIXELS, MODULE_PIXELS } from "../../src/detector.js";
import type { JungfrauEvent } from "../../src/events/index.js";
import type { ModuleFrame } from "../../src/stream/index.js";
import { aModuleFrame } from "../../src/testing/index.js";

export { aModuleFrame, FakeModuleStream, modulePayload } from "../../src/testing/index.js";

/** The words of a whole frame: all `fill`, but for some pixels by [row, column]. */
export function words(
  fill: number,
  pixels: readonly (readonly [row: number, column: number, word: number])[] = [],
): Uint16Array {
  const raw = new Uint16Array(DETECTOR_PIXELS).fill(fill);
  for (const [row, column, word] of pixels) raw[row * DETECTOR_COLUMNS + column] = word;
  return raw;
}

/** An event whose two modules hold these words. */
export function anEvent(raw: Uint16Array, fields: Partial<ModuleFrame> = {}): JungfrauEvent {
  const bytes = new Uint8Array(raw.buffer);
  const frames = [0, 1].map((portIndex) =>
    aModuleFrame({
      ...fields,
      portIndex,
      raw: bytes.slice(portIndex * MODULE_PIXELS * 2, (portIndex + 1) * MODULE_PIXELS * 2),
    }),
  );
  return {
    frameNumber: fields.frameNumber ?? 1n,
    timestampSeconds: 1_700_000_000,
    frames,
    incomplete: fields.complete === false,
  };
}
