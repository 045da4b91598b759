import type { Logger } from "../../api/index.js";
import { SYSTEM_CLOCK } from "../../host/index.js";
import type { Output } from "../../outputs/index.js";
import type { Recorder, RecorderStatus } from "../../recordings/index.js";
import type { ModuleStream } from "../../stream/index.js";
import { closeLine, openLine } from "../terminal/terminal-line.js";

const TERMINAL_INTERVAL_MS = 1000;
/** Interval of lines without a terminal, where they are not overwritten. */
const LINE_INTERVAL_MS = 5000;
/** A port that sends nothing for this long, while others do, is reported. */
const SILENT_SECONDS = 5;

const GIB = 2 ** 30;
/** Outcomes of frames; shown if they occurred. */
const SHOWN_IF_ANY = ["incomplete", "missing", "duplicate", "after_end", "unwritten"] as const;

/** Shows the progress of a recording, one line per second. */
export class RecordProgress {
  readonly #recorder: Recorder;
  readonly #streams: readonly ModuleStream[];
  readonly #frames: number | undefined;
  readonly #logger: Logger;
  readonly #output: Output | undefined;
  readonly #timer: NodeJS.Timeout;
  /** For each port, its number of frames, and since when. */
  readonly #since = new Map<number, { frames: number; seconds: number; isReported: boolean }>();
  #shown = { frames: 0, seconds: SYSTEM_CLOCK.nowSeconds() };

  /** @param output  gets the lines; undefined for none */
  constructor(
    recorder: Recorder,
    streams: readonly ModuleStream[],
    { frames, logger }: { frames?: number | undefined; logger: Logger },
    output: Output | undefined,
  ) {
    this.#recorder = recorder;
    this.#streams = streams;
    this.#frames = frames;
    this.#logger = logger;
    this.#output = output;
    const intervalMs = process.stdout.isTTY ? TERMINAL_INTERVAL_MS : LINE_INTERVAL_MS;
    this.#timer = setInterval(() => this.#tick(), intervalMs);
  }

  end(): void {
    clearInterval(this.#timer);
    if (process.stdout.isTTY) void this.#output?.write(closeLine());
  }

  #tick(): void {
    const status = this.#recorder.status();
    const frames = Math.max(0, ...status.ports.map((port) => port.frames));
    if (frames > 0) this.#reportSilence(status);
    const line = frames === 0 ? this.#waitingLine() : this.#line(status, frames);
    void this.#output?.write(process.stdout.isTTY ? openLine(line) : `${line}\n`);
  }

  #line(status: RecorderStatus, frames: number): string {
    const nowSeconds = SYSTEM_CLOCK.nowSeconds();
    const rate = (frames - this.#shown.frames) / (nowSeconds - this.#shown.seconds);
    this.#shown = { frames, seconds: nowSeconds };
    const waits = status.queuedBytes === 0 ? "" : `, ${Math.round(status.queuedBytes / 2 ** 20)} MiB wait`;
    const of = this.#frames === undefined ? "" : ` of ${this.#frames}`;
    const losses = lossesOf(status);
    return `${rate.toFixed(1)} frames/s | ${frames}${of} frames | ${gib(status.bytes)}${waits}${losses === "" ? "" : ` | ${losses}`}`;
  }

  #waitingLine(): string {
    this.#shown = { frames: 0, seconds: SYSTEM_CLOCK.nowSeconds() };
    const problems = this.#streams
      .filter(({ problem }) => problem !== undefined)
      .map(({ url, problem }) => `${url} ${problem}`);
    return ["waiting for the first frame", ...problems].join("; ");
  }

  /** A dead port must be visible while the others stream. */
  #reportSilence({ ports }: RecorderStatus): void {
    const nowSeconds = SYSTEM_CLOCK.nowSeconds();
    const changed = ports.filter(({ port, frames }) => {
      if (this.#since.get(port)?.frames === frames) return false;
      this.#since.set(port, { frames, seconds: nowSeconds, isReported: false });
      return true;
    });
    if (changed.length === 0) return;
    for (const [port, since] of this.#since) {
      if (since.isReported || nowSeconds - since.seconds < SILENT_SECONDS) continue;
      since.isReported = true;
      this.#logger.warn(
        `Port ${port} has no frames, while others have. Is its receiver running, and does it stream?`,
      );
    }
  }
}

/** What was recorded, as lines of text, or as one line of JSON. */
export function recordSummary(status: RecorderStatus, json: boolean): string {
  const { masters, ports, bytes, endMessages, malformed } = status;
  if (json) {
    return `${JSON.stringify({ summary: { masters, bytes, ports, end_messages: endMessages, malformed } })}\n`;
  }
  const lines = ports.map((port) => `port ${port.port}: ${portText(port)}`);
  if (malformed > 0) lines.push(`${malformed} invalid messages`);
  const where = masters.length === 0 ? "Recorded nothing" : `Recorded ${gib(bytes)} in ${masters.join(", ")}`;
  return `${[where, ...lines].join("\n")}\n`;
}

function portText(port: RecorderStatus["ports"][number]): string {
  const losses = SHOWN_IF_ANY.filter((name) => port[name] > 0).map((name) => `${named(name)} ${port[name]}`);
  return [`${port.frames} frames`, ...losses].join(", ");
}

function lossesOf({ ports }: RecorderStatus): string {
  return SHOWN_IF_ANY.filter((name) => name !== "unwritten")
    .map((name) => ({ name, count: ports.reduce((sum, port) => sum + port[name], 0) }))
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => `${named(name)} ${count}`)
    .join(" ");
}

function named(name: (typeof SHOWN_IF_ANY)[number]): string {
  return name.replace("_", " ");
}

function gib(bytes: number): string {
  return `${(bytes / GIB).toFixed(2)} GiB`;
}
