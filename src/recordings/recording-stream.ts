import type { Logger, PlaybackProgress } from "../api/index.js";
import type { DetectorLayout } from "../detector.js";
import type { ModuleStream, OpenModuleStream, PairedExposure, StreamMessage } from "../stream/index.js";
import { openRecording } from "./formats.js";
import { Pacer } from "./pacer.js";
import { type PlayList, playListOf } from "./play-list.js";
import { type Playback, selectedCount, selectionOf } from "./playback.js";
import { faultOf, ReadAhead, release } from "./read-ahead.js";
import type { Recording } from "./recording.js";
import type { PlaybackSteering } from "./steering.js";

/** A recorded pause that is longer than this is shown in the status. */
const LONG_PAUSE_SECONDS = 3;

/**
 * Opens recordings as streams that yield paired exposures, one recording after the other, and an end message after
 * each. Nothing is lost: the next exposure is read after one was taken.
 *
 * @param steering  called when a stream is opened; undefined if nobody controls the playback
 */
export function recordingStreamOpener(
  layout: DetectorLayout,
  playback: Playback,
  logger: Logger,
  steering: () => PlaybackSteering | undefined = () => undefined,
): OpenModuleStream {
  const checked = new Map<string, PlayList>();
  const open = async ({ url }: { readonly url: string }) => {
    // Opening many recordings takes a while, so the result of the check is reused.
    const list = checked.get(url) ?? (await playListOf([url], layout, playback));
    checked.delete(url);
    for (const note of list.notes) logger.warn(note);
    return new RecordingStream({ url, list, layout, playback, steering: steering(), logger });
  };
  return Object.assign(open, {
    check: async (urls: readonly string[]) => {
      const list = await playListOf(urls, layout, playback);
      const [url, ...others] = urls;
      if (url !== undefined && others.length === 0) checked.set(url, list);
    },
  });
}

interface PlayedRecordings {
  readonly url: string;
  readonly list: PlayList;
  readonly layout: DetectorLayout;
  readonly playback: Playback;
  readonly steering: PlaybackSteering | undefined;
  readonly logger: Logger;
}

/** Where to play from. */
interface Place {
  /** Index of the recording in the list. */
  readonly recording: number;
  /** Number of exposures of its selection to skip. */
  readonly offset: number;
  /** It was sought: it is delivered at once, even while paused. */
  readonly isSought: boolean;
}

class RecordingStream implements ModuleStream {
  readonly url: string;
  readonly #played: PlayedRecordings;
  readonly #closed = new AbortController();
  readonly #ratePacer: Pacer | undefined;
  /** Number of exposures of each recording; one that is being written grows. */
  readonly #counts: number[];
  #pacer: Pacer | undefined;
  #done = 0;
  #pass = 1;
  /** Whether this pass has delivered an exposure. */
  #hasCome = false;
  #isAtEnd = false;
  #hasEnded = false;
  /** The value of `missed` that was last given, and the offset that is added to those of recordings. */
  #missed = { given: 0, added: 0 };

