import type { DetectorLayout } from "../detector.js";
import type { PairedExposure } from "../stream/index.js";

/** Properties of a whole recording. */
export interface RecordingSummary {
  /** The file that was named: a master or a data file. */
  readonly path: string;
  /** For display: `slsReceiver .raw, JSON master 8.0`. */
  readonly format: string;
  /** One or two per module. */
  readonly portCount: number;
  /** When the run began, in seconds since 1970; the file's own time if no master gives it. */
  readonly startSeconds: number;
  /** What is missing, truncated or damaged, one sentence each: what, where, and what can still be read. */
  readonly notes: readonly string[];
}

/**
 * A recorded run. Exposures are numbered by index from 0, in the order of their frame numbers. If a port has no frame
 * of an exposure, it is replaced by a missing one.
 */
export interface Recording extends RecordingSummary {
  /** Number of exposures. It may grow between calls while the file is still being written. */
  readonly length: number;

  /**
   * One exposure, in any order. The caller owns its memory.
   *
   * @throws {RecordingError} RECORDING_NOT_READABLE, _DAMAGED, if a file has changed or can no longer be read
   */
  read(index: number): Promise<PairedExposure>;

  /** Index of the exposure with that number; undefined if no exposure has it. */
  indexOf(frameNumber: bigint): Promise<number | undefined>;

  /** Index of the first exposure with that number or a higher one; {@link length} if all numbers are lower. */
  indexFrom(frameNumber: bigint): Promise<number>;

  /** The frame number of an exposure. @throws RangeError if there is no such index */
  numberOf(index: number): bigint;

  /** Close the files. May be repeated. */
  close(): void;
}

/** A format of recordings. */
export interface RecordingFormat {
  /**
   * Whether a file looks like this format, by its name and first 512 bytes; the first matching format of the list
   * reads it.
   */
  recognizes(path: string, firstBytes: Uint8Array): boolean;
  /** @throws {RecordingError} RECORDING_NOT_READABLE, _FORMAT, _DAMAGED, with what is wrong, where, and what to do */
  open(path: string, layout: DetectorLayout): Promise<Recording>;
}
