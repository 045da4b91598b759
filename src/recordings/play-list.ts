import type { DetectorLayout } from "../detector.js";
import { FaultCollector } from "../errors.js";
import { openRecording, recordingsOf } from "./formats.js";
import { nothingSelected, type Playback, rangeOf, selectedCount, selectionOf } from "./playback.js";

/** The recordings to play, one after the other. */
export interface PlayList {
  readonly paths: readonly string[];
  /** Number of exposures to play of each recording. */
  readonly counts: readonly number[];
  /** What is missing or damaged, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * Open every recording once, to see what will be played.
 *
 * @param urls  names of recordings or lists of them, separated by commas
 * @throws {RecordingError} every fault of every recording together; RECORDING_NO_EVENT if no exposure is selected
 */
export async function playListOf(
  urls: readonly string[],
  layout: DetectorLayout,
  playback: Playback,
): Promise<PlayList> {
  const faults = new FaultCollector();
  const notes: string[] = [];
  const paths: string[] = [];
  const counts: number[] = [];
  const ranges: string[] = [];
  for (const name of urls.flatMap((url) => url.split(","))) {
    const list = await faults.attemptAsync(() => recordingsOf(name));
    notes.push(...(list?.notes ?? []));
    for (const path of list?.paths ?? []) {
      await faults.attemptAsync(async () => {
        const recording = await openRecording(path, layout);
        try {
          const count = selectedCount(recording, await selectionOf(recording, playback));
          paths.push(path);
          counts.push(count);
          ranges.push(rangeOf(recording));
          notes.push(...recording.notes);
        } finally {
          recording.close();
        }
      });
    }
  }
  if (faults.faults.length === 0 && counts.every((count) => count === 0)) {
    faults.add(nothingSelected(ranges, playback));
  }
  faults.throwIfAny();
  return { paths, counts, notes };
}
