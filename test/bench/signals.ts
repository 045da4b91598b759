import { Signals } from "../../src/host/index.js";
import { collectGarbage } from "../helpers/collect-garbage.js";
import { FixedClock } from "../helpers/fakes.js";
import { aDataEvent } from "../helpers/module-frames.js";
import { signalOf } from "../helpers/signals.js";
import { scene, typical } from "./calibration-ways.js";
import { machine, quantile } from "./report.js";

/*
 * What signals cost: how much longer a typical frame, borrowed, takes with a signal than without, because a part may be done
 * while the frame is calibrated. Frames without and with it take turns of ten; each turn's medians make a ratio. All in the same
 * rounds, so that whatever else the machine does weighs on all. Times are of the processor, which other processes lengthen less
 * than those of the clock.
 *
 *   npm run bench:signals            a table
 *   npm run bench:signals -- --json  the same for programs
 *
 * host alone: what a host does of each event's data where there is no signal in them.
 */
const ROUNDS = 40;
const WARM_UP_ROUNDS = 5;
const FRAMES_A_TURN = 10;
const FRAMES_BEFORE = 2;

const SIGNALS: Readonly<Record<string, readonly [factory: string, keys: string]>> = {
  "region 100 × 100": [
    "RegionOfInterestJungfrau1MZmq",
    "signal_rows: [300, 400], signal_columns: [300, 400]",
  ],
  "region of all": ["RegionOfInterestJungfrau1MZmq", "signal_rows: [0, 1024], signal_columns: [0, 1024]"],
  "lit pixels": ["LitPixelsJungfrau1MZmq", "signal_threshold: 1, signal_minimum: 1"],
  saturation: ["SaturationJungfrau1MZmq", "signal_margin_adu: 2000"],
  "radial profile, not looked at": ["RadialProfileJungfrau1MZmq", "signal_beam_centre: [500.3, 520.7]"],
  "radial profile": ["RadialProfileJungfrau1MZmq", "signal_beam_centre: [500.3, 520.7]"],
};
const FRAMES = { calibrated: "", rounded: ", detector_rounded: true", raw: ", detector_calibration: false" };

const event = aDataEvent({ words: typical });
const rows: { frames: string; signal: string; ms: number[]; ratios: number[] }[] = [];
for (const [frames, frameKeys] of Object.entries(FRAMES)) {
  const sources = await Promise.all(
    Object.entries(SIGNALS).map(async ([signal, [factory, keys]]) => ({
      signal,
      source: await signalOf(factory, `${keys}${frameKeys}`, scene.constants),
      ms: [] as number[],
      ratios: [] as number[],
    })),
  );
  const host = new Signals(new FixedClock());
  const alone = { ms: [] as number[], ratios: [] as number[] };
  const frameMs: number[] = [];
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    for (const { signal: name, source, ms, ratios } of sources) {
      const read = name.endsWith("not looked at") ? source.signal.borrowData : source.signal.getData;
      const dataOf = () => ({ timestamp: 1, event_id: "1", detector_data: source.frame(event) });
      const without = turn(dataOf);
      const collected = turn(() => host.collect(dataOf()));
      const withSignal = turn(() => read?.call(source.signal, { event, data: dataOf() }));
      if (round < 0) continue;
      frameMs.push(without);
      ms.push(withSignal - without);
      ratios.push(withSignal / without - 1);
      alone.ms.push(collected - without);
      alone.ratios.push(collected / without - 1);
    }
    collectGarbage();
  }
  rows.push({ frames, signal: "(the frame itself)", ms: frameMs, ratios: frameMs.map(() => 1) });
  rows.push({ frames, signal: "(host alone)", ...alone });
  for (const { signal, ms, ratios } of sources) rows.push({ frames, signal, ms, ratios });
}

/** The median of one frame's time, after some that do not count. */
function turn(step: () => unknown): number {
  for (let i = 0; i < FRAMES_BEFORE; i++) step();
  return quantile(
    Array.from({ length: FRAMES_A_TURN }, () => timed(step)),
    0.5,
  );
}

function timed(step: () => unknown): number {
  const before = process.cpuUsage();
  step();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const results = rows.map(({ frames, signal, ms, ratios }) => ({
  frames,
  signal,
  ms: quantile(ms, 0.5),
  ratio: quantile(ratios, 0.5),
  spread: [quantile(ratios, 0.1), quantile(ratios, 0.9)] as const,
}));
if (process.argv.includes("--json")) {
  console.log(JSON.stringify({ machine: machine(), rounds: ROUNDS, results }));
} else {
  console.log(`${machine()}, medians of ${ROUNDS} rounds of ${FRAMES_A_TURN} frames`);
  console.table(
    results.map(({ frames, signal, ms, ratio, spread }) => ({
      frames,
      signal,
      ms: ms.toFixed(4),
      "x frame": ratio.toFixed(3),
      "10 % to 90 %": spread.map((value) => value.toFixed(3)).join(" to "),
    })),
  );
}
