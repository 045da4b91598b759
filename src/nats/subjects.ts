import type { StreamStatus } from "../api/index.js";
import type { RaisedAlarm } from "../host/index.js";

/*
 * What monitors publish, and what they answer. A monitor's name is one part of a subject.
 */
export type Topic = "event" | "status" | "accumulation" | "frame";

/** `om.<monitor>.<topic>`; `*` for every monitor. */
export function subjectOf(monitor: string, topic: Topic): string {
  return `om.${monitor}.${topic}`;
}

/** The monitor of a subject. */
export function monitorOf(subject: string): string {
  return subject.split(".")[1] ?? "";
}

const NAME = /^[\w-]{1,64}$/;

/** Whether a monitor may be called so: letters, digits, `-` and `_`. */
export function isMonitorName(name: string): boolean {
  return NAME.test(name);
}

/** Whether it is `nats://HOST` or `nats://HOST:PORT`. */
export function isNatsUrl(url: string): boolean {
  return /^nats:\/\/(?:[^\s:/@[\]]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?\/?$/.test(url) && URL.canParse(url);
}

/** What a monitor publishes once a second, as JSON, and with `isEnded` when it ends. */
export interface MonitorStatusMessage extends Pick<StreamStatus, "state" | "message" | "counters"> {
  /** Of this run of the monitor: another one with its name has another. */
  readonly instance: string;
  /** Seconds since 1970. */
  readonly time: number;
  readonly isEnded: boolean;
  readonly eventsPerSecond: number;
  /** From the newest event's timestamp until its data were there; null before the first event. */
  readonly lagSeconds: number | null;
  /** Of the newest frame, by reason. */
  readonly badPixels: Readonly<Record<string, number>>;
  readonly alarms: readonly RaisedAlarm[];
}

/** What stands before the bytes of an answer, as JSON. */
export interface AnswerHeader {
  readonly instance: string;
  /** How many bytes follow, in as many messages as it takes. 0: there is nothing yet, or another answer is on its way. */
  readonly bytes: number;
  readonly eventId: string;
  readonly timestampSeconds: number;
  readonly shape: readonly [rows: number, columns: number];
  readonly unit: string;
}

/**
 * Answer on `accumulation`. The bytes are sums (float64), maxima (float32, -Infinity without a measurement) and status (uint8), each
 * of them in the header's shape, in the byte order of the monitor's machine: little-endian.
 */
export interface AccumulationHeader extends AnswerHeader {
  readonly frames: number;
  /** When sums began, in seconds since 1970. */
  readonly sinceSeconds: number;
}

/** Answer on `frame`. The bytes are data and status (uint8). */
export interface FrameHeader extends AnswerHeader {
  readonly dtype: "float32" | "uint16" | "int32";
  readonly incomplete: boolean;
  readonly wrongConstants: boolean;
}
