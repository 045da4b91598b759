/** Pixels that are added at once. */
const GROUP = 4;
/**
 * A class has no more groups than this: their sum, in float32, is then within 1e-5 of the sum of the sizes, usually within
 * 1e-7. A byte counts them.
 */
const MAX_GROUPS = 128;

/** What the pixels of each ring come to, from the innermost on. */
export interface RingTotals {
  /** Of float32 values within 1e-5 of the sum of their sizes, usually within 1e-7. */
  readonly sums: Float64Array;
  readonly goodPixels: Uint32Array;
}

/**
 * Which ring each pixel of a frame is in, made once for many frames.
 *
 * Most groups of four pixels that follow each other cross the same rings as many others do. They are one class: pixels are added
 * to the four sums of their class, and then those few sums to their rings. A class of many groups is dealt out to several, one
 * group to each in turn: neighbours then need not wait for each other's sum.
 */
export class RingMap {
  /** The ring of each pixel, in the order of the frame. */
  readonly ringOf: Uint16Array;
  readonly rings: number;
  /** The class of each group; the last group may reach beyond the frame. */
  readonly classOf: Uint32Array;
  /** The rings that the four sums of each class belong to. */
  readonly #ringsOfClass: Uint16Array;
  readonly #pixels: Uint32Array;

  /** @param ringOf  the ring of each pixel, from 0 to `rings` − 1; kept */
  constructor(ringOf: Uint16Array, rings: number) {
    this.ringOf = ringOf;
    this.rings = rings;
    this.#pixels = new Uint32Array(rings);
    for (const ring of ringOf) this.#pixels[ring] = (this.#pixels[ring] as number) + 1;
    const kinds = kindsOf(ringOf, rings);
    const firstClass: number[] = [];
    let classes = 0;
    for (const { groups } of kinds.all) {
      firstClass.push(classes);
      classes += Math.ceil(groups / MAX_GROUPS);
    }
    this.classOf = new Uint32Array(kinds.of.length);
    this.#ringsOfClass = new Uint16Array(GROUP * classes);
    const seen = new Uint32Array(kinds.all.length);
    for (const [group, kind] of kinds.of.entries()) {
      const { groups, rings: four } = kinds.all[kind] as Kind;
      const turn = (seen[kind] as number) % Math.ceil(groups / MAX_GROUPS);
      const one = (firstClass[kind] as number) + turn;
      seen[kind] = (seen[kind] as number) + 1;
      this.classOf[group] = one;
      this.#ringsOfClass.set(four, GROUP * one);
    }
  }

  /** How many classes there are. */
  get classes(): number {
    return this.#ringsOfClass.length / GROUP;
  }

  /**
   * Add up classes to rings.
   *
   * @param sums       four of each class
   * @param badPixels  likewise: pixels that are not in the sums
   */
  totals(sums: Float32Array, badPixels: Uint8Array): RingTotals {
    const totals = { sums: new Float64Array(this.rings), goodPixels: this.#pixels.slice() };
    const rings = this.#ringsOfClass;
    for (let place = 0; place < rings.length; place++) {
      const ring = rings[place] as number;
      totals.sums[ring] = (totals.sums[ring] as number) + (sums[place] as number);
      totals.goodPixels[ring] = (totals.goodPixels[ring] as number) - (badPixels[place] as number);
    }
    return totals;
  }
}

/** Groups in the same four rings. */
interface Kind {
  readonly rings: readonly number[];
  groups: number;
}

/** @returns all kinds, and the kind of each group */
function kindsOf(
  ringOf: Uint16Array,
  rings: number,
): { readonly all: readonly Kind[]; readonly of: Uint32Array } {
  const all: Kind[] = [];
  const of = new Uint32Array(Math.ceil(ringOf.length / GROUP));
  const indices = new Map<number, number>();
  for (let group = 0; group < of.length; group++) {
    const four = [0, 1, 2, 3].map((place) => ringOf[GROUP * group + place] ?? 0);
    const key = four.reduce((sum, ring) => sum * rings + ring, 0);
    let kind = indices.get(key);
    if (kind === undefined) {
      kind = all.push({ rings: four, groups: 0 }) - 1;
      indices.set(key, kind);
    }
    (all[kind] as Kind).groups += 1;
    of[group] = kind;
  }
  return { all, of };
}
