import { setTimeout as delay } from "node:timers/promises";
import { kernelMs } from "./calibration-ways.js";
import type { Detector } from "./detector.js";
import { quantile } from "./report.js";

/** What two processors cannot exceed. */
export interface Limit {
  /** Processor time a frame. */
  readonly senderMs: number;
  readonly receivingMs: number;
  readonly kernelMs: number;
  /** Frames a second. */
  readonly hz: number;
}

/** Fast enough for threads to be at work rather than to be woken. */
const RATE_HZ = 400;
const PROCESSORS = 2;

/** Measure libzmq's sending and receiving in C, and the kernel. */
export async function measureLimit(detector: Detector, runs: number, seconds: number): Promise<Limit> {
  const senders: number[] = [];
  const receivers: number[] = [];
  for (let run = 0; run < runs; run++) {
    const sender = await detector.sender();
    const { cost } = detector.receive(sender.source);
    await sender.subscribed();
    await delay(100);
    const sent = await sender.send(RATE_HZ, RATE_HZ * seconds);
    const received = await cost;
    await sender.stop();
    senders.push(sent.cpuMs / sent.frames);
    receivers.push(received.cpuMs / received.frames);
  }
  const senderMs = quantile(senders, 0.5);
  const receivingMs = quantile(receivers, 0.5);
  const kernel = await kernelMs();
  return {
    senderMs,
    receivingMs,
    kernelMs: kernel,
    hz: (1000 * PROCESSORS) / (senderMs + receivingMs + kernel),
  };
}
