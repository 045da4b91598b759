import { setTimeout as delay } from "node:timers/promises";
import { PortPublisher } from "../../src/simulator/index.js";

/** A loopback port that any test can have. */
export const ANY_PORT = "tcp://127.0.0.1:0";

/** Bind an address that was closed a moment ago: ZeroMQ lets go of it in the background. */
export async function bindAgain(...args: Parameters<typeof PortPublisher.bind>): Promise<PortPublisher> {
  for (let tries = 0; ; tries++) {
    try {
      return await PortPublisher.bind(...args);
    } catch (error) {
      if (tries === 100) throw error;
      await delay(20);
    }
  }
}
