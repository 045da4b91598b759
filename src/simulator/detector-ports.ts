import type { CurveServerKeys } from "../security/index.js";
import { PortPublisher } from "./publisher.js";
import { endHeader, type Release } from "./release-header.js";

/** The receiver ports of a detector that is not there. */
export class DetectorPorts {
  readonly #ports: readonly PortPublisher[];

  private constructor(ports: readonly PortPublisher[]) {
    this.#ports = ports;
  }

  /**
   * @param urls  one for each port, from the top of the detector; port 0 for any
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
    try {
      for (const url of urls) ports.push(await PortPublisher.bind(url, keys, onRefused));
    } catch (error) {
      for (const port of ports) port.close();
      throw error;
    }
    return new DetectorPorts(ports);
  }

  /** What a monitor takes as its source. */
  get source(): string {
    return this.#ports.map(({ url }) => url).join(",");
  }

  /** Resolves when a monitor listens to every port. */
  async subscribed(): Promise<void> {
    await Promise.all(this.#ports.map((port) => port.subscribed()));
  }

  /** Hand a frame to ZeroMQ. The payload is its own from now on. */
  async send(portIndex: number, header: string, payload: Uint8Array): Promise<void> {
    await this.#ports[portIndex]?.send([header, payload]);
  }

  /** Send an end message on each port. */
  async end(release: Release): Promise<void> {
    await Promise.all(this.#ports.map((port) => port.send([endHeader(release)])));
  }

  /** Harmless when repeated. */
  close(): void {
    for (const port of this.#ports) port.close();
  }
}
