/** Controls the playback of recordings. Exposures are counted from 0, over all recordings that are played. */
export interface PlaybackControl {
  /** The newest exposure, or the target of a seek; undefined before the first. */
  readonly position: number | undefined;
  /** Exposures of one pass; may grow while a run is being written. */
  readonly total: number;
  /** While paused, only {@link seek} and {@link step} deliver exposures. */
  readonly isPaused: boolean;
  /** Continue; start again from the beginning if the end was reached. */
  play(): void;
  /** Deliver no further exposures until {@link play}. */
  pause(): void;
  /** Continue from another exposure, or the nearest one that exists. While paused, only this one is delivered. */
  seek(index: number): void;
  /** Pause, and {@link seek} forward by this number of exposures, or back if it is negative. */
  step(exposures: number): void;
}
