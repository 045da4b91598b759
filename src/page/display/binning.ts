import type { Binning } from "../../viewer/protocol.js";

/**
 * With fewer screen pixels per image pixel, 2×2 image pixels have space for hardly more than one colour. A
 * quarter of the data is then enough, which a slow browser gets and draws several times as often.
 */
const LEAST_SCREEN_PIXELS = 0.75;

/**
 * The resolution that a page requests.
 *
 * @param screenPixels   screen pixels per image pixel, in one direction; null if the image is not yet on the
 *                       screen
 * @param areValuesRead  whether values are read from the image, not only displayed
 */
export function wantedBinning(screenPixels: number | null, areValuesRead: boolean): Binning {
  return screenPixels === null || areValuesRead || screenPixels >= LEAST_SCREEN_PIXELS ? 1 : 2;
}

/** The meaning of a binned image's values, in words; null for full resolution. */
export function binningText(binning: Binning): string | null {
  return binning === 1 ? null : `brightest of each ${binning}×${binning} pixels`;
}
