import type { Binning } from "../../viewer/protocol.js";

/**
 * With fewer pixels of the screen than this for each of the image, 2×2 of them have room for hardly more than one colour: then a
 * quarter of the data is enough, which a slow browser gets and draws several times as often.
 */
const LEAST_SCREEN_PIXELS = 0.75;

/**
 * The resolution that a page asks for.
 *
 * @param screenPixels   pixels of the screen for each of the image, in one direction; null if the image is not on the screen yet
 * @param areValuesRead  whether values are read from the image, not only looked at
 */
export function wantedBinning(screenPixels: number | null, areValuesRead: boolean): Binning {
  return screenPixels === null || areValuesRead || screenPixels >= LEAST_SCREEN_PIXELS ? 1 : 2;
}

/** What an image that has not got every pixel shows, in words; null if it has. */
export function binningText(binning: Binning): string | null {
  return binning === 1 ? null : `brightest of each ${binning}×${binning} pixels`;
}
