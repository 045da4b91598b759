import { MISSING_WORD } from "../detector.js";
import { PIXEL_STATUS } from "./pixel-status.js";
import type { RingMap, RingTotals } from "./ring-map.js";

/** How many pixels one call adds; see pixel-totals.ts. */
const STEP = 2 ** 12;
// Here, because compiled code looks at another module's constant anew for each pixel.
const GOOD: number = PIXEL_STATUS.good;

/**
 * Add the good pixels of each ring, one by one; bit for bit as the SIMD kernel does.
 *
 * @param status  in the shape of `values`: pixels with another status than 0 do not count. Of raw words, 0xFFFF does not
 * @param map     of as many pixels
 */
export function measureRings(
  values: Float32Array | Int32Array | Uint16Array,
  status: Uint8Array | undefined,
  map: RingMap,
): RingTotals {
  const sums = new Float32Array(4 * map.classes);
  const badPixels = new Uint8Array(4 * map.classes);
  const missing = values instanceof Uint16Array ? MISSING_WORD : Number.NaN;
  const addPixels = (start: number, end: number) => {
    const { classOf } = map;
    for (let pixel = start; pixel < end; pixel++) {
      const place = 4 * (classOf[pixel >> 2] as number) + (pixel & 3);
      const value = values[pixel] as number;
      if ((status !== undefined && status[pixel] !== GOOD) || value === missing) {
        badPixels[place] = (badPixels[place] as number) + 1;
      } else {
        sums[place] = (sums[place] as number) + Math.fround(value);
      }
    }
  };
  for (let start = 0; start < values.length; start += STEP) {
    addPixels(start, Math.min(start + STEP, values.length));
  }
  return map.totals(sums, badPixels);
}
