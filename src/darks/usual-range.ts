import { ADC_MASK } from "../detector.js";
import type { DarkSums, Readings } from "./kernel/index.js";

/** Samples further from the median than this many standard deviations are left out. */
const OUTLIER_SIGMAS = 5;
/** Standard deviation of a normal distribution per median absolute deviation. */
const SIGMAS_PER_MAD = 1.4826;
/** With fewer samples than this, the usual range is unknown. */
const LEAST_LEARNT = 5;

/** Readings at the ends of the ADC's range are not used, because words that were not received look the same. */
const LOWEST = 1;
const HIGHEST = ADC_MASK - 1;

/**
 * Set the usual range of each pixel from its readings: around the median, with a width from the median absolute
 * deviation.
 */
export function setUsualRanges(
  { counts, medians, deviations }: Readings,
  { lows, ranges }: Pick<DarkSums, "lows" | "ranges">,
): void {
  for (let pixel = 0; pixel < lows.length; pixel++) {
    let low = LOWEST;
    let high = HIGHEST; // every reading counts
    if ((counts[pixel] as number) >= LEAST_LEARNT) {
      const median = medians[pixel] as number;
      // Half an ADU, the resolution of whole numbers.
      const reach = Math.ceil(OUTLIER_SIGMAS * SIGMAS_PER_MAD * ((deviations[pixel] as number) + 0.5));
      low = Math.max(median - reach, LOWEST);
      high = Math.min(median + reach, HIGHEST);
    }
    lows[pixel] = low;
    ranges[pixel] = Math.max(high - low, 0);
  }
}
