import type { Clock, Logger, StreamStatus } from "../api/index.js";
import type { DetectorLayout } from "../detector.js";
import { messageOf, StreamError } from "../errors.js";
import { CONFIGURATION_KEYS } from "../settings/index.js";
import {
  type CurveClientKeys,
  FaultLog,
  type ModuleStream,
  type OpenModuleStream,
  type Source,
  type SourceKind,
  type StreamMessage,
} from "../stream/index.js";
import { Backlog } from "./backlog.js";
import { statusCounters } from "./counters.js";
import { Delivery, type DeliveryPolicy } from "./delivery.js";
import { EventBuilder } from "./event-builder.js";
import { Freshness, type Senders } from "./freshness.js";
import type { JungfrauEvent } from "./jungfrau-event.js";
import { StreamProgress } from "./stream-progress.js";
import { NUMBER_ALIKE, streamStatus } from "./stream-status.js";
import { Turn } from "./turn.js";

/** How events are taken from streams and handed over. */
export interface IntakeSettings extends Source {
  readonly layout: DetectorLayout;
  readonly delivery: DeliveryPolicy;
  /** What may wait in `all` before the streams are held up. */
  readonly queueBytes: number;
  readonly incompleteFrames: "mark" | "drop";
  readonly windowSize: number;
  /** Step of the frame numbers that the streams bring; numbers in between are not missed. */
  readonly frameNumberStep: number;
  /** Messages that may wait in each socket. */
  readonly highWaterMark: number;
  readonly keys?: CurveClientKeys | undefined;
}

/** What monitors and receivers do unless told otherwise. */
export const INTAKE_DEFAULTS = {
  windowSize: CONFIGURATION_KEYS.pairingWindow.schema.default,
  highWaterMark: CONFIGURATION_KEYS.receiveHighWaterMark.schema.default,
  frameNumberStep: CONFIGURATION_KEYS.frameNumberStep.schema.default,
  queueBytes: CONFIGURATION_KEYS.deliveryQueueMiB.schema.default * 2 ** 20,
} as const satisfies Partial<IntakeSettings>;

export interface IntakeServices {
  readonly openModuleStream: OpenModuleStream;
  readonly logger: Logger;
  readonly clock: Clock;
}

/** How often to look for exposures that have waited for too long, and whether the process has been held up. */
const LOOK_INTERVAL_MS = 50;

/** Messages that a monitor may hold which shares a receiver with others: what waits is late, and lost to them. */
const SHARED_HIGH_WATER_MARK = 1;

/** Reads all streams of a detector, makes events of what they bring, and says how they are doing. */
export class EventIntake {
  readonly #streams: readonly ModuleStream[];
  readonly #kind: SourceKind;
  readonly #builder: EventBuilder;
  readonly #delivery: Delivery;
  readonly #clock: Clock;
  readonly #faultLog: FaultLog;
  /** Of each stream. */
  readonly #progress: readonly StreamProgress[];
  readonly #backlog: Backlog;
  /** Of each stream, the turn of the event loop that it may be waiting for. */
  readonly #turns: Turn[] = [];
  /** Streams that were asked for a message, and have not brought it yet. */
  readonly #awaited = new Set<number>();
  readonly #freshness: Freshness | undefined;
  /** Aborts when the streams have come to their end: nothing newer will come. */
  readonly #ended = new AbortController();
  /** For how long nothing was read, as far as the event loop turned. */
  #silentMs = 0;
  #lookedMs = performance.now();
  #mostMissed = 0;
  #newestEventSeconds: number | undefined;
  #newestWholeSeconds: number | undefined;

  private constructor(streams: readonly ModuleStream[], settings: IntakeSettings, services: IntakeServices) {
    const { layout, kind } = settings;
    const isPairing = kind !== "ports";
    this.#clock = services.clock;
    this.#streams = streams;
    this.#kind = kind;
    this.#builder = new EventBuilder({ ...settings, portCount: isPairing ? layout.modules : streams.length });
    this.#faultLog = new FaultLog(services.logger, services.clock);
    this.#progress = streams.map((stream) => new StreamProgress(stream));
    this.#backlog = new Backlog(streams.length);
    // Nothing of a recording has to be skipped: it waits.
    const delivery = kind === "recording" ? "all" : settings.delivery;
    if (delivery === "latest" && !isPairing)
      this.#freshness = new Freshness(this.#senders(), this.#backlog, this.#clock);
    this.#delivery = new Delivery(
      { ...settings, delivery, onDemand: isPairing, freshness: this.#freshness },
      this.#builder.counters,
    );
  }

