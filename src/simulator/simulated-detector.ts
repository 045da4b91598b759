import { setTimeout as delay } from "node:timers/promises";
import type { Clock } from "../api/index.js";
import { type DetectorLayout, MODULE_PIXELS, SECONDS_PER_TICK } from "../detector.js";
import { DetectorPorts } from "./detector-ports.js";
import { frameHeader } from "./frame-header.js";

/** What a frame of an acquisition holds. */
export interface SimulatedFrame {
  /** Words with gain bits, uint16, [rows, columns]. */
  readonly raw: Uint16Array;
  /** DAQ info bits, detSpec3; 0 without. */
  readonly daqInfo?: number;
  /** What its header has in its addJsonHeader, beside what all have. */
  readonly added?: Readonly<Record<string, string>>;
}

export interface AcquisitionOptions {
  readonly layout: DetectorLayout;
  /** The frame of an index, from 0. */
  readonly frame: (frameIndex: number) => SimulatedFrame;
  readonly rateHz: number;
  /** Infinity for no end. */
  readonly frameCount: number;
  readonly clock: Clock;
  readonly firstFrameNumber?: bigint;
  /** What every frame's header has in its addJsonHeader. */
  readonly added?: Readonly<Record<string, string>> | undefined;
  /** Ends the acquisition early. */
  readonly signal?: AbortSignal;
  /** Called after each frame was handed to ZeroMQ. */
  readonly onFrame?: (frameNumber: bigint) => void;
}

/** A detector that is not there: one receiver port per module, which send a scene. */
export class SimulatedDetector {
  readonly #ports: DetectorPorts;

  private constructor(ports: DetectorPorts) {
    this.#ports = ports;
  }

  /** With the arguments of {@link DetectorPorts.bind}, one URL a module. */
  static async bind(...ports: Parameters<typeof DetectorPorts.bind>): Promise<SimulatedDetector> {
    return new SimulatedDetector(await DetectorPorts.bind(...ports));
  }

  /** What a monitor takes as its source. */
  get source(): string {
    return this.#ports.source;
  }

  /** Resolves when a monitor listens to every port. */
  subscribed(): Promise<void> {
    return this.#ports.subscribed();
  }

  /**
   * Send frames at a steady rate, and an end message on each port.
   *
   * @returns the number of frames sent
   */
  async acquire({
    layout,
    frame,
    rateHz,
    frameCount,
    clock,
    signal,
    onFrame,
    firstFrameNumber = 1n,
    added,
  }: AcquisitionOptions): Promise<number> {
    const startedSeconds = clock.nowSeconds();
    let frameIndex = 0;
    for (; frameIndex < frameCount && !signal?.aborted; frameIndex++) {
      const waitMs = 1000 * (startedSeconds + frameIndex / rateHz - clock.nowSeconds());
      // A timer fires up to a millisecond late; being late is caught up, so the rate holds on average.
      if (waitMs > 0) await delay(waitMs, undefined, signal && { signal }).catch(() => undefined);
      if (signal?.aborted) break;

      const frameNumber = firstFrameNumber + BigInt(frameIndex);
      // The clock starts with the acquisition; the first frame is one period old.
      const timestampTicks = BigInt(Math.round((frameIndex + 1) / rateHz / SECONDS_PER_TICK));
      const { raw, daqInfo = 0, added: own } = frame(frameIndex);
      const payloads = splitModules(raw, layout);
      const fields = {
        layout,
        frameNumber,
        frameIndex,
        timestampTicks,
        daqInfo,
        added: { ...added, ...own },
      };
      await Promise.all(
        payloads.map((payload, moduleIndex) =>
          this.#ports.send(moduleIndex, frameHeader({ moduleIndex, ...fields }), payload),
        ),
      );
      onFrame?.(frameNumber);
    }
    await this.#ports.end("9.2");
    return frameIndex;
  }

  /** Harmless when repeated. */
  close(): void {
    this.#ports.close();
  }
}

/** The bytes of each module, as views. */
function splitModules(raw: Uint16Array, { places }: DetectorLayout): Uint8Array[] {
  return places.map(({ firstPixel }) => {
    const words = raw.subarray(firstPixel, firstPixel + MODULE_PIXELS);
    return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  });
}
