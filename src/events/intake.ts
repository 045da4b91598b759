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
import { EventBuilder, type MessageWait } from "./event-builder.js";
import { Freshness, type Senders } from "./freshness.js";
import type { JungfrauEvent } from "./jungfrau-event.js";
import { StreamProgress } from "./stream-progress.js";
import { NUMBER_ALIKE, streamStatus } from "./stream-status.js";
import { Turn } from "./turn.js";

/** How events are read from streams and delivered. */
export interface IntakeSettings extends Source {
  readonly layout: DetectorLayout;
  readonly delivery: DeliveryPolicy;
  /** How much may wait with `all` before the streams are no longer read. */
  readonly queueBytes: number;
  readonly incompleteFrames: "mark" | "drop";
  readonly windowSize: number;
  /** Step of the streams' frame numbers; numbers in between are not missed. */
  readonly frameNumberStep: number;
  /** Messages that may wait in each socket. */
  readonly highWaterMark: number;
  readonly keys?: CurveClientKeys | undefined;
}

/** Defaults of monitors and receivers. */
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

/** How often to look for exposures that have waited too long, and for stalls of the process. */
const LOOK_INTERVAL_MS = 50;

/**
 * Messages that may wait in a monitor that shares a receiver with others: they become late, and are lost to the
 * others.
 */
const SHARED_HIGH_WATER_MARK = 1;

/** Reads all streams of a detector, makes events from their messages, and reports their status. */
export class EventIntake {
  readonly #streams: readonly ModuleStream[];
  readonly #kind: SourceKind;
  readonly #builder: EventBuilder;
  readonly #delivery: Delivery;
  readonly #clock: Clock;
  readonly #faultLog: FaultLog;
  /** Progress of each stream. */
  readonly #progress: readonly StreamProgress[];
  readonly #backlog: Backlog;
  /** The turn of the event loop for which each stream may be waiting. */
  readonly #turns: Turn[] = [];
  /** Streams from which a message is awaited. */
  readonly #awaited = new Set<number>();
  readonly #freshness: Freshness | undefined;
  /** Aborts when the streams have ended: nothing newer will arrive. */
  readonly #ended = new AbortController();
  /** How long no message has been read, not counting stalls of the event loop. */
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
    // A recording waits, so nothing has to be skipped.
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

  /** @throws {StreamError} STREAM_BAD_SOURCE, STREAM_UNKNOWN_HOST; streams that were already opened are closed */
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
   * @param ready  awaited before each event is chosen, so that the caller can delay the choice until somebody can
   *   take the event; must also resolve when its signal aborts, because the streams have ended then
   * @throws {StreamError} STREAM_FAILED, after the events that could be made
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
    drained.catch(() => undefined); // it may fail before it is awaited below
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
      await drained.catch(() => undefined); // thrown below, unless the caller has stopped iterating
      this.#builder.end();
    }
    await drained;
  }

  /** Close the streams and discard their frames; {@link events} ends. May be repeated. */
  close(): void {
    this.#delivery.abandon();
    this.#closeStreams();
  }

  /** Module frames missed so far. Never decreases, unlike the counter. */
  get missed(): number {
    this.#mostMissed = Math.max(this.#mostMissed, this.#builder.counters.missed);
    return this.#mostMissed;
  }

  /** State, the outcome of every message, and the counts of each stream. */
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

  /** Two streams that number the same exposures differently, as the beginning of a sentence. */
  #difference(): string | undefined {
    const { difference } = this.#builder;
    if (difference === undefined) return undefined;
    const [one, other] = difference.streams.map((stream) => this.#progress[stream]?.url);
    const [number, otherNumber] = difference.numbers;
    return `${one} sends frame ${number} while ${other} sends ${otherNumber}: they number the same exposures differently`;
  }

  /** Read all streams to the end. A stream that fails ends the others. */
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
        // One turn of the event loop per message, so that the other sockets are served and Node.js frees memory.
        const turn = new Turn();
        this.#turns[streamIndex] = turn;
        this.#awaited.add(streamIndex);
        const { done, value: message } = await messages.next();
        this.#awaited.delete(streamIndex);
        if (done) return turn.cancel();
        this.#freshness?.read();
        this.#accept(streamIndex, message, {
          isQueued: this.#backlog.isQueued(streamIndex, turn.hasPassed),
          // A recording is always at hand; its arrival times are those of the file.
          isAtHand: this.#kind !== "recording" && !turn.hasPassed,
        });
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

  #accept(streamIndex: number, message: StreamMessage, wait: MessageWait): void {
    const { counters } = this.#builder;
    const { duplicate } = counters;
    const progress = this.#progress[streamIndex] as StreamProgress;
    const { url } = progress;
    this.#silentMs = 0;
    progress.note(message, this.#clock.nowSeconds());
    if (message.kind === "fault") {
      this.#faultLog.warn(`${url} ${message.fault.code}`, `${url}: ${message.fault.message}`);
    }
    this.#deliver(() => this.#builder.accept(streamIndex, message, wait));
    if (counters.duplicate > duplicate) {
      this.#faultLog.warn(
        `${url} duplicate`,
        `${url} sent a frame twice, or the same module as another stream. Check the addresses.`,
      );
    }
  }

  /** Do what is necessary even if nothing arrives. */
  #look(): void {
    this.#backlog.look();
    for (const stream of this.#awaited) if (this.#turns[stream]?.hasPassed) this.#backlog.drained(stream);
    const difference = this.#difference();
    if (difference !== undefined) this.#faultLog.warn("difference", `${difference}. ${NUMBER_ALIKE}`);
    // Awaited messages may have arrived while the process was stalled.
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
      this.#faultLog.info("numbering", `Frame numbers restart at ${frameNumber}`);
    }
    // Also called for events that are dropped because they are incomplete.
    if (counters.paired > paired) this.#newestWholeSeconds = this.#clock.nowSeconds();
    if (counters.paired + counters.partial > paired + partial)
      this.#newestEventSeconds = this.#clock.nowSeconds();
    for (const event of events) this.#delivery.put(event);
  }
}
