import { setTimeout as delay } from "node:timers/promises";
import type { BenchChild } from "./child.js";
import type { Seen } from "./monitor.js";
import type { Sent } from "./sender.js";

/** A run of frames at one rate. */
export interface Trial {
  readonly offeredHz: number;
  readonly sentHz: number;
  readonly frames: number;
  /** Events, over all monitors. */
  readonly delivered: number;
  /** How long after the last frame was sent the last event was ready. */
  readonly tailMs: number;
  readonly cpuMsPerFrame: number;
}

/** How long after the last frame a monitor may be at work that keeps up: a queue of 32 events would take longer. */
const MAX_TAIL_MS = 60;
/** Long enough to fill every queue between sender and monitor when the rate cannot be kept up. */
const TRIAL_SECONDS = 3;

/** Sender and monitors, and runs of frames through them. */
export class Bench {
  readonly #sender: BenchChild;
  #nextFrameNumber = 1;

  constructor(sender: BenchChild) {
    this.#sender = sender;
  }

  async run(monitors: readonly BenchChild[], rateHz: number, seconds = TRIAL_SECONDS): Promise<Trial> {
    const frames = Math.round(rateHz * seconds);
    await Promise.all(monitors.map((monitor) => monitor.ask<Seen>()));
    const order = { rateHz, frames, firstFrameNumber: this.#nextFrameNumber };
    this.#nextFrameNumber += frames;
    const sent = await this.#sender.ask<Sent>(order);
    await delay(500); // what is still on its way
    const seen = await Promise.all(monitors.map((monitor) => monitor.ask<Seen>()));
    const lastNs = Math.max(...seen.map((one) => Number(one.lastNs)));
    return {
      offeredHz: rateHz,
      sentHz: sent.framesPerSecond,
      frames,
      delivered: sum(seen.map(({ delivered }) => delivered)),
      tailMs: (lastNs - Number(sent.lastNs)) / 1e6,
      cpuMsPerFrame: sum(seen.map(({ cpuMs }) => cpuMs)) / frames,
    };
  }

  /** The highest rate at which nothing is lost and no queue grows, within 5 %. */
  async sustainedRate(monitors: readonly BenchChild[], startHz: number): Promise<Trial> {
    let best: Trial | undefined;
    let low = 0;
    let high = Number.POSITIVE_INFINITY;
    let rateHz = startHz;
    while (high / Math.max(low, 1) > 1.05) {
      const trial = await this.run(monitors, rateHz);
      const keepsUp =
        trial.delivered === trial.frames && trial.tailMs < MAX_TAIL_MS && trial.sentHz > 0.98 * rateHz;
      if (keepsUp) {
        best = trial;
        low = rateHz;
      } else {
        high = rateHz;
      }
      rateHz = Number.isFinite(high) ? (low + high) / 2 : rateHz * 1.25;
      if (rateHz < 10) throw new Error("nothing is delivered, at any rate");
    }
    return best as Trial;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
