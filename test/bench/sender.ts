import { setTimeout as delay } from "node:timers/promises";
import { JUNGFRAU_1M, MODULE_PIXELS } from "../../src/detector.js";
import { frameHeader } from "../../src/simulator/frame-header.js";
import { DEFAULT_SCENE, makeScene } from "../../src/simulator/index.js";
import { PortPublisher } from "../../src/simulator/publisher.js";
import { answer } from "./child.js";

/** What to send. */
export interface SendOrder {
  readonly rateHz: number;
  readonly frames: number;
  readonly firstFrameNumber: number;
}

/** What was sent. */
export interface Sent {
  readonly framesPerSecond: number;
  readonly cpuMsPerFrame: number;
  /** When the last frame was handed over, on the clock that all processes of a machine share. */
  readonly lastNs: string;
  /** When each frame was sent, since 1970. */
  readonly sentSeconds: readonly number[];
}

/*
 * The sender of the stream benchmarks, a process of its own: both modules of a detector. Its ticks are the machine's
 * monotonic clock in units of 100 ns.
 */
const ports = [
  await PortPublisher.bind("tcp://127.0.0.1:0"),
  await PortPublisher.bind("tcp://127.0.0.1:0"),
] as const;
const { images } = makeScene({ ...DEFAULT_SCENE, imageCount: 4 });
const payloads = images.map(({ raw }) =>
  Array.from({ length: JUNGFRAU_1M.modules }, (_, moduleIndex) => {
    const words = raw.subarray(moduleIndex * MODULE_PIXELS, (moduleIndex + 1) * MODULE_PIXELS);
    return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  }),
);

async function send({ rateHz, frames, firstFrameNumber }: SendOrder): Promise<Sent> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  const sentSeconds: number[] = [];
  for (let frameIndex = 0; frameIndex < frames; frameIndex++) {
    // What a timer fires too late is caught up, so the rate holds on average.
    const waitMs = started + (1000 * frameIndex) / rateHz - performance.now();
    if (waitMs > 0) await delay(waitMs);
    const frameNumber = BigInt(firstFrameNumber + frameIndex);
    sentSeconds.push((performance.timeOrigin + performance.now()) / 1000);
    const timestampTicks = process.hrtime.bigint() / 100n;
    const [top, bottom] = payloads[frameIndex % payloads.length] as [Uint8Array, Uint8Array];
    const header = (moduleIndex: number) =>
      frameHeader({ layout: JUNGFRAU_1M, moduleIndex, frameNumber, frameIndex, timestampTicks });
    await Promise.all([ports[0].send([header(0), top]), ports[1].send([header(1), bottom])]);
  }
  const lastNs = process.hrtime.bigint();
  const { user, system } = process.cpuUsage(cpu);
  return {
    framesPerSecond: (1000 * frames) / (performance.now() - started),
    cpuMsPerFrame: (user + system) / 1000 / frames,
    lastNs: String(lastNs),
    sentSeconds,
  };
}

answer(async (order: Partial<SendOrder>) => {
  if (order.rateHz === undefined) return { source: ports.map(({ url }) => url).join(",") };
  return send(order as SendOrder);
});
