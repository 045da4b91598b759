import type { Clock, Logger, StreamStatus } from "../api/index.js";
import { type Alarms, type Array2D, EventRate, isArray2D, type MonitoredEvent } from "../host/index.js";
import {
  type AccumulationHeader,
  type AnswerHeader,
  type FrameHeader,
  type MonitorStatusMessage,
  Nats,
  type NatsCredentials,
  subjectOf,
} from "../nats/index.js";
import { createSums, type PartialSums } from "../sums/index.js";
import type { EventOutput } from "./event-output.js";
import { jsonLine } from "./json-lines.js";

const STATUS_INTERVAL_MS = 1000;
/** Sums take longer than calibrating a frame: they are computed only if requested within this time. */
const SUMS_KEPT_SECONDS = 60;
/** Maximum number of frame requests that wait for the next event. */
const MAX_WAITING_REQUESTS = 8;

export interface NatsOutputOptions {
  /** `nats://HOST:PORT` */
  readonly url: string;
  /** For the server; none if undefined. */
  readonly credentials?: NatsCredentials | undefined;
  /** Name of this monitor; part of the subjects. */
  readonly name: string;
  readonly status: () => StreamStatus;
  readonly watched: { readonly alarms: Pick<Alarms, "raised"> };
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Publishes a monitor's events and status over NATS, and responds with sums and frames. It accepts no
 * commands, and never blocks the monitor: if the server is missing or slow, messages are dropped and counted.
 */
export class NatsOutput implements EventOutput {
  readonly #options: NatsOutputOptions;
  readonly #nats: Nats;
  readonly #instance: string;
  readonly #rate: EventRate;
  readonly #timer: NodeJS.Timeout;
  #lagSeconds: number | null = null;
  #badPixels: Readonly<Record<string, number>> = {};
  #sums: { readonly partial: PartialSums; readonly sinceSeconds: number; newest: AnswerHeader } | undefined;
  #askedSeconds = Number.NEGATIVE_INFINITY;
  #isAnswering = false;
  /** Reply subjects for the next frame. */
  #frameReplies: string[] = [];

  constructor(options: NatsOutputOptions) {
    const { url, credentials, name, clock, logger } = options;
    this.#options = options;
    this.#instance = `${name}-${clock.nowSeconds()}`;
    this.#rate = new EventRate(clock);
    this.#nats = new Nats(url, name, logger, credentials);
    this.#nats.subscribe(subjectOf(name, "accumulation"), ({ reply }) => this.#answerSums(reply));
    this.#nats.subscribe(subjectOf(name, "frame"), ({ reply }) => {
      if (reply && this.#frameReplies.length < MAX_WAITING_REQUESTS) this.#frameReplies.push(reply);
    });
    this.#timer = setInterval(() => this.#publishStatus(false), STATUS_INTERVAL_MS).unref();
  }

  /** Dropped messages, by the name of their counter. */
  get counters(): Readonly<Record<string, number>> {
    return { nats_dropped: this.#nats.dropped };
  }

  write(monitored: MonitoredEvent): void {
    const { event, data } = monitored;
    const { name, clock } = this.#options;
    this.#rate.count();
    this.#lagSeconds = Math.max(clock.nowSeconds() - event.timestampSeconds, 0);
    const frame = Object.values(data).find(isArray2D);
    if (frame !== undefined) this.#takeFrame(monitored, frame);
    // Checked before the line is written, because this measures the frame.
    if (this.#nats.canPublish()) this.#nats.publish(subjectOf(name, "event"), jsonLine(monitored));
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#publishStatus(true);
    await this.#nats.close();
    const { logger, url } = this.#options;
    if (this.#nats.dropped > 0) logger.info(`${this.#nats.dropped} messages for ${url} were dropped`);
  }

  #takeFrame(monitored: MonitoredEvent, frame: Array2D): void {
    this.#badPixels = frame.badPixels ?? {};
    const header = { ...this.#answerHeader(monitored, frame), bytes: 0 };
    const [reply] = this.#frameReplies;
    if (reply !== undefined && !this.#isAnswering) {
      this.#frameReplies.shift();
      const bytes = frameBytes(frame);
      const { dtype, incomplete = false, wrongConstants = false } = frame;
      const answer: FrameHeader = { ...header, bytes: bytes.length, dtype, incomplete, wrongConstants };
      this.#answer(reply, answer, bytes);
    }
    if (frame.dtype === "uint16") return; // raw words have no sums
    const now = this.#options.clock.nowSeconds();
    if (now - this.#askedSeconds > SUMS_KEPT_SECONDS) this.#sums = undefined;
    else {
      if (this.#sums?.partial.sum.length !== frame.data.length)
        this.#sums = { partial: createSums(frame.data.length), sinceSeconds: now, newest: header };
      this.#sums.newest = header;
      this.#sums.partial.add(frame);
    }
  }

  #answerSums(reply: string | undefined): void {
    this.#askedSeconds = this.#options.clock.nowSeconds();
    const sums = this.#sums;
    if (!reply) return;
    if (sums === undefined || this.#isAnswering) {
      this.#nats.publish(reply, JSON.stringify({ instance: this.#instance, bytes: 0 }));
      return;
    }
    const bytes = sums.partial.toBytes();
    const { frames } = sums.partial;
    const { newest, sinceSeconds } = sums;
    const header: AccumulationHeader = { ...newest, bytes: bytes.length, frames, sinceSeconds };
    this.#answer(reply, header, bytes);
  }

  /** One at a time, because it takes memory. */
  #answer(reply: string, header: AnswerHeader, bytes: Uint8Array): void {
    this.#isAnswering = true;
    this.#nats
      .answer(reply, header, bytes)
      .catch(() => undefined) // the connection is lost: the requester gets nothing
      .finally(() => {
        this.#isAnswering = false;
      });
  }

  #answerHeader({ event }: MonitoredEvent, { shape, unit = "" }: Array2D): Omit<AnswerHeader, "bytes"> {
    const { frameNumber, timestampSeconds } = event;
    return { instance: this.#instance, eventId: String(frameNumber), timestampSeconds, shape, unit };
  }

  #publishStatus(isEnded: boolean): void {
    const { name, status, watched, clock } = this.#options;
    const { state, message, counters } = status();
    const text: MonitorStatusMessage = {
      instance: this.#instance,
      time: clock.nowSeconds(),
      isEnded,
      state,
      message,
      counters,
      eventsPerSecond: this.#rate.perSecond(),
      lagSeconds: this.#lagSeconds,
      badPixels: this.#badPixels,
      alarms: watched.alarms.raised,
    };
    this.#nats.publish(subjectOf(name, "status"), JSON.stringify(text));
  }
}

/** Data and status, in their own memory. */
function frameBytes({ data, status }: Array2D): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(data.byteLength + data.length);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  if (status === undefined) bytes.fill(0, data.byteLength);
  else bytes.set(status, data.byteLength);
  return bytes;
}
