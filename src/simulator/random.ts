/** Pseudorandom numbers in [0, 1) that depend only on the seed (mulberry32). */
export type Random = () => number;

export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const NORMAL_TABLE_SIZE = 2 ** 16;

/** Normally distributed numbers, mean 0, deviation 1, from a table: a scene needs ten million of them. */
export function normalRandom(random: Random): () => number {
  const table = new Float32Array(NORMAL_TABLE_SIZE).map(() => {
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    return radius * Math.cos(2 * Math.PI * random());
  });
  return () => table[(random() * NORMAL_TABLE_SIZE) | 0] as number;
}

/** Above this mean, a normal distribution is accurate enough. */
const LARGE_MEAN = 30;

/**
 * A Poisson-distributed count, such as photons in a pixel.
 *
 * @param none  probability of 0, if it was computed before
 */
export function poisson(mean: number, random: Random, normal: () => number, none = Math.exp(-mean)): number {
  if (mean > LARGE_MEAN) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
  let probability = none;
  let remaining = random() - probability;
  let count = 0;
  while (remaining > 0 && count < 10 * LARGE_MEAN) {
    count += 1;
    probability *= mean / count;
    remaining -= probability;
  }
  return count;
}
