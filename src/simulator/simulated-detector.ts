import { setTimeout as delay } from "node:timers/promises";
import type { AcquisitionOptions, Sent } from "./acquisition.js";
import { DetectorPorts } from "./detector-ports.js";
import { FaultCounts } from "./faults/index.js";
import { ModuleMessages } from "./module-messages.js";
import type { PlannedMessage } from "./planned-message.js";
import { endHeader } from "./release-header.js";
import { schedule } from "./schedule.js";
import { SentCounts } from "./sent-counts.js";

/** The release of {@link frameHeader}. */
const RELEASE = "9.2";

/** A simulated detector: one receiver port per module, which send a scene. */
export class SimulatedDetector {
  readonly #ports: DetectorPorts;

  private constructor(ports: DetectorPorts) {
    this.#ports = ports;
  }

  /** Takes the arguments of {@link DetectorPorts.bind}, with one URL per module. */
  static async bind(...ports: Parameters<typeof DetectorPorts.bind>): Promise<SimulatedDetector> {
    return new SimulatedDetector(await DetectorPorts.bind(...ports));
  }

  /** The source argument for a monitor. */
  get source(): string {
    return this.#ports.source;
  }

  /** Resolves when every port has a subscriber. */
  subscribed(): Promise<void> {
    return this.#ports.subscribed();
  }

  /** Send frames at a steady rate, and an end message on each port after each acquisition. */
  async acquire(options: AcquisitionOptions): Promise<Sent> {
    const { layout, clock, signal, onExposure, faults = [], seed = 1, firstFrameNumber = 1n } = options;
    const portCount = layout.modules;
    const counts = new FaultCounts(faults);
    const sent = new SentCounts(portCount);
    const messages = new ModuleMessages(options);
    const startedSeconds = clock.nowSeconds();
    for (const entry of schedule({ ...options, firstFrameNumber, faults, seed, portCount, counts })) {
      const waitMs = 1000 * (startedSeconds + entry.atSeconds - clock.nowSeconds());
      // A timer fires up to a millisecond late; delays are made up for, so the rate is correct on average.
      if (waitMs > 0) await delay(waitMs, undefined, signal && { signal }).catch(() => undefined);
      if (signal?.aborted) {
        await this.#ports.end(RELEASE);
        sent.noteEnd();
        break;
      }
      sent.note(entry);
      if (entry.kind === "exposure") onExposure?.(entry.exposure);
      else await this.#play(entry, messages);
    }
    return { ...sent.all, faults: counts.all };
  }

  async #play(message: PlannedMessage, messages: ModuleMessages): Promise<void> {
    const { portIndex } = message;
    if (message.kind === "frame" || message.kind === "malformed")
      await this.#ports.send(portIndex, messages.parts(message));
    else if (message.kind === "end") await this.#ports.send(portIndex, [endHeader(RELEASE)]);
    else await this.#ports.restart(portIndex);
  }

  /** May be repeated. */
  close(): void {
    this.#ports.close();
  }
}
