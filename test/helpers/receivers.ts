import { setTimeout as delay } from "node:timers/promises";
import type { ExecutionContext } from "ava";
import { type DetectorLayout, JUNGFRAU_1M } from "../../src/detector.js";
import { isMonitorError } from "../../src/errors.js";
import { Receiver, type ReceiverOptions, receiverSettings } from "../../src/receiver/index.js";
import { FixedClock, RecordingLogger } from "./fakes.js";
import { ANY_PORT } from "./ports.js";

export interface ReceiverUnderTest {
  readonly url: string;
  readonly logger: RecordingLogger;
  readonly warnings: string[];
  counter(name: string): number;
  /** Resolves when its port is closed; rejects with what it failed with. */
  stop(): Promise<void>;
}

/** A receiver at work, which is stopped after the test. Waits for an address that was closed a moment ago. */
export async function startReceiver(
  t: ExecutionContext,
  source: string,
  {
    output = ANY_PORT,
    layout = JUNGFRAU_1M,
    ...options
  }: Partial<ReceiverOptions> & { readonly output?: string; readonly layout?: DetectorLayout } = {},
): Promise<ReceiverUnderTest> {
  const logger = new RecordingLogger();
  const settings = await receiverSettings(layout, {
    addresses: [...source.split(","), output],
    delivery: "all",
    format: "parts",
    ...options,
  });
  const receiver = await openAgain(() => Receiver.open(settings, { logger, clock: new FixedClock() }));
  const abort = new AbortController();
  const ended = receiver.run(abort.signal, () => undefined);
  ended.catch(() => undefined); // stop() tells
  const stop = () => {
    abort.abort();
    return ended;
  };
  t.teardown(stop);
  return {
    url: receiver.url,
    logger,
    get warnings() {
      return logger.lines.filter((line) => line.startsWith("warn "));
    },
    counter: (name) => receiver.status().counters[name] ?? Number.NaN,
    stop,
  };
}

async function openAgain(open: () => Promise<Receiver>): Promise<Receiver> {
  for (let tries = 0; ; tries++) {
    try {
      return await open();
    } catch (error) {
      if (tries === 100 || !isMonitorError(error) || error.code !== "STREAM_CANNOT_LISTEN") throw error;
      await delay(20);
    }
  }
}
