/** Every so many pixels are enough to see what a map is like, or to tell it from another. */
const SAMPLE_STEP = 61;

/** Some values of a map. */
export function sampleOf(map: ArrayLike<number>): Float32Array {
  const sample = new Float32Array(Math.ceil(map.length / SAMPLE_STEP));
  for (let index = 0; index < sample.length; index++) sample[index] = map[index * SAMPLE_STEP] as number;
  return sample;
}

/** What most values of a map of G1 come to, whatever their sign: about 1.4 for gains, about 13500 for pedestals. */
const PEDESTALS_ABOVE = 100;

/** Whether a map of G1 holds pedestals (thousands of ADU) rather than gains (about -1.4 ADU/keV). */
export function looksLikePedestals(map: ArrayLike<number>): boolean {
  let seen = 0;
  let large = 0;
  for (let pixel = 0; pixel < map.length; pixel++) {
    const size = Math.abs(map[pixel] as number);
    if (!(size > 0 && size < Number.POSITIVE_INFINITY)) continue;
    seen += 1;
    if (size > PEDESTALS_ABOVE) large += 1;
  }
  return large > seen / 2;
}
