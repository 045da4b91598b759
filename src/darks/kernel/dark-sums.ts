/** Frames that show what each pixel usually reads, before any is counted. */
export const LEARNING_FRAMES = 50;
/** Frames that are summed together: each pixel's sums are touched once for all. The kernel takes no more. */
export const SUMMED_FRAMES = 16;

/** What pixels read in the first frames of a stage. */
export interface Readings {
  /** The words of each frame, [pixels]: {@link LEARNING_FRAMES} at most. */
  readonly words: readonly Uint16Array[];
  /** Of each pixel, how many readings were of the stage, their median, and their median absolute deviation, in ADU. */
  readonly counts: Uint16Array;
  readonly medians: Uint16Array;
  readonly deviations: Uint16Array;
  /**
   * Look at the first frames of {@link words}.
   *
   * @param code  gain code of the stage, in bits 15–14
   */
  learn(frames: number, code: number): void;
}

/** Sums of each pixel's usual readings, and how many others there were. */
export interface DarkSums {
  /** The words of each frame that is to be added, [pixels]: {@link SUMMED_FRAMES} at most. */
  readonly words: readonly Uint16Array[];
  /** The lowest reading that is usual for each pixel, in ADU, and how many ADU above it others are. */
  readonly lows: Uint16Array;
  readonly ranges: Uint16Array;
  /** Of each pixel: usual readings less the lowest usual one, and the squares of that. Whole numbers. */
  readonly sums: Float64Array;
  readonly squares: Float64Array;
  /** Readings of the stage that are not usual. */
  readonly outliers: Uint32Array;
  /** Words of another gain stage. */
  readonly wrongStage: Uint32Array;
  /** 0xFFFF or 0: the word did not come. */
  readonly missing: Uint32Array;
  /** 1 where gain code 10 was seen. */
  readonly invalidCode: Uint16Array;
  /**
   * Add the first frames of {@link words}.
   *
   * @param code  gain code of the stage, in bits 15–14
   */
  add(frames: number, code: number): void;
}
