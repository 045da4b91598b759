import { cpus } from "node:os";
import { calibrate, formulaConstants } from "../../src/calibration/index.js";
import { DETECTOR_PIXELS } from "../../src/detector.js";
import { DEFAULT_SCENE, makeScene } from "../../src/simulator/index.js";

/*
 * How long one frame takes, against a copy of as many bytes: 2 MB of words, 8 MB of constants and 4 MB of photons. Both
 * in the same rounds, so that whatever else the machine does weighs on both.
 *
 *   npm run bench:calibration            a table
 *   npm run bench:calibration -- --json  the same for programs
 */
const ROUNDS = 41;
const WARM_UP_ROUNDS = 10;
const TRAFFIC_BYTES = DETECTOR_PIXELS * (2 + 8 + 4);

interface Row {
  readonly frame: string;
  readonly path: "reference";
  readonly call: "owned";
  readonly ms: number;
  readonly spreadMs: readonly [number, number];
  readonly xMemcpy: number;
}

const scene = makeScene({ ...DEFAULT_SCENE, imageCount: 1 });
const constants = formulaConstants(scene.constants, "photons", scene.photonEnergyKeV);
const typical = (scene.images[0] as (typeof scene.images)[number]).raw;

/** The typical frame, with a share of its pixels in random gain stages. */
function scattered(share: number): Uint16Array {
  let state = 12345;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return typical.map((word) =>
    random() < share ? ([0x0000, 0x4000, 0xc000][Math.floor(3 * random())] as number) | 5000 : word,
  );
}

const frames: Readonly<Record<string, Uint16Array>> = {
  typical,
  scattered1: scattered(0.015), // two thirds of them leave G0
  scattered10: scattered(0.15),
  random: scattered(1),
  g2: typical.map(() => 0xc000 | 5000),
};

const from = new Uint8Array(TRAFFIC_BYTES).fill(1);
const to = new Uint8Array(TRAFFIC_BYTES);
const memcpyMs: number[] = [];
const frameMs = new Map(Object.keys(frames).map((name) => [name, [] as number[]]));

for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
  const copied = timed(() => to.set(from));
  if (round >= 0) memcpyMs.push(copied);
  for (const [name, raw] of Object.entries(frames)) {
    // As the frame source does it: the modules' words are put together, and the caller owns the result.
    const scratch = new Uint16Array(DETECTOR_PIXELS);
    const ms = timed(() => {
      scratch.set(raw);
      calibrate(scratch, constants, Number.NaN, new Float32Array(DETECTOR_PIXELS));
    });
    if (round >= 0) frameMs.get(name)?.push(ms);
  }
}

function timed(step: () => void): number {
  const start = performance.now();
  step();
  return performance.now() - start;
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.round(share * (values.length - 1))] as number;
}

const memcpy = quantile(memcpyMs, 0.5);
const rows = [...frameMs].map(([frame, ms]): Row => {
  const median = quantile(ms, 0.5);
  const spreadMs = [quantile(ms, 0.1), quantile(ms, 0.9)] as const;
  return { frame, path: "reference", call: "owned", ms: median, spreadMs, xMemcpy: median / memcpy };
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
      "x memcpy": xMemcpy.toFixed(1),
    })),
  );
}
