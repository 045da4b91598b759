import { ADC_MASK } from "../detector.js";
import type { DarkSums, Readings } from "./kernel/index.js";

/** Samples further from what is usual than this many deviations are left out. */
const OUTLIER_SIGMAS = 5;
/** The deviation of a normal distribution, from its median absolute deviation. */
const SIGMAS_PER_MAD = 1.4826;
/** Fewer samples than this do not say what is usual. */
const LEAST_LEARNT = 5;

/** Readings at the ends of the ADC's range are none: words that did not come look like them. */
const LOWEST = 1;
const HIGHEST = ADC_MASK - 1;

/** Set what is usual for each pixel from what it has read: around the median, as far as the median absolute deviation says. */
export function setUsualRanges(
  { counts, medians, deviations }: Readings,
  { lows, ranges }: Pick<DarkSums, "lows" | "ranges">,
): void {
  for (let pixel = 0; pixel < lows.length; pixel++) {
    let low = LOWEST;
    let high = HIGHEST; // whatever comes counts
    if ((counts[pixel] as number) >= LEAST_LEARNT) {
      const median = medians[pixel] as number;
      // Half an ADU: whole numbers are as coarse.
      const reach = Math.ceil(OUTLIER_SIGMAS * SIGMAS_PER_MAD * ((deviations[pixel] as number) + 0.5));
      low = Math.max(median - reach, LOWEST);
      high = Math.min(median + reach, HIGHEST);
    }
    lows[pixel] = low;
    ranges[pixel] = Math.max(high - low, 0);
  }
}
