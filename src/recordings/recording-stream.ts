import type { Logger, PlaybackProgress } from "../api/index.js";
import type { DetectorLayout } from "../detector.js";
import { FaultCollector, isMonitorError } from "../errors.js";
import type { ModuleStream, OpenModuleStream, PairedExposure, StreamMessage } from "../stream/index.js";
import { openRecording, recordingsOf } from "./formats.js";
import { Pacer } from "./pacer.js";
import {
  nothingSelected,
  type Playback,
  rangeOf,
  type Selection,
  selectedCount,
  selectionOf,
} from "./playback.js";
import type { Recording } from "./recording.js";

/** Exposures that are read while the one before them is used: enough to keep a disk busy. */
const READ_AHEAD = 2;

/**
 * Opens recordings as streams that yield whole exposures, one recording after the other, and an end message after each. Nothing
 * is lost: the next exposure is read when one was taken.
 */
export function recordingStreamOpener(
  layout: DetectorLayout,
  playback: Playback,
  logger: Logger,
): OpenModuleStream {
  const open = async ({ url }: { readonly url: string }) => {
    const { paths, total, notes } = await plan([url], layout, playback);
    for (const note of notes) logger.warn(note);
    return new RecordingStream({ url, paths, total, layout, playback });
  };
  return Object.assign(open, {
    check: async (urls: readonly string[]) => void (await plan(urls, layout, playback)),
  });
}

/** What will be played. @throws every fault of every recording together */
async function plan(urls: readonly string[], layout: DetectorLayout, playback: Playback) {
  const faults = new FaultCollector();
  const notes: string[] = [];
  const paths: string[] = [];
  const ranges: string[] = [];
  let total = 0;
  for (const name of urls.flatMap((url) => url.split(","))) {
    const list = await faults.attemptAsync(() => recordingsOf(name));
    notes.push(...(list?.notes ?? []));
    for (const path of list?.paths ?? []) {
      await faults.attemptAsync(async () => {
        const recording = await openRecording(path, layout);
        try {
          paths.push(path);
          ranges.push(rangeOf(recording));
          notes.push(...recording.notes);
          total += selectedCount(recording, await selectionOf(recording, playback));
        } finally {
          recording.close();
        }
      });
    }
  }
  if (total === 0 && faults.faults.length === 0) faults.add(nothingSelected(ranges, playback));
  faults.throwIfAny();
  return { paths, total, notes };
}

interface PlayedRecordings {
  readonly url: string;
  readonly paths: readonly string[];
  /** Exposures of one pass. */
  readonly total: number;
  readonly layout: DetectorLayout;
  readonly playback: Playback;
}

class RecordingStream implements ModuleStream {
  readonly url: string;
  readonly #played: PlayedRecordings;
  readonly #closed = new AbortController();
  readonly #ratePacer: Pacer | undefined;
  #total: number;
  #done = 0;
  #pass = 1;

  constructor(played: PlayedRecordings) {
    this.url = played.url;
    this.#played = played;
    this.#total = played.total;
    const { rate } = played.playback;
    this.#ratePacer = typeof rate === "number" ? new Pacer(rate) : undefined;
  }

  get progress(): PlaybackProgress {
    return { done: this.#done, total: this.#total, pass: this.#pass };
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StreamMessage, void, undefined> {
    const { paths, playback } = this.#played;
    for (;;) {
      const before = this.#done;
      for (const path of paths) yield* this.#play(path);
      // Of recordings that cannot be read any more, another pass would bring nothing either.
      if (!playback.loop || this.#isClosed || this.#done === before) return;
      this.#done = 0;
      this.#pass += 1;
    }
  }

  close(): void {
    this.#closed.abort();
  }

  get #isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  async *#play(path: string): AsyncGenerator<StreamMessage, void, undefined> {
    if (this.#isClosed) return;
    let recording: Recording;
    try {
      recording = await openRecording(path, this.#played.layout);
    } catch (error) {
      yield faultOf(error); // it could be opened at the start
      return;
    }
    try {
      yield* this.#exposures(recording);
    } finally {
      recording.close();
    }
    if (!this.#isClosed) yield { kind: "end", repaired: false };
  }

  async *#exposures(recording: Recording): AsyncGenerator<StreamMessage, void, undefined> {
    const { playback } = this.#played;
    const selection = await selectionOf(recording, playback);
    const planned = selectedCount(recording, selection);
    // A rate goes on from recording to recording; each has its own times.
    const pacer = this.#ratePacer ?? (playback.rate === "recorded" ? new Pacer(undefined) : undefined);
    const ahead = new ReadAhead(recording, selection);
    try {
      for (;;) {
        const message = await ahead.next();
        if (message === undefined || this.#isClosed) return;
        if (message.kind === "exposure" && isTimed(message.exposure, playback)) {
          await pacer?.wait(message.exposure.timestampSeconds, this.#closed.signal);
          if (this.#isClosed) return release(message);
        }
        this.#done += 1;
        yield message;
      }
    } finally {
      ahead.close();
      this.#total += selectedCount(recording, selection) - planned; // it may have grown
    }
  }
}

/** Reads the exposures of a selection a little before they are asked for. */
class ReadAhead {
  readonly #recording: Recording;
  readonly #selection: Selection;
  readonly #reading: Promise<StreamMessage>[] = [];
  #index: number;

  constructor(recording: Recording, selection: Selection) {
    this.#recording = recording;
    this.#selection = selection;
    this.#index = selection.fromIndex;
  }

  /** The next exposure, or why it cannot be read; undefined at the end. */
  async next(): Promise<StreamMessage | undefined> {
    this.#fill();
    const message = await this.#reading.shift();
    this.#fill();
    return message;
  }

  close(): void {
    for (const reading of this.#reading) reading.then(release, () => undefined);
  }

  #fill(): void {
    const { endIndex, every } = this.#selection;
    while (this.#reading.length < READ_AHEAD && this.#index < (endIndex ?? this.#recording.length)) {
      const reading = this.#recording.read(this.#index).then(exposureOf, faultOf);
      reading.catch(() => undefined); // it is awaited later
      this.#reading.push(reading);
      this.#index += every;
    }
  }
}

function exposureOf(exposure: PairedExposure): StreamMessage {
  return { kind: "exposure", exposure };
}

/** @throws what is no fault of the recording */
function faultOf(error: unknown): StreamMessage {
  if (!isMonitorError(error)) throw error;
  return { kind: "fault", fault: error };
}

function release(message: StreamMessage): void {
  if (message.kind === "exposure") for (const frame of message.exposure.frames) frame.release?.();
}

/** Without a clock of the detector there is nothing to go by. */
function isTimed({ frames }: PairedExposure, { rate }: Playback): boolean {
  return rate !== "recorded" || frames.some(({ timestampTicks }) => timestampTicks > 0n);
}
