import { MODULE_PIXELS, MODULE_ROWS, type ModulePlace } from "../detector.js";
import { nthSmallest } from "../statistics/index.js";
import { type Kernel, PLANE_OF_STAGE } from "./kernel/index.js";

/** Frames after which a sample weighs 1/e of a new one. */
const WINDOW_FRAMES = 1000;
/** Each frame moves one of so many parts of a module, in turn: the time that tracking may take allows no more. */
const SLICES = 8;
const SLICE_ROWS = MODULE_ROWS / SLICES;
/** A sample counts within so many standard deviations of the pedestal; the less, the further away it is. */
const WINDOW_SIGMAS = 5;
/** How much less samples count on average for that, with normal noise: 1 − 6/5² + 5 × 3/5⁴. */
const MEAN_WEIGHT = 0.784;
const GAIN = SLICES / (WINDOW_FRAMES * MEAN_WEIGHT);

/** Samples that the noise of a pixel is found from, where the dark file does not have it. */
const LEARNED_SAMPLES = 200;
/** The standard deviation of a normal distribution, from the median distance from its middle. */
const SIGMAS_PER_SPREAD = 1.4826;
/** ADU. Of most JUNGFRAU pixels in G0; what learning begins with. */
const USUAL_SIGMA = 8;
/** ADU. A pixel that seems quieter has too few ADC values to tell. */
const LEAST_SIGMA = 0.5;
/** A pixel that seems so many times as noisy as its module's median has met photons in most frames. */
const MOST_NOISE = 2;

/** Whose pedestals are followed. */
export type TrackedStage = "g0" | "hg0";

/** How far the pedestals of a module are from those of the files, in ADU. */
export interface PedestalDrift {
  readonly meanAdu: number;
  /** Of the pixel that is furthest away, either way. */
  readonly worstAdu: number;
}

/** A module in one gain setting. */
interface Followed {
  /** Whether its noise is still to be found from the frames. */
  isLearning: boolean;
  /** Frames that have been followed since tracking, or learning, began. */
  frames: number;
}

/** Planes of one module and stage. */
interface Planes {
  readonly pedestals: Float32Array;
  readonly file: Float32Array;
  readonly windows: Float32Array;
}

/** Lets the pedestals of G0 and HG0 in a kernel follow the frames. */
export class PedestalTracking {
  readonly #kernel: Kernel;
  readonly #limitAdu: number;
  readonly #followed: readonly Readonly<Record<TrackedStage, Followed>>[];
  /** The stage that each module was last followed in. */
  readonly #newest: TrackedStage[];

