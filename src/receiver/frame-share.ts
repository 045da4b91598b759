import type { Clock, Logger, StreamStatus } from "../api/index.js";
import type { DetectorLayout } from "../detector.js";
import { streamStatus } from "../events/index.js";
import {
  type CurveClientKeys,
  FaultLog,
  freeMemory,
  PortMessages,
  parseTcpAddress,
  routeOf,
  tcpUrl,
} from "../stream/index.js";
import { cannotListen, type OutputMessage } from "./output.js";
import { type ShareOutcome, ShareOutput } from "./share-output.js";

/** Number of the port's messages that may wait in this process' socket, 1 MiB each. */
const HIGH_WATER_MARK = 64;

export interface FrameShareOptions {
  /** tcp://HOST:PORT of one slsReceiver port. */
  readonly input: string;
  /**
   * Address for the first monitor, `tcp://HOST:PORT`; the others use the next ports. With port 0, each gets any free
   * one.
   */
  readonly output: string;
  /** Number of monitors. */
  readonly monitors: number;
  readonly inputKeys?: CurveClientKeys | undefined;
  readonly layout: DetectorLayout;
  readonly logger: Logger;
  readonly clock: Clock;
}

/**
 * Sends each frame of one port to one of several monitors, which pair the frames themselves: the frame with number n
 * goes to monitor n modulo their number, so the processes of all ports choose the same monitor without talking to
 * each other. Messages pass unchanged; those that are not frames, such as end messages, go to every monitor.
 *
 * The share of a monitor that is gone is lost: no other monitor gets it, because the other port's process may not
 * know yet.
 */
export class FrameShare {
  readonly #messages: PortMessages;
  readonly #outputs: readonly ShareOutput[];
  readonly #clock: Clock;
  readonly #faultLog: FaultLog;
  readonly #counters = {
    module_frames: 0,
    sent: 0,
    unsent: 0,
    unasked: 0,
    overflowed: 0,
    malformed: 0,
    end_messages: 0,
  };
  #firstSeconds: number | undefined;
  #newestSeconds: number | undefined;
  #hasEnded = false;

  private constructor(messages: PortMessages, outputs: readonly ShareOutput[], services: FrameShareOptions) {
    this.#messages = messages;
    this.#outputs = outputs;
    this.#clock = services.clock;
    this.#faultLog = new FaultLog(services.logger, services.clock);
  }

  /** @throws {StreamError} STREAM_BAD_SOURCE, STREAM_UNKNOWN_HOST, STREAM_CANNOT_LISTEN */
  static async open(options: FrameShareOptions): Promise<FrameShare> {
    const { input, output, monitors, inputKeys, layout, logger, clock } = options;
    const outputs: ShareOutput[] = [];
    try {
      for (let share = 0; share < monitors; share++) {
        outputs.push(await ShareOutput.listen(outputUrl(output, share), { logger, clock }));
      }
      const messages = await PortMessages.open({
        url: input,
        highWaterMark: HIGH_WATER_MARK,
        keys: inputKeys,
        layout,
        logger,
        clock,
      });
      return new FrameShare(messages, outputs, options);
    } catch (error) {
      for (const opened of outputs) opened.close();
      throw error;
    }
  }

  /** The monitors' addresses, in order. */
  get urls(): string[] {
    return this.#outputs.map(({ url }) => url);
  }

  /** Pass messages on until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const stop = () => this.close();
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
    try {
      for await (const parts of this.#messages) this.#pass(parts);
    } finally {
      signal.removeEventListener("abort", stop);
      this.close();
    }
  }

  /** May be repeated. */
  close(): void {
    this.#messages.close();
    for (const output of this.#outputs) output.close();
  }

  status(): StreamStatus {
    const { url, problem } = this.#messages;
    const absent = this.#outputs.filter(({ monitorCount }) => monitorCount === 0).map((output) => output.url);
    const sum = (name: "monitorCount" | "refusedCount") =>
      this.#outputs.reduce((total, output) => total + output[name], 0);
    const { state, message } = streamStatus({
      kind: "ports",
      streams: [
        {
          url,
          problem,
          firstSeconds: this.#firstSeconds,
          newestSeconds: this.#newestSeconds,
          hasEnded: this.#hasEnded,
        },
      ],
      newestEventSeconds: this.#newestSeconds,
      newestWholeSeconds: this.#newestSeconds,
      isHeldUp: false,
      nowSeconds: this.#clock.nowSeconds(),
    });
    return {
      state,
      message: absent.length === 0 ? message : `${message}; no monitor is connected to ${absent.join(", ")}`,
      counters: { ...this.#counters, monitors: sum("monitorCount"), refused: sum("refusedCount") },
    };
  }

  #pass(parts: readonly Uint8Array[]): void {
    const counters = this.#counters;
    const route = routeOf(parts);
    this.#hasEnded = route.kind === "end";
    if (route.kind === "end") {
      counters.end_messages += 1;
      // Each output frees its message, and there are several.
      for (const output of this.#outputs) output.send({ parts, release: () => undefined });
      return;
    }
    counters.module_frames += 1;
    this.#newestSeconds = this.#clock.nowSeconds();
    this.#firstSeconds ??= this.#newestSeconds;
    const message: OutputMessage = {
      parts,
      release: () => {
        for (const part of parts) freeMemory(part);
      },
    };
    if (route.kind === "fault") {
      counters.malformed += 1;
      const { code, message: what } = route.fault;
      this.#faultLog.warn(code, `${this.#messages.url}: ${what}`);
      message.release();
      return;
    }
    const share = Number(route.frameNumber % BigInt(this.#outputs.length));
    const outcome: ShareOutcome = (this.#outputs[share] as ShareOutput).send(message);
    counters[outcome] += 1;
  }
}

/** @throws {StreamError} STREAM_CANNOT_LISTEN */
function outputUrl(first: string, share: number): string {
  const address = parseTcpAddress(first);
  if (address === undefined) throw cannotListen(first, new Error("there is no such address"));
  const { host, port } = address;
  return port === 0 ? first : tcpUrl({ host, port: port + share });
}
