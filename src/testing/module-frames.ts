import { type DetectorLayout, JUNGFRAU_1M, MODULE_COLUMNS, MODULE_PIXELS, MODULE_ROWS } from "../detector.js";
import type { JungfrauEvent } from "../events/index.js";
import type { ModuleFrame } from "../stream/index.js";

/** A module frame, of which a test gives only the relevant values. It has no pixels unless `raw` is given. */
export function aModuleFrame(fields: Partial<ModuleFrame> = {}): ModuleFrame {
  return {
    frameNumber: 1n,
    portIndex: 0,
    rows: MODULE_ROWS,
    raw: new Uint8Array(0),
    complete: true,
    timestampTicks: 0n,
    gainMode: { highGain: false, fixedStage: undefined, forcedStage: undefined },
    arrivalSeconds: 1_700_000_000,
    repaired: false,
    ...fields,
  };
}

/** A module's bytes, filled with one word. */
export function modulePayload(word: number, rows = MODULE_ROWS): Uint8Array {
  return new Uint8Array(new Uint16Array(rows * MODULE_COLUMNS).fill(word).buffer);
}

/** One pixel of the detector frame, and its word with gain bits. */
export type RawPixel = readonly [row: number, column: number, word: number];

/** The values of an event that a test can give; those of a frame apply to all modules. */
export interface DataEventFields extends Partial<Omit<ModuleFrame, "portIndex" | "raw" | "rows">> {
  /** The detector; a JUNGFRAU 1M by default. */
  readonly layout?: DetectorLayout;
  /** Seconds since 1970-01-01 UTC; by default the time of arrival. */
  readonly timestampSeconds?: number;
  /** The word of all pixels that are not named; 0 by default. */
  readonly fill?: number;
  /** Pixels with another word than `fill`. */
  readonly pixels?: readonly RawPixel[];
  /** All words, [rows, columns], instead of `fill` and `pixels`. Copied. */
  readonly words?: Uint16Array;
}

/** The words of a whole frame, [rows, columns]: `fill`, except for some pixels. */
export function detectorWords(
  fill: number,
  pixels: readonly RawPixel[] = [],
  layout = JUNGFRAU_1M,
): Uint16Array {
  const words = new Uint16Array(layout.pixels).fill(fill);
  for (const [row, column, word] of pixels) words[row * layout.columns + column] = word;
  return words;
}

/** An event of all modules, of which a test gives only the relevant values. */
export function aDataEvent({
  layout = JUNGFRAU_1M,
  fill = 0,
  pixels = [],
  words = detectorWords(fill, pixels, layout),
  timestampSeconds,
  ...fields
}: DataEventFields = {}): JungfrauEvent {
  const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  const size = MODULE_PIXELS * Uint16Array.BYTES_PER_ELEMENT;
  const frames = layout.places.map(({ moduleIndex: portIndex }) =>
    aModuleFrame({ ...fields, portIndex, raw: bytes.slice(portIndex * size, (portIndex + 1) * size) }),
  );
  return {
    frameNumber: fields.frameNumber ?? 1n,
    timestampSeconds: timestampSeconds ?? fields.arrivalSeconds ?? 1_700_000_000,
    frames,
    incomplete: fields.complete === false,
  };
}
