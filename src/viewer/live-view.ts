import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Clock, DataEvent, DataSource, Logger, PlaybackControl, StreamStatus } from "../api/index.js";
import { HostError, messageOf } from "../errors.js";
import {
  type Alarms,
  type Array2D,
  detectedEvents,
  EventRate,
  GrowthRate,
  isArray2D,
  levelOf,
  type Signals,
} from "../host/index.js";
import type { ListenAddress, MetricsRoutesOptions } from "../http/index.js";
import { profilesOf } from "./profiles.js";
import type { ImageName, MonitorIdentity, Profile, SavedFrames, ViewMonitor } from "./protocol.js";
import { snapshotBytes, writeSnapshot } from "./snapshot.js";
import { steerPlayback } from "./steer-playback.js";
import type { FromViewer, GivenSums, ToViewer, ViewerData } from "./thread-messages.js";

/** One that the pages see, one being written, and one on its way. */
const BUFFERS = 3;
/**
 * Maximum share of the monitor's time for copies to the view; far less while the monitor is busy. The view
 * needs about five times as long for each copy, in its own thread, and there may be few processors.
 */
const MAX_COPY_SHARE = 0.05;
const MIN_COPY_SHARE = 0.003;
/** Time for a copy of a frame of 1M pixels, until one is measured. */
const FIRST_COPY_MS = 5;
/**
 * Maximum increase of the copy time from one copy to the next. A copy that takes ten times as long was
 * interrupted by other processes, and cost this thread no more than the others.
 */
const COPY_GROWTH = 1.25;
const STATUS_INTERVAL_MS = 500;
/** How long to wait for pages to learn that the monitor ends. */
const CLOSE_TIMEOUT_MS = 1000;

export interface LiveViewOptions extends ListenAddress {
  /** Origins of the page behind reverse proxies, as browsers send them: `https://HOST`, or `https://HOST:PORT`. */
  readonly origins: readonly string[];
  /** Token that every request needs; undefined if none is needed. */
  readonly token: string | undefined;
  /** Kind of the monitor's frames; only calibrated frames have sums. */
  readonly frames: "calibrated" | "raw" | "none";
  /** Returns the raw words of an event; undefined if they are unavailable, or are the frames themselves. */
  readonly rawSource: DataSource<unknown> | undefined;
  /** Reset the pedestals to those of the dark files; undefined if they do not follow the frames. */
  readonly resetPedestals?: (() => void) | undefined;
  readonly status: () => StreamStatus;
  /** Values found in the data of the events. */
  readonly watched: {
    readonly signals: Pick<Signals, "all">;
    readonly alarms: Pick<Alarms, "raised">;
  };
  /** For a view of several monitors: the numbers that a single one would count by its events. */
  readonly joint?: JointFigures | undefined;
  readonly metrics: MetricsRoutesOptions["metrics"];
  /** The raw frames that the monitor keeps, if any. */
  readonly kept?: KeptFrames | undefined;
  /** Playback of the recording, for pages to control. */
  readonly playback?: PlaybackControl | undefined;
  /** Which monitor this is. */
  readonly identity: MonitorIdentity;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Numbers of several monitors together. Sum and maximum then come through {@link LiveView.showSums}. */
export interface JointFigures {
  readonly eventsPerSecond: number;
  readonly lagSeconds: number | null;
  readonly infos: readonly ViewMonitor[];
}

/** Raw frames that can be written to disk. */
export interface KeptFrames {
  /** Maximum number of frames. */
  readonly size: number;
  /** @returns undefined if there are none yet */
  save(): Promise<SavedFrames | undefined>;
}

/**
 * The live view of a monitor: a web page, and the same numbers for programs.
 *
 * It has its own thread. The monitor's thread copies frames for it, as many as the view can take and the
 * monitor has time for. Frames that are not copied are missing only in the view.
 */
export class LiveView {
  readonly #options: LiveViewOptions;
  readonly #worker: Worker;
  readonly #rate: EventRate;
  readonly #detectedRate: GrowthRate;
  readonly #timer: NodeJS.Timeout;
  readonly #exited: Promise<void>;
  #isGone = false;
  #hasWarned = false;
  #buffers: ArrayBuffer[] = [];
  #bufferBytes = 0;
  /** Recent share of time in which the monitor's thread was idle, and the start of its measurement. */
  #spare = 1;
  #spareSince = performance.eventLoopUtilization();
  /** When the next frame may be copied. */
  #nextMs = Number.NEGATIVE_INFINITY;
  /** Time that a copy takes in this thread. */
  #copyMs = FIRST_COPY_MS;
  #lagSeconds: number | null = null;
  #badPixels: Readonly<Record<string, number>> = {};
  #pages = 0;
  /** Ends the wait for a free buffer. */
  #onFree: (() => void) | undefined;
  /** The last state sent to pages. */
  #playbackSaid = "";
  #profiles: readonly Profile[] = [];
  /** When profiles may be read next. */
  #nextProfilesMs = Number.NEGATIVE_INFINITY;

