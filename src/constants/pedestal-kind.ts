import { ADC_MASK } from "../detector.js";
import { sampleOf } from "./map-sample.js";

/**
 * What a pedestal map counts from. OM's dark tool averages raw words, so its maps still hold the gain bits; from int16
 * files, in which G2 words are negative, with another offset than from uint16 files.
 */
export interface PedestalKind {
  readonly name: string;
  /** What is to be subtracted to have ADC values, in each gain stage, in ADU. */
  readonly offsets: readonly [number, number, number];
}

export const PEDESTAL_KINDS: readonly PedestalKind[] = [
  { name: "ADC values (14 bits)", offsets: [0, 0, 0] },
  { name: "averages of uint16 words with gain bits", offsets: [0, 0x4000, 0xc000] },
  { name: "averages of int16 words with gain bits", offsets: [0, 0x4000, -0x4000] },
];

/** Share of a map's pixels that a kind must explain. A few odd pixels do not decide about a map. */
const NEEDED_SHARE = 0.9;

/**
 * Find what a map of one gain stage counts from: ADC values lie in 0 to 16383, so only one offset fits.
 *
 * @returns undefined if none fits; offset 0 for a map in which no pixel was seen
 */
export function findPedestalOffset(map: ArrayLike<number>, stage: 0 | 1 | 2): number | undefined {
  const sample = sampleOf(map);
  // Perhaps hardly a pixel was seen: then all are looked at.
  const values = countPixels(sample, isSeen) > 0 ? sample : map;
  const seen = countPixels(values, isSeen);
  if (seen === 0) return 0;
  return PEDESTAL_KINDS.map(({ offsets }) => offsets[stage]).find(
    (offset) =>
      countPixels(values, (value) => !Number.isNaN(adcPedestal(value, offset))) >= NEEDED_SHARE * seen,
  );
}

function countPixels(values: ArrayLike<number>, holds: (value: number) => boolean): number {
  let count = 0;
  for (let index = 0; index < values.length; index++) if (holds(values[index] as number)) count++;
  return count;
}

/** The pedestal as an ADC value in ADU; NaN where the pixel was not seen, or where it cannot be one. */
export function adcPedestal(value: number, offset: number): number {
  const adc = value - offset;
  return isSeen(value) && adc >= 0 && adc <= ADC_MASK ? adc : Number.NaN;
}

/** OM's tool writes 0 where a pixel was never seen in a stage. */
function isSeen(value: number): boolean {
  return Number.isFinite(value) && value !== 0;
}
