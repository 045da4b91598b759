import type { DetectorLayout } from "../detector.js";
import type { PairedExposure } from "../stream/index.js";

/** What is known of a recording as a whole. */
export interface RecordingSummary {
  /** The file that was named: a master, or a file of data. */
  readonly path: string;
  /** Such as `slsReceiver .raw, JSON master 8.0`, for people. */
  readonly format: string;
  /** 1 or 2 for each module. */
  readonly portCount: number;
  /** When the run began, in seconds since 1970; the file's own time where its master does not say. */
  readonly startSeconds: number;
  /** One sentence each, of what is missing, cut or damaged: what, where, and what is read all the same. */
  readonly notes: readonly string[];
}

/**
 * A run that was recorded. Exposures are numbered by index from 0, in the order of their frame numbers; a port that has no
 * frame of an exposure has a missing one in its place.
 */
export interface Recording extends RecordingSummary {
  /** Exposures that are there. It may grow between calls while the file is still being written. */
  readonly length: number;

  /**
   * One exposure, in any order. The caller owns its memory.
   *
   * @throws {RecordingError} RECORDING_NOT_READABLE, _DAMAGED, of a file that has changed, or cannot be read any more
   */
  read(index: number): Promise<PairedExposure>;

  /** Where the exposure of that number is; undefined if there is none. */
  indexOf(frameNumber: bigint): Promise<number | undefined>;

  /** Where the first exposure of that number or above is; {@link length} if there is none. */
  indexFrom(frameNumber: bigint): Promise<number>;

  /** The frame number of an exposure. @throws RangeError if there is no such index */
  numberOf(index: number): bigint;

  /** Close the files. Harmless when repeated. */
  close(): void;
}

/** A format of recordings. */
export interface RecordingFormat {
  /** Whether a file looks like one, by its name and first 512 bytes; the first format of the list that says so reads it. */
  recognizes(path: string, firstBytes: Uint8Array): boolean;
  /** @throws {RecordingError} RECORDING_NOT_READABLE, _FORMAT, _DAMAGED, with what is wrong, where, and what to do */
  open(path: string, layout: DetectorLayout): Promise<Recording>;
}
