import { setTimeout as delay } from "node:timers/promises";
import { type Detector, WARM_UP } from "./detector.js";
import { MeasuredProcess } from "./measured-process.js";
import type { Cli } from "./options.js";

/** Who pairs: the command line of some version, or libzmq in C. */
export type Pairer = Cli | "c";

/** A run through a receiver. */
export interface ReceiveRun {
  readonly frames: number;
  readonly delivered: number;
  /** Delivered of what was sent. */
  readonly share: number;
  readonly cpuMsPerFrame: number;
  readonly peakMegabytes: number;
}

export interface ReceiveRunOptions {
  readonly detector: Detector;
  readonly pairer: Pairer;
  /** Monitors of `monitorCli`; with 0 a sink in C. */
  readonly monitors: number;
  readonly monitorCli: Cli;
  readonly configuration: string;
  readonly rateHz: number;
  readonly seconds: number;
}

/** Start a detector, a receiver on it and what pulls from that, send frames, and see what has become of them. */
export async function runReceiver(options: ReceiveRunOptions): Promise<ReceiveRun> {
  const { detector, pairer, monitors, monitorCli, configuration, rateHz, seconds } = options;
  const sender = await detector.sender();
  const receiver =
    pairer === "c" ? await detector.forward(sender.source) : await startCli(pairer, sender.source);
  const sink = monitors === 0 ? detector.sink(receiver.url) : undefined;
  const running = Array.from(
    { length: monitors },
    () =>
      new MeasuredProcess(process.execPath, [
        monitorCli.path,
        "monitor",
        "-c",
        configuration,
        receiver.url,
        "--json",
      ]),
  );
  await sender.subscribed();
  await delay(running.length > 0 ? 1500 : 200); // until monitors have read their constants
  await sender.send(WARM_UP.rateHz, WARM_UP.frames);
  for (const monitor of running) await monitor.match(/"event_id"/);
  for (const monitor of running) await monitor.idle();
  const before = receiver.process.cpuMs();
  const sent = await sender.send(rateHz, Math.round(rateHz * seconds));
  await receiver.process.idle();
  for (const monitor of running) await monitor.idle();
  const cpuMs = receiver.process.cpuMs() - before;
  const peakMegabytes = receiver.process.peakMegabytes();
  const delivered =
    sink === undefined
      ? running.reduce((sum, one) => sum + eventsFrom(sent.firstFrame, one), 0)
      : (await sink.cost).frames - WARM_UP.frames;
  for (const monitor of running) await monitor.stop();
  await receiver.process.stop();
  await sender.stop();
  return {
    frames: sent.frames,
    delivered,
    share: delivered / sent.frames,
    cpuMsPerFrame: cpuMs / sent.frames,
    peakMegabytes,
  };
}

async function startCli(cli: Cli, source: string): Promise<{ url: string; process: MeasuredProcess }> {
  const receiver = new MeasuredProcess(process.execPath, [
    cli.path,
    "receive",
    ...source.split(","),
    "tcp://127.0.0.1:0",
    "--delivery",
    "all",
    "--json",
  ]);
  const url = await receiver.errorMatch(/Monitors pull events from (tcp:\S+)/);
  return { url, process: receiver };
}

function eventsFrom(firstFrame: number, { lines }: MeasuredProcess): number {
  return lines.filter(({ text }) => Number(/"event_id":"(\d+)"/.exec(text)?.[1]) >= firstFrame).length;
}