  /** `http://HOST:PORT/`, without the token. */
  readonly url: string;

  private constructor(options: LiveViewOptions, worker: Worker, url: string) {
    this.#options = options;
    this.#worker = worker;
    this.#rate = new EventRate(options.clock);
    this.#detectedRate = new GrowthRate(options.clock);
    this.url = `${url}/`;
    worker.on("message", (message: FromViewer) => this.#listen(message));
    worker.on("error", (error) =>
      options.logger.error(`The live view has ended; the monitor continues: ${error.message}`),
    );
    this.#exited = new Promise((resolve) => {
      worker.once("exit", () => {
        this.#isGone = true;
        clearInterval(this.#timer);
        this.#onFree?.();
        resolve();
      });
    });
    this.#timer = setInterval(() => this.#sendStatus(), STATUS_INTERVAL_MS).unref();
    this.#sendStatus();
  }

  /** @throws {HostError} HOST_CANNOT_LISTEN */
  static async start(options: LiveViewOptions): Promise<LiveView> {
    const { host, port, origins, token, metrics, kept, joint, playback, identity } = options;
    const images = imagesOf(options);
    const workerData: ViewerData = {
      ...{ host, port, origins, token, images, identity },
      canResetPedestals: options.resetPedestals !== undefined,
      keeps: kept?.size,
      isPlayback: playback !== undefined,
      hasGivenSums: joint !== undefined,
      metricsType: metrics.contentType,
    };
    const worker = new Worker(new URL("server/thread.js", import.meta.url), { workerData });
    const [answer] = (await once(worker, "message")) as [FromViewer];
    if (answer.type === "listening") return new LiveView(options, worker, answer.url);
    await worker.terminate();
    if (answer.type === "failed") throw new HostError(answer.code, answer.message);
    throw new Error(`The live view began with '${answer.type}'.`);
  }

  /** How many pages are open. */
  get pages(): number {
    return this.#pages;
  }

  /** Show an event's frame, if the view can take it now. Call it for each event once its data are ready. */
  offer(event: DataEvent, frame: Array2D): void {
    this.#note(event, frame);
    this.#offer(event, frame);
  }

  /** The same for an event that is not counted. */
  offerUncounted(event: DataEvent, frame: Array2D): void {
    this.#badPixels = frame.badPixels ?? {};
    this.#offer(event, frame);
  }

  #offer(event: DataEvent, frame: Array2D): void {
    const started = performance.now();
    if (this.#isGone || started < this.#nextMs) return;
    const buffer = this.#buffer(frame.data.length);
    if (buffer === undefined) return;
    this.#copy(event, frame, buffer);
    const finished = performance.now();
    const share = Math.max(MAX_COPY_SHARE * this.#spare ** 2, MIN_COPY_SHARE);
    this.#copyMs = Math.min(finished - started, COPY_GROWTH * this.#copyMs);
    this.#nextMs = finished + this.#copyMs / share;
  }

  /**
   * Show the profiles in an event's data, as often as reports are sent, while a page is open. Call it while
   * the event is open.
   */
  offerProfiles(data: Readonly<Record<string, unknown>>): void {
    const now = performance.now();
    if (this.#isGone || this.#pages === 0 || now < this.#nextProfilesMs) return;
    this.#nextProfilesMs = now + STATUS_INTERVAL_MS;
    this.#profiles = profilesOf(data);
  }

  /** Show an event's frame of a recording; waits until the view can take it. */
  async show(event: DataEvent, frame: Array2D): Promise<void> {
    this.#note(event, frame);
    let buffer = this.#buffer(frame.data.length);
    while (buffer === undefined && !this.#isGone) {
      await new Promise<void>((resolve) => {
        this.#onFree = resolve;
      });
      buffer = this.#buffer(frame.data.length);
    }
    if (buffer === undefined) return;
    this.#copy(event, frame, buffer);
    if (this.#options.playback?.isPaused) this.#sendPlayback();
  }

  #note(event: DataEvent, frame: Array2D): void {
    this.#rate.count();
    this.#lagSeconds = Math.max(this.#options.clock.nowSeconds() - event.timestampSeconds, 0);
    this.#badPixels = frame.badPixels ?? {};
  }

  /** Show a sum and maximum from elsewhere. @param sums  owned by the view from now on */
  showSums(sums: GivenSums): void {
    const { sum, maximum, status } = sums;
    this.#say(
      { type: "sums", sums },
      [sum, maximum, status].map(({ buffer }) => buffer as ArrayBuffer),
    );
  }

  /** A frame that cannot be shown must not end the monitor. */
  #copy(event: DataEvent, frame: Array2D, buffer: ArrayBuffer): void {
    try {
      this.#sendFrame(event, frame, buffer);
    } catch (error) {
      this.#buffers.push(buffer);
      if (!this.#hasWarned)
        this.#options.logger.warn(`The live view cannot show a frame: ${messageOf(error)}`);
      this.#hasWarned = true;
    }
  }

  #sendFrame(event: DataEvent, frame: Array2D, buffer: ArrayBuffer): void {
    const raw = this.#options.rawSource?.borrowData?.({ event });
    const words = isArray2D(raw) && raw.data instanceof Uint16Array ? raw.data : undefined;
    writeSnapshot(buffer, frame, words);
    const header = {
      eventId: String(event.frameNumber),
      timestampSeconds: event.timestampSeconds,
      dtype: frame.dtype,
      shape: frame.shape,
      unit: frame.unit ?? "",
      incomplete: frame.incomplete ?? false,
      wrongConstants: frame.wrongConstants ?? false,
      hasRaw: words !== undefined,
    };
    this.#say({ type: "frame", header, buffer }, [buffer]);
  }

