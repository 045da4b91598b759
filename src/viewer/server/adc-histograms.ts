import {
  ADC_MASK,
  GAIN_BITS_SHIFT,
  GAIN_CODE_G0,
  GAIN_CODE_G1,
  GAIN_CODE_G2,
  MISSING_WORD,
} from "../../detector.js";
import type { AdcHistograms } from "../protocol.js";

const BINS = 128;
const BIN_WIDTH = (ADC_MASK + 1) / BINS;
const STAGE_CODES = [GAIN_CODE_G0, GAIN_CODE_G1, GAIN_CODE_G2];

/**
 * Number of occurrences of each ADC value in raw words, by gain stage. Missing words and invalid gain codes
 * are left out.
 */
export function adcHistograms(words: Uint16Array): AdcHistograms {
  // By gain code and bin in one plain loop: only 0xFFFF has to be subtracted again.
  const counts = new Uint32Array(4 * BINS);
  let missing = 0;
  for (let pixel = 0; pixel < words.length; pixel++) {
    const word = words[pixel] as number;
    if (word === MISSING_WORD) missing += 1;
    const index = (word >> GAIN_BITS_SHIFT) * BINS + Math.floor((word & ADC_MASK) / BIN_WIDTH);
    counts[index] = (counts[index] as number) + 1;
  }
  const last = counts.length - 1;
  counts[last] = (counts[last] as number) - missing;
  const stage = (code: number) => [...counts.subarray(code * BINS, (code + 1) * BINS)];
  return { binWidth: BIN_WIDTH, stages: STAGE_CODES.map(stage) };
}
