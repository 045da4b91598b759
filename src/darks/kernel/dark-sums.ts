/** Number of frames that show the usual readings of each pixel, before any is counted. */
export const LEARNING_FRAMES = 50;
/**
 * Maximum number of frames that are summed together, so that each pixel's sums are accessed only once for all of
 * them.
 */
export const SUMMED_FRAMES = 16;

/** Readings of the first frames of a stage. */
export interface Readings {
  /** The words of each frame, [pixels]: {@link LEARNING_FRAMES} at most. */
  readonly words: readonly Uint16Array[];
  /**
   * For each pixel, the number of readings in the stage, their median, and their median absolute deviation, in ADU.
   */
  readonly counts: Uint16Array;
  readonly medians: Uint16Array;
  readonly deviations: Uint16Array;
  /**
   * Analyse the first frames of {@link words}.
   *
   * @param code  gain code of the stage, in bits 15–14
   */
  learn(frames: number, code: number): void;
}

/** Sums of each pixel's usual readings, and counts of all others. */
export interface DarkSums {
  /** The words of each frame to add, [pixels]: {@link SUMMED_FRAMES} at most. */
  readonly words: readonly Uint16Array[];
  /** The lowest usual reading of each pixel, in ADU, and the width of the usual range, in ADU. */
  readonly lows: Uint16Array;
  readonly ranges: Uint16Array;
  /** For each pixel: sums of the usual readings minus the lowest usual one, and of their squares. Whole numbers. */
  readonly sums: Float64Array;
  readonly squares: Float64Array;
  /** Number of unusual readings in the stage. */
  readonly outliers: Uint32Array;
  /** Number of words in another gain stage. */
  readonly wrongStage: Uint32Array;
  /** Number of words 0xFFFF or 0, which were not received. */
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
