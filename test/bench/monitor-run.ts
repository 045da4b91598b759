import { type Detector, type SentFrames, WARM_UP } from "./detector.js";
import { MeasuredProcess } from "./measured-process.js";
import type { Cli } from "./options.js";
import { quantile } from "./report.js";

/** How the command line shows events. */
export type Showing = "text" | "json" | "metrics";

const ARGUMENTS: Readonly<Record<Showing, readonly string[]>> = {
  text: [],
  json: ["--json"],
  metrics: ["--metrics", "0"],
};

/** A run of a monitor. */
export interface MonitorRun {
  readonly frames: number;
  readonly delivered: number;
  /** Delivered of what was sent. */
  readonly share: number;
  readonly deliveredHz: number;
  readonly cpuMsPerFrame: number;
  readonly peakMegabytes: number;
  /** From sending a frame until its line is here; with `json` alone. */
  readonly ageMs: { readonly p50: number; readonly p99: number };
}

export interface MonitorRunOptions {
  readonly detector: Detector;
  readonly cli: Cli;
  readonly configuration: string;
  readonly showing: Showing;
  readonly rateHz: number;
  readonly seconds: number;
}

/** Start a detector and `om-jungfrau monitor` on it, send frames, and see what has become of them. */
export async function runMonitor(options: MonitorRunOptions): Promise<MonitorRun> {
  const { detector, cli, configuration, showing, rateHz, seconds } = options;
  const sender = await detector.sender();
  const monitor = new MeasuredProcess(process.execPath, [
    cli.path,
    "monitor",
    "-c",
    configuration,
    sender.source,
    ...ARGUMENTS[showing],
  ]);
  await sender.subscribed();
  await sender.send(WARM_UP.rateHz, WARM_UP.frames);
  await monitor.match(/\bevent/); // on a busy machine its constants may take longer than the frames
  await monitor.idle();
  const before = monitor.cpuMs();
  const sent = await sender.send(rateHz, Math.round(rateHz * seconds));
  await monitor.idle();
  const cpuMs = monitor.cpuMs() - before;
  const peakMegabytes = monitor.peakMegabytes();
  await monitor.stop();
  await sender.stop();
  const ages = agesMs(monitor, sent);
  const delivered = showing === "json" ? ages.length : deliveredInAll(monitor) - WARM_UP.frames;
  return {
    frames: sent.frames,
    delivered,
    share: delivered / sent.frames,
    deliveredHz: delivered / sent.seconds,
    cpuMsPerFrame: cpuMs / sent.frames,
    peakMegabytes,
    ageMs: { p50: quantile(ages, 0.5), p99: quantile(ages, 0.99) },
  };
}

function deliveredInAll(monitor: MeasuredProcess): number {
  for (const { text } of monitor.lines.toReversed()) {
    const [, count] = /Ended after (\d+) events/.exec(text) ?? [];
    if (count !== undefined) return Number(count);
  }
  throw monitor.failure("has not said how many events it had");
}

function agesMs(monitor: MeasuredProcess, { firstFrame, sentSeconds }: SentFrames): number[] {
  const ages: number[] = [];
  for (const { text, atMs } of monitor.lines) {
    const [, id] = /"event_id":"(\d+)"/.exec(text) ?? [];
    const sent = sentSeconds[Number(id) - firstFrame];
    if (sent !== undefined) ages.push(atMs - 1000 * sent);
  }
  return ages;
}
