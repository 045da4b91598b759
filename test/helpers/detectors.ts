import type { ExecutionContext } from "ava";
import type { CurveServerKeys } from "../../src/security/index.js";
import type { PortPublisher } from "../../src/simulator/publisher.js";
import { modulePayload } from "./module-frames.js";
import { ANY_PORT, bindAgain } from "./ports.js";
import { wireHeader } from "./wire-headers.js";

/** What a test says of a frame; all else is as usual. */
export interface FrameOptions {
  readonly ticks?: bigint;
  readonly daqInfo?: number;
  /** A port of which a packet was lost. */
  readonly incompletePort?: number;
  /** The first words of each port, from the top. */
  readonly words?: readonly number[];
}

/** The ports of a detector, with which a test sends frame after frame. */
export class DetectorUnderTest {
  readonly #ports: readonly PortPublisher[];

  private constructor(ports: readonly PortPublisher[]) {
    this.#ports = ports;
  }

  /** Its ports are closed after the test. */
  static async bind(
    t: ExecutionContext,
    options: {
      readonly urls?: readonly string[];
      readonly keys?: CurveServerKeys;
      readonly onRefused?: (message: string) => void;
    } = {},
  ): Promise<DetectorUnderTest> {
    const ports: PortPublisher[] = [];
    for (const url of options.urls ?? [ANY_PORT, ANY_PORT])
      ports.push(await bindAgain(url, options.keys, options.onRefused));
    t.teardown(() => {
      for (const port of ports) port.close();
    });
    return new DetectorUnderTest(ports);
  }

  get urls(): string[] {
    return this.#ports.map(({ url }) => url);
  }

  get source(): string {
    return this.urls.join(",");
  }

  /** Resolves when one more monitor or receiver listens to every port. */
  async subscribed(): Promise<void> {
    await Promise.all(this.#ports.map((port) => port.subscribed()));
  }

  async send(frameNumber: number, options: FrameOptions = {}): Promise<void> {
    const portCount = this.#ports.length;
    for (const [portIndex, port] of this.#ports.entries()) {
      const isComplete = portIndex !== options.incompletePort;
      const header = wireHeader({
        detshape: [1, portCount],
        shape: [1024, 1024 / portCount],
        size: (1024 / portCount) * 2048,
        row: portIndex,
        frameNumber,
        timestamp: options.ticks ?? 0n,
        detSpec3: options.daqInfo ?? 0,
        completeImage: isComplete ? 1 : 0,
      });
      await port.send([header, portPayload(portIndex, portCount, frameNumber, options)]);
    }
  }

  close(): void {
    for (const port of this.#ports) port.close();
  }
}

/** The bytes of a port: its words depend on port and frame, and a lost packet is filled as the slsReceiver does. */
export function portPayload(
  portIndex: number,
  portCount: number,
  frameNumber: number,
  { incompletePort, words = [] }: FrameOptions,
): Uint8Array {
  const payload = modulePayload(2500 + 100 * portIndex + frameNumber, 1024 / portCount);
  new Uint16Array(payload.buffer).set(words);
  if (portIndex === incompletePort) payload.fill(0xff, 8192, 2 * 8192);
  return payload;
}
