import { RecordingError } from "../errors.js";
import type { Recording } from "./recording.js";

/** How recordings are played. */
export interface Playback {
  /**
   * Exposures per second; `recorded`: by the detector's clock, or as fast as they are taken without one; `max`: as
   * fast as they are taken.
   */
  readonly rate: number | "recorded" | "max";
  /** The first and last frame number to play; of the numbers between, those that exist are played. */
  readonly first: bigint;
  readonly last: bigint;
  /** 1 for every exposure, 2 for every other. */
  readonly every: number;
  /** Start again at the end. */
  readonly loop: boolean;
}

export const PLAYBACK_DEFAULTS: Playback = {
  rate: "recorded",
  first: 0n,
  last: 2n ** 64n - 1n,
  every: 1,
  loop: false,
};

/** The exposures of a recording to play. The recording may grow meanwhile. */
export interface Selection {
  readonly fromIndex: number;
  /** The index after the last; undefined for the end of the recording, wherever that is. */
  readonly endIndex: number | undefined;
  readonly every: number;
}

export async function selectionOf(
  recording: Recording,
  { first, last, every }: Playback,
): Promise<Selection> {
  const end = await recording.indexFrom(last + 1n);
  return {
    fromIndex: await recording.indexFrom(first),
    endIndex: end < recording.length ? end : undefined,
    every,
  };
}

/** How many exposures a selection has at present. */
export function selectedCount({ length }: Recording, { fromIndex, endIndex, every }: Selection): number {
  return Math.max(Math.ceil(((endIndex ?? length) - fromIndex) / every), 0);
}

/** `'run_master_0.json' holds 41 to 44`. */
export function rangeOf(recording: Recording): string {
  const { path, length } = recording;
  return `'${path}' holds ${recording.numberOf(0)} to ${recording.numberOf(length - 1)}`;
}

/** @param ranges  of the recordings in which no exposure is selected */
export function nothingSelected(ranges: readonly string[], { first, last }: Playback): RecordingError {
  const asked = last === PLAYBACK_DEFAULTS.last ? `from ${first} on` : `from ${first} to ${last}`;
  return new RecordingError(
    "RECORDING_NO_EVENT",
    `There is no exposure with a frame number ${asked}: ${ranges.join(", ")}. Correct --first and --last.`,
  );
}
