import type { ExecutionContext } from "ava";
import { SYSTEM_CLOCK } from "../../src/host/system-clock.js";
import type { PortPublisher } from "../../src/simulator/publisher.js";
import { ANY_PORT, bindAgain } from "./ports.js";
import { stampedPayload } from "./stamped-payloads.js";
import { wireHeader } from "./wire-headers.js";

const TICKS_PER_SECOND = 1e7;
const ROWS = 1024;
const COLUMNS = 1024;

/** Header of an end message with all keys filled, as release 10.1 sends it at any time. */
const END = wireHeader({ data: 0, frameNumber: 0, packetNumber: 0, completeImage: 0 });

/** One exposure of the detector, of which each port may send its part. */
export interface FieldExposure {
  /** Counts all exposures of the detector from 0, whatever their numbers are. */
  readonly index: number;
  readonly number: number;
  /** When it was, since 1970. */
  readonly seconds: number;
}

/** The receivers' ports of a detector, as real sockets. Each part says in its pixels which exposure it is of. */
export class FieldDetector {
  readonly exposures: FieldExposure[] = [];
  /** Of each exposure, the ports that have sent their parts. */
  readonly #sentBy: Set<number>[] = [];
  /** Since 1970, when the detector's clock was 0. */
  clockStart = SYSTEM_CLOCK.nowSeconds();
  /** Messages so far. */
  messages = 0;
  readonly #ports: PortPublisher[];

  private constructor(ports: PortPublisher[]) {
    this.#ports = ports;
  }

  /** It is closed after the test. */
  static async bind(t: ExecutionContext, portCount: number): Promise<FieldDetector> {
    const ports: PortPublisher[] = [];
    for (let port = 0; port < portCount; port++) ports.push(await bindAgain(ANY_PORT));
    const detector = new FieldDetector(ports);
    t.teardown(() => {
      for (const port of detector.#ports) port.close();
    });
    return detector;
  }

  get urls(): string[] {
    return this.#ports.map(({ url }) => url);
  }

  /** Indices of the exposures that every port has sent. */
  get sentWhole(): number[] {
    return [...this.#sentBy.keys()].filter((index) => this.#sentBy[index]?.size === this.#ports.length);
  }

  /** Resolves when a monitor has subscribed to all ports. */
  async subscribed(): Promise<void> {
    await Promise.all(this.#ports.map((port) => port.subscribed()));
  }

  /** Take an exposure, and send nothing yet. */
  expose(number: number): FieldExposure {
    const exposure = { index: this.exposures.length, number, seconds: SYSTEM_CLOCK.nowSeconds() };
    this.exposures.push(exposure);
    this.#sentBy.push(new Set());
    return exposure;
  }

  /** Take an exposure that all ports, or those given, send. */
  async frame(
    number: number,
    ports: Iterable<number> = this.#ports.keys(),
    fields: Fields = {},
  ): Promise<FieldExposure> {
    const exposure = this.expose(number);
    for (const port of ports) await this.send(exposure, port, fields);
    return exposure;
  }

  /** Send one port's part of an exposure. @param fields  of the header, in place of the usual ones */
  async send(exposure: FieldExposure, port: number, fields: Fields = {}): Promise<void> {
    const portCount = this.#ports.length;
    const rows = ROWS / portCount;
    const header = wireHeader({
      detshape: [1, portCount],
      shape: [COLUMNS, rows],
      size: 2 * rows * COLUMNS,
      frameNumber: exposure.number,
      timestamp: this.ticks(exposure),
      row: port,
      modId: port,
      ...fields,
    });
    const payload = stampedPayload({
      moduleIndex: port,
      run: exposure.index,
      frameNumber: exposure.number,
      sentMs: 1000 * exposure.seconds,
      sizeBytes: 2 * rows * COLUMNS,
    });
    this.#sentBy[exposure.index]?.add(port);
    this.messages += 1;
    await this.#port(port).send([header, payload]);
  }

  /** What the detector's clock said at an exposure. */
  ticks({ seconds }: FieldExposure): number {
    return Math.round((seconds - this.clockStart) * TICKS_PER_SECOND) + 1;
  }

  /** Send an end message from every port. */
  async end(): Promise<void> {
    for (const port of this.#ports) {
      this.messages += 1;
      await port.send([END]);
    }
  }

  /** End a port's receiver. What is on its way may be lost. */
  stop(port: number): void {
    this.#port(port).close();
  }

  /** Start a port's receiver again, at the same address. Resolves when the monitor is back. */
  async restart(port: number): Promise<void> {
    this.#ports[port] = await bindAgain(this.#port(port).url);
    await this.#port(port).subscribed();
  }

  #port(port: number): PortPublisher {
    return this.#ports[port] as PortPublisher;
  }
}

type Fields = Readonly<Record<string, unknown>>;
