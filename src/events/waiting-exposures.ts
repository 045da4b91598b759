import { type Arrival, Exposure, type LinkedRuns } from "./exposure.js";

/**
 * An exposure waits for this many seconds, or longer at low rates, because lost packets are noticed only with the
 * next frame.
 */
const WAIT_SECONDS = { least: 1, most: 5, intervals: 2.5 };
/** Every exposure waits for at least this long. */
export const LEAST_WAIT_SECONDS = WAIT_SECONDS.least;

/** The exposures that wait for more frames. Iterates in the order of their first frames. */
export class WaitingExposures {
  readonly #all = new Set<Exposure>();

  /** How many exposures wait. */
  get size(): number {
    return this.#all.size;
  }

  /** How many frames wait. */
  get frames(): number {
    let frames = 0;
    for (const { arrivals } of this.#all) frames += arrivals.length;
    return frames;
  }

  [Symbol.iterator](): IterableIterator<Exposure> {
    return this.#all.values();
  }

  /** Add a waiting exposure that begins with a frame. */
  begin(first: Arrival, portCount: number): Exposure {
    const exposure = new Exposure(first, portCount);
    exposure.linked.waiting.set(exposure.frameNumber, exposure);
    this.#all.add(exposure);
    return exposure;
  }

  /** Move a waiting exposure to other runs. */
  move(exposure: Exposure, to: LinkedRuns): void {
    exposure.linked.waiting.delete(exposure.frameNumber);
    exposure.linked = to;
    to.waiting.set(exposure.frameNumber, exposure);
  }

  remove(exposure: Exposure): void {
    this.#all.delete(exposure);
    exposure.linked.waiting.delete(exposure.frameNumber);
  }

  /** Exposures that have waited too long. They must be removed one by one. */
  *overdue(nowSeconds: number): Generator<Exposure> {
    for (const exposure of this.#all) {
      if (nowSeconds - exposure.firstSeconds < waitSeconds(exposure)) return;
      yield exposure;
    }
  }

  /** Exposures that wait for a port's frame, by its number. */
  *thatLack({ frame: { frameNumber, portIndex } }: Arrival): Generator<Exposure> {
    for (const exposure of this.#all) {
      if (exposure.frameNumber === frameNumber && exposure.slots[portIndex] === undefined) yield exposure;
    }
  }
}

function waitSeconds({ arrivals }: Exposure): number {
  const { least, most, intervals } = WAIT_SECONDS;
  const longest = Math.max(...arrivals.map(({ run }) => intervals * (run.pace.interval ?? 0)));
  return Math.min(Math.max(longest, least), most);
}
