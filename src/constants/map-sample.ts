/** Every 61st pixel is enough to characterise a map, or to distinguish it from another one. */
const SAMPLE_STEP = 61;

/** Some values of a map. */
export function sampleOf(map: ArrayLike<number>): Float32Array {
  const sample = new Float32Array(Math.ceil(map.length / SAMPLE_STEP));
  for (let index = 0; index < sample.length; index++) sample[index] = map[index * SAMPLE_STEP] as number;
  return sample;
}