  constructor(played: PlayedRecordings) {
    this.url = played.url;
    this.#played = played;
    this.#counts = [...played.list.counts];
    const { rate } = played.playback;
    this.#ratePacer = typeof rate === "number" ? new Pacer(rate) : undefined;
    played.steering?.reached(undefined, this.#total);
  }

  get progress(): PlaybackProgress {
    return { done: this.#done, total: this.#total, pass: this.#pass };
  }

  get problem(): string | undefined {
    if (this.#played.steering?.isPaused) return this.#isAtEnd ? "paused at the end" : "paused";
    const seconds = Math.round(this.#pacer?.leftSeconds ?? 0);
    return seconds < LONG_PAUSE_SECONDS ? undefined : `pause in the recording, ${seconds} s left`;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StreamMessage, void, undefined> {
    let place: Place | undefined = start(0);
    while (place !== undefined && !this.#isClosed) {
      yield* this.#play(place);
      place = await this.#after(place);
    }
  }

  close(): void {
    this.#closed.abort();
    this.#played.steering?.changed();
  }

  get #isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  get #total(): number {
    return this.#firstOf(this.#counts.length);
  }

  /** Exposures of the recordings before this one. */
  #firstOf(recording: number): number {
    return this.#counts.slice(0, recording).reduce((sum, count) => sum + count, 0);
  }

  /** Where to continue after a recording, or at a command; undefined at the end. */
  async #after({ recording }: Place): Promise<Place | undefined> {
    const { list, playback, steering, logger } = this.#played;
    if (steering?.target !== undefined) return this.#sought(steering);
    if (recording + 1 < list.paths.length) return start(recording + 1);
    // If no recording can be read any more, another pass would deliver nothing either.
    if (!playback.loop || !this.#hasCome) {
      if (steering === undefined || this.#isClosed) return undefined;
      this.#isAtEnd = true;
      steering.pause();
      if (!this.#hasEnded) logger.info("Played to the end. The playback is paused until Ctrl-C");
      this.#hasEnded = true;
      while (steering.isPaused && steering.target === undefined && !this.#isClosed) {
        await aborted(steering.change);
      }
      this.#isAtEnd = false;
      if (steering.target !== undefined) return this.#sought(steering);
    }
    this.#hasCome = false;
    this.#done = 0;
    this.#pass += 1;
    return start(0);
  }

  /** The place of the sought exposure. */
  #sought(steering: PlaybackSteering): Place {
    let offset = Math.max(Math.min(steering.target ?? 0, this.#total - 1), 0); // files may have been truncated
    steering.found();
    let recording = 0;
    for (; offset >= (this.#counts[recording] ?? Number.POSITIVE_INFINITY); recording += 1) {
      offset -= this.#counts[recording] as number;
    }
    return { recording, offset, isSought: true };
  }

  async *#play(from: Place): AsyncGenerator<StreamMessage, void, undefined> {
    const { list, layout, steering } = this.#played;
    let recording: Recording;
    try {
      recording = await openRecording(list.paths[from.recording] as string, layout);
    } catch (error) {
      yield faultOf(error); // it could be opened at the start
      return;
    }
    const isWithin = (target: number) =>
      target >= this.#firstOf(from.recording) && target < this.#firstOf(from.recording + 1);
    try {
      yield* this.#exposures(recording, from);
      while (steering?.target !== undefined && isWithin(steering.target)) {
        yield* this.#exposures(recording, this.#sought(steering));
      }
    } finally {
      recording.close();
    }
    if (!this.#isClosed && steering?.target === undefined) yield { kind: "end", repaired: false };
  }

  async *#exposures(recording: Recording, from: Place): AsyncGenerator<StreamMessage, void, undefined> {
    const { playback, steering } = this.#played;
    const selection = await selectionOf(recording, playback);
    // A rate continues from recording to recording; recorded times are separate for each.
    const isRecorded = playback.rate === "recorded";
    this.#pacer = this.#ratePacer ?? (isRecorded ? new Pacer(undefined) : undefined);
    const ahead = new ReadAhead(recording, selection, from.offset);
    const first = this.#firstOf(from.recording);
    if (!from.isSought) this.#missed.added = 0;
    try {
      for (let offset = from.offset; ; offset += 1) {
        const message = await ahead.next();
        if (message === undefined || this.#isClosed) return;
        const isSought = from.isSought && offset === from.offset;
        if (isSought) this.#pacer?.restart();
        if (!(await this.#isDue(message, isSought))) return release(message);
        this.#counts[from.recording] = Math.max(this.#counts[from.recording] ?? 0, offset + 1);
        this.#done = first + offset + 1;
        this.#hasCome = true;
        steering?.reached(first + offset, this.#total);
        yield this.#counted(message, isSought);
      }
    } finally {
      ahead.close();
      this.#counts[from.recording] = selectedCount(recording, selection); // it may have grown
    }
  }

  /** Wait until an exposure is due. @returns false if it is no longer wanted */
  async #isDue(message: StreamMessage, isSought: boolean): Promise<boolean> {
    const { playback, steering } = this.#played;
    for (;;) {
      if (this.#isClosed || steering?.target !== undefined) return false;
      const change = steering?.change ?? this.#closed.signal;
      if (steering?.isPaused && !isSought) {
        await aborted(change);
        continue;
      }
      if (message.kind !== "exposure" || !isTimed(message.exposure, playback)) return true;
      await this.#pacer?.wait(message.exposure.timestampSeconds, change);
      if (!change.aborted) return true;
    }
  }

  /**
   * Frames that are missing before a sought exposure do not count as missed.
   */
  #counted(message: StreamMessage, isSought: boolean): StreamMessage {
    if (message.kind !== "exposure" || message.exposure.missed === undefined) return message;
    const { missed } = message.exposure;
    const added = isSought ? this.#missed.given - missed : this.#missed.added;
    this.#missed = { given: missed + added, added };
    return { kind: "exposure", exposure: { ...message.exposure, missed: missed + added } };
  }
}

function start(recording: number): Place {
  return { recording, offset: 0, isSought: false };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** Without the detector's clock, there are no times to follow. */
function isTimed({ frames }: PairedExposure, { rate }: Playback): boolean {
  return rate !== "recorded" || frames.some(({ timestampTicks }) => timestampTicks > 0n);
}