  /** @param limitAdu  how far pedestals may be from those of the files */
  constructor(kernel: Kernel, limitAdu: number) {
    this.#kernel = kernel;
    this.#limitAdu = limitAdu;
    this.#followed = kernel.layout.places.map(() => ({
      g0: { isLearning: true, frames: 0 },
      hg0: { isLearning: true, frames: 0 },
    }));
    this.#newest = kernel.layout.places.map(() => "g0");
  }

  /** Give the noise of the dark files. @param rms  ADU, [512, 1024]; a pixel without a positive one is not followed */
  setNoise(place: ModulePlace, stage: TrackedStage, rms: ArrayLike<number>): void {
    const { windows } = this.#planes(place, stage);
    for (let pixel = 0; pixel < MODULE_PIXELS; pixel++) windows[pixel] = windowOf(rms[pixel] as number);
    this.#followedOf(place, stage).isLearning = false;
  }

  /** The kernel's pedestals are complete: they are those of the files. */
  start(): void {
    this.#forEach((place, stage) => this.#begin(place, stage));
  }

  /** Go back to the pedestals of the files. Noise that was found stays. */
  reset(): void {
    this.#forEach((place, stage) => {
      const { pedestals, file } = this.#planes(place, stage);
      if (!this.#followedOf(place, stage).isLearning) pedestals.set(file);
      this.#begin(place, stage);
    });
  }

  /** Follow the frame that the kernel holds, in one slice of a module. */
  follow(place: ModulePlace, stage: TrackedStage): void {
    const followed = this.#followedOf(place, stage);
    const round = Math.floor(followed.frames / SLICES);
    // A slice meets every 7th frame, not every 8th: a beamline may light every second frame, or the same two of eight.
    const slice = (followed.frames + round) % SLICES;
    const firstRow = place.firstRow + slice * SLICE_ROWS;
    const isHighGain = stage === "hg0";
    followed.frames += 1;
    this.#newest[place.moduleIndex] = stage;
    if (!followed.isLearning) {
      this.#kernel.track(firstRow, SLICE_ROWS, isHighGain, GAIN, this.#limitAdu);
      return;
    }
    this.#kernel.learn(firstRow, SLICE_ROWS, isHighGain, learningStep(round));
    if (followed.frames === SLICES * LEARNED_SAMPLES) this.#finishLearning(place, stage);
  }

  /** Measure how far a module has drifted, in the stage that it was last followed in. Goes through all of its pixels. */
  drift(place: ModulePlace): PedestalDrift {
    const stage = this.#newest[place.moduleIndex] as TrackedStage;
    if (this.#followedOf(place, stage).isLearning) return { meanAdu: 0, worstAdu: 0 };
    return driftBetween(this.#planes(place, stage));
  }

  #begin(place: ModulePlace, stage: TrackedStage): void {
    const followed = this.#followedOf(place, stage);
    const { pedestals, file, windows } = this.#planes(place, stage);
    followed.frames = 0;
    file.set(pedestals);
    if (followed.isLearning) windows.fill(USUAL_SIGMA / SIGMAS_PER_SPREAD);
  }

  /** The spreads that were found become windows; the medians beside them have served their turn. */
  #finishLearning(place: ModulePlace, stage: TrackedStage): void {
    const followed = this.#followedOf(place, stage);
    const { pedestals, file, windows } = this.#planes(place, stage);
    const most = MOST_NOISE * medianOf(windows, pedestals);
    for (let pixel = 0; pixel < MODULE_PIXELS; pixel++) {
      const sigma = SIGMAS_PER_SPREAD * Math.min(windows[pixel] as number, most);
      windows[pixel] = windowOf(Math.max(sigma, LEAST_SIGMA));
    }
    file.set(pedestals);
    followed.isLearning = false;
    followed.frames = 0;
  }

  #forEach(step: (place: ModulePlace, stage: TrackedStage) => void): void {
    for (const place of this.#kernel.layout.places) {
      step(place, "g0");
      step(place, "hg0");
    }
  }

  #followedOf({ moduleIndex }: ModulePlace, stage: TrackedStage): Followed {
    return (this.#followed[moduleIndex] as Record<TrackedStage, Followed>)[stage];
  }

  #planes({ firstPixel }: ModulePlace, stage: TrackedStage): Planes {
    const { pedestals, filePedestals, windows } = this.#kernel;
    const setting = stage === "hg0" ? 1 : 0;
    const moduleOf = (plane: Float32Array) => plane.subarray(firstPixel, firstPixel + MODULE_PIXELS);
    return {
      pedestals: moduleOf(pedestals[PLANE_OF_STAGE[stage]]),
      file: moduleOf(filePedestals[setting]),
      windows: moduleOf(windows[setting]),
    };
  }
}

/** What the kernel makes of the noise of a pixel. No word is within an infinite one. */
function windowOf(rms: number): number {
  return rms > 0 ? 1 / (WINDOW_SIGMAS * rms) ** 2 : Number.POSITIVE_INFINITY;
}

/** Large at first, to find any noise from 1 to 100 ADU, and then small, so that few samples decide little. */
function learningStep(round: number): number {
  return Math.min(0.2, 8 / (round + 1));
}

/** The median spread of the pixels that have a pedestal. */
function medianOf(spreads: Float32Array, pedestals: Float32Array): number {
  const seen = spreads.filter((_, pixel) => !Number.isNaN(pedestals[pixel]));
  return nthSmallest(seen, seen.length >> 1) ?? 0;
}

function driftBetween({ pedestals, file }: Planes): PedestalDrift {
  let sum = 0;
  let count = 0;
  let worst = 0;
  for (let pixel = 0; pixel < MODULE_PIXELS; pixel++) {
    const drift = (pedestals[pixel] as number) - (file[pixel] as number);
    if (Number.isNaN(drift)) continue;
    sum += drift;
    count += 1;
    if (Math.abs(drift) > worst) worst = Math.abs(drift);
  }
  return { meanAdu: count === 0 ? 0 : sum / count, worstAdu: worst };
}
