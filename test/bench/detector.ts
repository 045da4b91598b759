import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { inPackage } from "../helpers/package-root.js";
import { BenchChild } from "./child.js";
import { MeasuredProcess } from "./measured-process.js";
import type { Sent as ChildSent } from "./sender.js";

/**
 * Frames before those that count. V8 compiles what runs for each message during the first thousands of them, and until
 * then a frame takes up to twice the processor time.
 */
export const WARM_UP = { rateHz: 400, frames: 4000 };

/** Frames that were sent at one rate. */
export interface SentFrames {
  readonly firstFrame: number;
  readonly frames: number;
  readonly seconds: number;
  readonly cpuMs: number;
  /** When each was sent, since 1970. */
  readonly sentSeconds: readonly number[];
}

/** A sender of both modules' frames, in a process of its own. */
export interface Sender {
  readonly source: string;
  /** Resolves when somebody has subscribed to both ports. */
  subscribed(): Promise<void>;
  send(rateHz: number, frames: number): Promise<SentFrames>;
  stop(): Promise<void>;
}

/** What a process took of one frame. */
export interface FrameCost {
  readonly frames: number;
  readonly seconds: number;
  readonly cpuMs: number;
}

const ANY = "tcp://127.0.0.1:*";

/** The detector of detector.c, or where it cannot be compiled a sender in Node.js. */
export class Detector {
  readonly #program: string | undefined;
  readonly #framesFile: string;

  private constructor(program: string | undefined, framesFile: string) {
    this.#program = program;
    this.#framesFile = framesFile;
  }

  /** @param folder  for the program */
  static build(folder: string, framesFile: string): Detector {
    const program = join(folder, "detector");
    const source = inPackage("test", "bench", "detector.c");
    const { status } = spawnSync("gcc", ["-O2", source, "-lzmq", "-o", program]);
    return new Detector(status === 0 ? program : undefined, framesFile);
  }

  /** Whether libzmq's own cost can be measured. */
  get isNative(): boolean {
    return this.#program !== undefined;
  }

  sender(): Promise<Sender> {
    return this.#program === undefined
      ? NodeSender.start()
      : NativeSender.start(this.#program, this.#framesFile);
  }

  /** Reads both ports in C, and nothing else; `cost` resolves soon after the last frame. */
  receive(source: string): { cost: Promise<FrameCost> } {
    const child = this.#start("receive", source.split(","));
    return { cost: child.line(0).then((line) => JSON.parse(line)) };
  }

  /** Pairs in C. */
  async forward(source: string): Promise<{ url: string; process: MeasuredProcess }> {
    const child = this.#start("forward", [...source.split(","), ANY]);
    return { url: JSON.parse(await child.line(0)).url, process: child };
  }

  /** Pulls in C; as {@link receive}. */
  sink(url: string): { cost: Promise<FrameCost> } {
    const child = this.#start("sink", [url]);
    return { cost: child.line(0).then((line) => JSON.parse(line)) };
  }

  #start(mode: string, args: readonly string[]): MeasuredProcess {
    if (this.#program === undefined) throw new Error("detector.c was not compiled");
    return new MeasuredProcess(this.#program, [mode, ...args]);
  }
}

class NativeSender implements Sender {
  readonly source: string;
  readonly #process: MeasuredProcess;
  #answers = 1;

  private constructor(process: MeasuredProcess, source: string) {
    this.#process = process;
    this.source = source;
  }

  static async start(program: string, framesFile: string): Promise<NativeSender> {
    const child = new MeasuredProcess(program, ["send", ANY, ANY, framesFile]);
    return new NativeSender(child, JSON.parse(await child.line(0)).source);
  }

  async subscribed(): Promise<void> {
    await this.#process.line(this.#answers++);
  }

  async send(rateHz: number, frames: number): Promise<SentFrames> {
    this.#process.write(`${rateHz} ${frames}`);
    return JSON.parse(await this.#process.line(this.#answers++));
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }
}

class NodeSender implements Sender {
  readonly source: string;
  readonly #child: BenchChild;
  #nextFrame = 1;

  private constructor(child: BenchChild, source: string) {
    this.#child = child;
    this.source = source;
  }

  static async start(): Promise<NodeSender> {
    const child = new BenchChild("sender", []);
    const { source } = await child.ask<{ source: string }>();
    return new NodeSender(child, source);
  }

  /** It does not say, but a subscriber on this machine is soon there. */
  async subscribed(): Promise<void> {
    await delay(3000);
  }

  async send(rateHz: number, frames: number): Promise<SentFrames> {
    const firstFrame = this.#nextFrame;
    this.#nextFrame += frames;
    const sent = await this.#child.ask<ChildSent>({ rateHz, frames, firstFrameNumber: firstFrame });
    const { framesPerSecond, cpuMsPerFrame, sentSeconds } = sent;
    return {
      firstFrame,
      frames,
      seconds: frames / framesPerSecond,
      cpuMs: cpuMsPerFrame * frames,
      sentSeconds,
    };
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}
