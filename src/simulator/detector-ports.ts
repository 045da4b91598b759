import { setTimeout as delay } from "node:timers/promises";
import type { CurveServerKeys } from "../security/index.js";
import { PortPublisher } from "./publisher.js";
import { endHeader, type Release } from "./release-header.js";

/** Two seconds. */
const RESTART_TRIES = 100;
const RESTART_RETRY_MS = 20;

/** The receiver ports of a simulated detector. */
export class DetectorPorts {
  readonly #ports: PortPublisher[];
  readonly #bindOne: (url: string) => Promise<PortPublisher>;

  private constructor(ports: PortPublisher[], bindOne: (url: string) => Promise<PortPublisher>) {
    this.#ports = ports;
    this.#bindOne = bindOne;
  }

  /**
   * @param urls  one per port, from the top of the detector; port 0 for any free one
   * @param keys  with them, the streams are encrypted
   * @param onRefused  called with a sentence, without its end, about each client that is not accepted
   * @throws {SimulatorError} SIMULATOR_CANNOT_LISTEN
   */
  static async bind(
    urls: readonly string[],
    keys?: CurveServerKeys,
    onRefused?: (message: string) => void,
  ): Promise<DetectorPorts> {
    const ports: PortPublisher[] = [];
    const bindOne = (url: string) => PortPublisher.bind(url, keys, onRefused);
    try {
      for (const url of urls) ports.push(await bindOne(url));
    } catch (error) {
      for (const port of ports) port.close();
      throw error;
    }
    return new DetectorPorts(ports, bindOne);
  }

  /** The source argument for a monitor. */
  get source(): string {
    return this.#ports.map(({ url }) => url).join(",");
  }

  /** Resolves when every port has a subscriber. */
  async subscribed(): Promise<void> {
    await Promise.all(this.#ports.map((port) => port.subscribed()));
  }

  /** Hand a message to ZeroMQ. Its payload must not be changed afterwards. */
  async send(portIndex: number, parts: readonly (string | Uint8Array)[]): Promise<void> {
    await this.#ports[portIndex]?.send(parts);
  }

  /**
   * Close a port and listen on it again. Messages on their way may be lost.
   *
   * @throws {SimulatorError} SIMULATOR_CANNOT_LISTEN if another program took the port
   */
  async restart(portIndex: number): Promise<void> {
    const port = this.#ports[portIndex];
    if (port === undefined) return;
    port.close();
    for (let tries = 1; ; tries++) {
      try {
        this.#ports[portIndex] = await this.#bindOne(port.url);
        return;
      } catch (error) {
        // ZeroMQ closes a socket in the background.
        if (tries === RESTART_TRIES) throw error;
        await delay(RESTART_RETRY_MS);
      }
    }
  }

  /** Send an end message on each port. */
  async end(release: Release): Promise<void> {
    await Promise.all(this.#ports.map((port) => port.send([endHeader(release)])));
  }

  /** May be repeated. */
  close(): void {
    for (const port of this.#ports) port.close();
  }
}
