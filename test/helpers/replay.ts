import { setTimeout as delay } from "node:timers/promises";
import type { PortPublisher } from "../../src/simulator/publisher.js";
import { ANY_PORT, bindAgain } from "./ports.js";
import type { Recording } from "./recordings.js";

/** Sends a recording from real sockets. */
export class Replay {
  readonly #recording: Recording;
  readonly #ports: PortPublisher[];

  private constructor(recording: Recording, ports: PortPublisher[]) {
    this.#recording = recording;
    this.#ports = ports;
  }

  static async bind(recording: Recording): Promise<Replay> {
    const ports: PortPublisher[] = [];
    for (let stream = 0; stream < recording.streamCount; stream++) ports.push(await bindAgain(ANY_PORT));
    return new Replay(recording, ports);
  }

  get source(): string {
    return this.#ports.map(({ url }) => url).join(",");
  }

  /**
   * Wait for a monitor, and send everything as fast as it was recorded, or faster.
   *
   * @param received  messages that the monitor has got: what is on its way when a port is closed may be lost, and a recording
   *                  that has a restart in it says what came before
   * @returns by how many milliseconds the most belated message was late: what a busy machine has made of the recording
   */
  async send({ speed, received }: { speed: number; received?: () => number }): Promise<number> {
    await Promise.all(this.#ports.map((port) => port.subscribed()));
    const { messages } = this.#recording;
    let last = messages[0]?.seconds ?? 0;
    let belatedMs = 0;
    for (const [sent, { seconds, stream, header, payload, afterRestart }] of messages.entries()) {
      const dueMs = performance.now() + (1000 * (seconds - last)) / speed;
      await delay(dueMs - performance.now());
      last = seconds;
      if (afterRestart) {
        while (received !== undefined && received() < sent) await delay(5);
        const url = this.#port(stream).url;
        this.#port(stream).close();
        this.#ports[stream] = await bindAgain(url);
        await this.#port(stream).subscribed();
      }
      await this.#port(stream).send(payload === undefined ? [header] : [header, payload]);
      if (!afterRestart) belatedMs = Math.max(belatedMs, performance.now() - dueMs);
    }
    return belatedMs;
  }

  close(): void {
    for (const port of this.#ports) port.close();
  }

  #port(stream: number): PortPublisher {
    return this.#ports[stream] as PortPublisher;
  }
}
