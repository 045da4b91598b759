import { ADC_MASK } from "../detector.js";
import { sampleOf } from "./map-sample.js";

/**
 * The offset of a pedestal map from ADC values. OM's dark tool averages raw words, so its maps still hold the gain bits. In
 * int16 files, words of G2 are negative, so the offset differs from that of uint16 files.
 */
export interface PedestalKind {
  readonly name: string;
  /** To subtract from the map of each gain stage to get ADC values, in ADU. */
  readonly offsets: readonly [number, number, number];
}

export const PEDESTAL_KINDS: readonly PedestalKind[] = [
  { name: "ADC values (14 bits)", offsets: [0, 0, 0] },
  { name: "averages of uint16 words with gain bits", offsets: [0, 0x4000, 0xc000] },
  { name: "averages of int16 words with gain bits", offsets: [0, 0x4000, -0x4000] },
];

/** Share of a map's pixels that a kind must fit. A few odd pixels must not decide. */
const NEEDED_SHARE = 0.9;

/**
 * Find the offset of a map of one gain stage: ADC values are 0 to 16383, so only one offset fits.
 *
 * @returns undefined if none fits; offset 0 for a map in which no pixel was seen
 */
export function findPedestalOffset(map: ArrayLike<number>, stage: 0 | 1 | 2): number | undefined {
  const sample = sampleOf(map);
  // If the sample has no pixel that was in this stage, all pixels are examined.
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

/** The pedestal as an ADC value in ADU; NaN if the pixel was never in this stage, or if the value is out of range. */
export function adcPedestal(value: number, offset: number): number {
  const adc = value - offset;
  return isSeen(value) && adc >= 0 && adc <= ADC_MASK ? adc : Number.NaN;
}

/** OM's tool writes 0 for a pixel that was never in a stage. */
function isSeen(value: number): boolean {
  return Number.isFinite(value) && value !== 0;
}
