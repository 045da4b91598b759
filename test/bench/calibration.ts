import { cpus } from "node:os";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { collectGarbage } from "../helpers/collect-garbage.js";
import { aDataEvent } from "../helpers/module-frames.js";
import { calibrateReference, referenceDivisors } from "../helpers/reference-calibration.js";
import { scene, sourceWays, typical, type Way } from "./calibration-ways.js";
import { quantile } from "./report.js";

/*
 * How long one frame takes, from an event's payloads to calibrated pixels and their status, against a copy of as many
 * bytes: 2 MB of words, 8 MB of constants and 4 MB of photons. All in the same rounds, so that whatever else the machine
 * does weighs on all.
 *
 *   npm run bench:calibration            a table
 *   npm run bench:calibration -- --json  the same for programs
 *
 * borrowed: `borrowData`, in the source's memory. tracked: the same with pedestals that follow the frames. owned: `getData`, in memory of the caller's. statistics: those of a
 * borrowed frame, beside its calibration.
 *
 * In each round each path has its turn. Garbage is collected before, so that none pays for what another has left behind.
 * It begins with the copy, and with a few typical frames that are not counted: in a monitor the frames before have always
 * been calibrated on the same path.
 */
const ROUNDS = 41;
const WARM_UP_ROUNDS = 10;
const FRAMES_BEFORE = 3;
const TRAFFIC_BYTES = JUNGFRAU_1M.pixels * (2 + 8 + 4);

/** The typical frame, with a share of its pixels in G1 and G2, anywhere. */
function scattered(share: number): Uint16Array {
  let state = 12345;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return typical.map((word) => (random() < share ? (random() < 0.5 ? 0x4000 : 0xc000) | 5000 : word));
}

const frames: Readonly<Record<string, Uint16Array>> = {
  typical,
  scattered1: scattered(0.01),
  scattered10: scattered(0.1),
  random: scattered(2 / 3), // as many in each stage
  g2: typical.map(() => 0xc000 | 5000),
};

function referenceWays(): Record<string, Way> {
  const { constants } = scene;
  const divisors = referenceDivisors(constants.gains, "photons", scene.photonEnergyKeV);
  const raw = new Uint16Array(JUNGFRAU_1M.pixels);
  const bytes = new Uint8Array(raw.buffer);
  const calibrate = (event: Parameters<Way>[0], values: Float32Array, status: Uint8Array) => {
    for (const frame of event.frames) bytes.set(frame.raw, frame.portIndex * frame.raw.length);
    calibrateReference(raw, constants, divisors, values, status);
  };
  const values = new Float32Array(JUNGFRAU_1M.pixels);
  const status = new Uint8Array(JUNGFRAU_1M.pixels);
  return {
    borrowed: (event) => () => calibrate(event, values, status),
    owned: (event) => () =>
      calibrate(event, new Float32Array(JUNGFRAU_1M.pixels), new Uint8Array(JUNGFRAU_1M.pixels)),
  };
}

interface Measured {
  readonly frame: string;
  readonly path: string;
  readonly call: string;
  readonly ms: number[];
}

const events = Object.entries(frames).map(([name, raw]) => [name, aDataEvent({ words: raw })] as const);
const paths = {
  simd: await sourceWays("simd"),
  scalar: await sourceWays("scalar"),
  reference: referenceWays(),
};
const turns = Object.entries(paths).flatMap(([path, ways]) =>
  Object.entries(ways).map(([call, way]) => ({
    warmUp: (call === "tracked" ? way : ways.borrowed) as Way, // each in its own memory
    way,
    steps: events.map(([frame, event]) => ({ event, measured: { frame, path, call, ms: [] } as Measured })),
  })),
);

const typicalEvent = aDataEvent({ words: typical });
const from = new Uint8Array(TRAFFIC_BYTES).fill(1);
const to = new Uint8Array(TRAFFIC_BYTES);
const memcpyMs: number[] = [];
for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
  for (const { warmUp, way, steps } of turns) {
    collectGarbage();
    const copied = timed(() => to.set(from));
    if (round >= 0) memcpyMs.push(copied);
    for (let i = 0; i < FRAMES_BEFORE; i++) warmUp(typicalEvent)();
    for (const { measured, event } of steps) {
      const ms = timed(way(event));
      if (round >= 0) measured.ms.push(ms);
    }
  }
  if (process.stderr.isTTY) process.stderr.write(`\rround ${round + 1} of ${ROUNDS} `);
}
if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");

function timed(step: () => void): number {
  const start = performance.now();
  step();
  return performance.now() - start;
}

const memcpy = quantile(memcpyMs, 0.5);
const measured = turns.flatMap(({ steps }) => steps.map((step) => step.measured));
const rows = measured.map(({ frame, path, call, ms }) => {
  const median = quantile(ms, 0.5);
  const spreadMs = [quantile(ms, 0.1), quantile(ms, 0.9)] as const;
  return { frame, path, call, ms: median, spreadMs, xMemcpy: median / memcpy };
});

if (process.argv.includes("--json")) {
  console.log(JSON.stringify({ memcpyMs: memcpy, rows }));
} else {
  console.log(
    `${cpus()[0]?.model ?? "unknown processor"}, Node.js ${process.version}, medians of ${ROUNDS} rounds`,
  );
  console.log(`memcpy of ${TRAFFIC_BYTES} bytes: ${memcpy.toFixed(2)} ms`);
  console.table(
    rows.map(({ frame, path, call, ms, spreadMs, xMemcpy }) => ({
      frame,
      path,
      call,
      "ms/frame": ms.toFixed(2),
      "10 % to 90 %": spreadMs.map((value) => value.toFixed(2)).join(" to "),
      "x memcpy": xMemcpy.toFixed(2),
    })),
  );
}