  /** End the view; pages show that the monitor is gone. May be repeated. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#say({ type: "close" });
    const timeout = setTimeout(() => void this.#worker.terminate(), CLOSE_TIMEOUT_MS);
    await this.#exited;
    clearTimeout(timeout);
  }

  #listen(message: FromViewer): void {
    if (message.type === "free" && message.buffer.byteLength === this.#bufferBytes) {
      this.#buffers.push(message.buffer);
      this.#onFree?.();
    } else if (message.type === "pages") {
      this.#pages = message.count;
    } else if (message.type === "resetPedestals") {
      this.#options.resetPedestals?.();
    } else if (message.type === "metrics") {
      this.#options.metrics.text().then(
        (text) => this.#say({ type: "metrics", text }),
        (error) => this.#say({ type: "metrics", failure: messageOf(error) }),
      );
    } else if (message.type === "save") {
      void this.#save();
    } else if (message.type === "steer") {
      const { playback } = this.#options;
      if (playback !== undefined) steerPlayback(playback, message.command);
      this.#sendPlayback();
    }
  }

  async #save(): Promise<void> {
    const { kept, logger } = this.#options;
    try {
      const saved = await kept?.save();
      if (saved !== undefined) logger.info(`Saved the last ${saved.exposures} raw frames as ${saved.path}`);
      this.#say({ type: "saved", saved });
    } catch (error) {
      logger.warn(messageOf(error));
      this.#say({ type: "saved", failure: messageOf(error) });
    }
  }

  /** A free buffer; undefined if there is none. */
  #buffer(pixels: number): ArrayBuffer | undefined {
    if (this.#bufferBytes !== snapshotBytes(pixels)) {
      this.#bufferBytes = snapshotBytes(pixels);
      this.#buffers = Array.from({ length: BUFFERS }, () => new ArrayBuffer(this.#bufferBytes));
    }
    return this.#buffers.pop();
  }

  #sendStatus(): void {
    const now = performance.eventLoopUtilization();
    this.#spare = 1 - performance.eventLoopUtilization(now, this.#spareSince).utilization;
    this.#spareSince = now;
    const { joint } = this.#options;
    const streams = this.#options.status();
    const { state, message, warnings = [], counters, progress } = streams;
    this.#detectedRate.read(detectedEvents(streams));
    const signals = [...this.#options.watched.signals.all];
    this.#sendPlayback();
    this.#say({
      type: "status",
      status: {
        state,
        message,
        warnings,
        counters,
        badPixels: this.#badPixels,
        spare: this.#spare,
        time: this.#options.clock.nowSeconds(),
        eventsPerSecond: joint?.eventsPerSecond ?? this.#rate.perSecond(),
        detectedPerSecond:
          joint === undefined && progress === undefined ? this.#detectedRate.perSecond : null,
        // The age of a recording is not a lag.
        lagSeconds: progress !== undefined ? null : joint === undefined ? this.#lagSeconds : joint.lagSeconds,
        ...(joint !== undefined && { monitors: joint.infos }),
        signals: signals.map(({ name, truth }) => ({ name, isShare: truth !== undefined })),
        profiles: this.#profiles,
        levels: Object.fromEntries(signals.map((signal) => [signal.name, levelOf(signal)])),
        alarms: this.#options.watched.alarms.raised,
      },
    });
  }

  #sendPlayback(): void {
    const { playback } = this.#options;
    if (playback === undefined) return;
    const { position = null, total, isPaused } = playback;
    if (total === 0) return; // not started yet
    const said = `${position} ${total} ${isPaused}`;
    if (said === this.#playbackSaid) return;
    this.#playbackSaid = said;
    this.#say({ type: "playback", position, total, isPaused });
  }

  #say(message: ToViewer, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }
}

/** The images that pages can request. */
function imagesOf({ frames, rawSource }: LiveViewOptions): ImageName[] {
  if (frames === "none") return [];
  if (frames === "raw") return ["raw"];
  return rawSource === undefined ? ["calibrated", "sum", "maximum"] : ["calibrated", "raw", "sum", "maximum"];
}