  #senders(): Senders {
    const { counters } = this.#builder;
    return {
      pause: () => {
        for (const stream of this.#streams) stream.pause?.();
        this.#builder.paused();
      },
      resume: () => {
        for (const stream of this.#streams) stream.resume?.();
      },
      get unasked() {
        return counters.unasked;
      },
    };
  }

  /** @throws {StreamError} STREAM_BAD_SOURCE, STREAM_UNKNOWN_HOST; the streams that were opened are closed */
  static async open(settings: IntakeSettings, services: IntakeServices): Promise<EventIntake> {
    const { urls, kind, keys } = settings;
    const isPairing = kind !== "ports";
    const streams: ModuleStream[] = [];
    try {
      for (const [streamIndex, url] of urls.entries()) {
        const highWaterMark = isPairing ? SHARED_HIGH_WATER_MARK : settings.highWaterMark;
        streams.push(
          await services.openModuleStream({
            url,
            streamIndex,
            streamCount: urls.length,
            isPairing,
            highWaterMark,
            keys,
          }),
        );
      }
    } catch (error) {
      for (const stream of streams) stream.close();
      throw error;
    }
    if (kind !== "recording") services.logger.info(`Waiting for the first frame from ${urls.join(", ")}`);
    return new EventIntake(streams, settings, services);
  }

  /**
   * Events, until the signal aborts or the streams end. To be iterated once.
   *
   * @param ready  waited for before each event is chosen, by a caller who knows when somebody can take it; to resolve when
   *   its signal aborts, too: the streams have ended then
   * @throws {StreamError} STREAM_FAILED, after the events that were good
   */
  async *events(
    signal?: AbortSignal,
    ready?: (ended: AbortSignal) => Promise<void>,
  ): AsyncGenerator<JungfrauEvent, void, undefined> {
    const stop = () => this.close();
    signal?.addEventListener("abort", stop);
    if (signal?.aborted) stop();
    const drained = this.#drainAll();
    const timer = setInterval(() => this.#look(), LOOK_INTERVAL_MS).unref();
    drained.catch(() => undefined); // it may fail while nobody waits for it yet; it is awaited below
    try {
      for (;;) {
        await ready?.(this.#ended.signal);
        const event = await this.#delivery.take();
        if (event === undefined) break;
        yield event;
        if (this.#delivery.hasMore) await new Turn().passed;
      }
    } finally {
      stop();
      signal?.removeEventListener("abort", stop);
      clearInterval(timer);
      await drained.catch(() => undefined); // thrown below, unless the caller has gone
      this.#builder.end();
    }
    await drained;
  }

  /** Close the streams and give up what they brought; {@link events} ends. Harmless when repeated. */
  close(): void {
    this.#delivery.abandon();
    this.#closeStreams();
  }

  /** Module frames that the ports did not bring, so far; never less than before, unlike the counter. */
  get missed(): number {
    this.#mostMissed = Math.max(this.#mostMissed, this.#builder.counters.missed);
    return this.#mostMissed;
  }

  /** State, what became of every message, and what came from each stream. */
  status(): StreamStatus {
    const { counters, waiting } = this.#builder;
    return {
      ...streamStatus({
        streams: this.#progress,
        kind: this.#kind,
        newestEventSeconds: this.#newestEventSeconds,
        newestWholeSeconds: this.#newestWholeSeconds,
        difference: this.#difference(),
        isHeldUp: this.#delivery.isFull || this.#freshness?.isPaused === true,
        nowSeconds: this.#clock.nowSeconds(),
      }),
      counters: { ...statusCounters(counters), waiting },
      inputs: this.#progress.map(({ status }) => status),
      progress: this.#progress[0]?.progress,
    };
  }

  /** Two streams that number the same exposures differently, as a sentence without its end. */
  #difference(): string | undefined {
    const { difference } = this.#builder;
    if (difference === undefined) return undefined;
    const [one, other] = difference.streams.map((stream) => this.#progress[stream]?.url);
    const [number, otherNumber] = difference.numbers;
    return `${one} sends frame ${number} when ${other} sends ${otherNumber}, and so on: they number the same exposures differently`;
  }

  /** Read all streams to their ends. A stream that fails ends the others. */
  async #drainAll(): Promise<void> {
    try {
      await Promise.all(this.#streams.map((stream, index) => this.#drain(stream, index)));
    } finally {
      this.#delivery.finish();
      this.#closeStreams();
    }
  }

  #closeStreams(): void {
    for (const stream of this.#streams) stream.close();
    for (const turn of this.#turns) turn.cancel();
    this.#ended.abort();
  }

  async #drain(stream: ModuleStream, streamIndex: number): Promise<void> {
    const messages = stream[Symbol.asyncIterator]();
    try {
      await this.#delivery.room();
      for (;;) {
        // One turn of the event loop for each message: the others' sockets have theirs, and Node.js frees memory.
        const turn = new Turn();
        this.#turns[streamIndex] = turn;
        this.#awaited.add(streamIndex);
        const { done, value: message } = await messages.next();
        this.#awaited.delete(streamIndex);
        if (done) return turn.cancel();
        this.#freshness?.read();
        this.#accept(streamIndex, message, this.#backlog.isQueued(streamIndex, turn.hasPassed));
        await turn.passed;
        if (this.#delivery.isFull) {
          await this.#delivery.room();
          this.#backlog.formed();
        }
      }
    } catch (error) {
      throw new StreamError(
        "STREAM_FAILED",
        `Stream ${stream.url} failed: ${messageOf(error)}. Start the monitor again.`,
        { cause: error },
      );
    } finally {
      await messages.return?.();
    }
  }

  #accept(streamIndex: number, message: StreamMessage, isQueued: boolean): void {
    const { counters } = this.#builder;
    const { duplicate } = counters;
    const progress = this.#progress[streamIndex] as StreamProgress;
    const { url } = progress;
    this.#silentMs = 0;
    progress.note(message, this.#clock.nowSeconds());
    if (message.kind === "fault") {
      this.#faultLog.warn(`${url} ${message.fault.code}`, `${url}: ${message.fault.message}`);
    }
    this.#deliver(() => this.#builder.accept(streamIndex, message, isQueued));
    if (counters.duplicate > duplicate) {
      this.#faultLog.warn(
        `${url} duplicate`,
        `${url} sent a frame twice, or the same module as another stream. Check the addresses.`,
      );
    }
  }

  /** Look for what has to be done although nothing comes. */
  #look(): void {
    this.#backlog.look();
    for (const stream of this.#awaited) if (this.#turns[stream]?.hasPassed) this.#backlog.drained(stream);
    const difference = this.#difference();
    if (difference !== undefined) this.#faultLog.warn("difference", `${difference}. ${NUMBER_ALIKE}`);
    // While the process stood still, what was waited for may have come.
    this.#silentMs += Math.min(performance.now() - this.#lookedMs, 2 * LOOK_INTERVAL_MS);
    this.#lookedMs = performance.now();
    this.#deliver(() => this.#builder.expire(this.#silentMs / 1000));
  }

  #deliver(make: () => JungfrauEvent[]): void {
    const { counters } = this.#builder;
    const { paired, partial } = counters;
    const { restarts } = this.#builder.numbering;
    const events = make();
    if (this.#builder.numbering.restarts > restarts) {
      const { frameNumber } = this.#builder.numbering;
      this.#faultLog.info("numbering", `Frame numbers begin again, at ${frameNumber}`);
    }
    // Also for events that are dropped because they are incomplete.
    if (counters.paired > paired) this.#newestWholeSeconds = this.#clock.nowSeconds();
    if (counters.paired + counters.partial > paired + partial)
      this.#newestEventSeconds = this.#clock.nowSeconds();
    for (const event of events) this.#delivery.put(event);
  }
}
