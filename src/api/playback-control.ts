/** Steers how recordings are played. Exposures are counted from 0, over all recordings that are played. */
export interface PlaybackControl {
  /** The newest exposure that came, or the one that is sought; undefined before the first. */
  readonly position: number | undefined;
  /** Exposures of one pass; may grow while a run is being written. */
  readonly total: number;
  /** Whether nothing comes but what {@link seek} and {@link step} ask for. */
  readonly isPaused: boolean;
  /** Go on; begin again if the end was reached. */
  play(): void;
  /** Let no further exposure come until {@link play}. */
  pause(): void;
  /** Go on from another exposure, the nearest that there is. While paused, this one alone comes. */
  seek(index: number): void;
  /** Pause, and {@link seek} so many exposures further, or back. */
  step(exposures: number): void;
}
