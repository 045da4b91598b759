import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { PortPublisher } from "../../src/simulator/publisher.js";

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

/** Ports below those that a system gives to whoever asks for any. */
const FIXED_PORTS = { first: 20_000, count: 12_000 };

/** A loopback address that is free, and that nobody is likely to get while it is not in use. */
export async function fixedAddress(): Promise<string> {
  return `tcp://127.0.0.1:${await fixedPorts(1)}`;
}

/** The first of so many ports in a row that are as free as {@link fixedAddress}. */
export async function fixedPorts(count: number): Promise<number> {
  for (;;) {
    const first = FIXED_PORTS.first + Math.floor(Math.random() * (FIXED_PORTS.count - count));
    const ports = Array.from({ length: count }, (_, index) => first + index);
    const areFree = await Promise.all(ports.map(isFree));
    if (areFree.every(Boolean)) return first;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, "127.0.0.1");
  const isListening = await once(server, "listening").then(
    () => true,
    () => false,
  );
  if (!isListening) return false;
  server.close();
  await once(server, "close");
  return true;
}
