import test from "ava";
import { type PairedSchedule, pairSchedule } from "../helpers/paired-schedule.js";

const SEEDS = [1, 2, 3, 4, 5, 6];
const RATES_HZ = [20, 200];

/** What a fault leaves of the exposures that every port sent, as a share; and what else must be so. */
interface Promise {
  readonly faults: string;
  readonly least?: number;
  /** What is wrong, if anything. */
  readonly check?: (played: PairedSchedule) => string | false;
}

/** A counter of the monitor that must be what the fault did. */
const counts =
  (name: string) =>
  ({ counters, did }: PairedSchedule) =>
    counters[name] !== did[name] && `${name} ${counters[name]}, not ${did[name]}`;

const PROMISES: readonly Promise[] = [
  { faults: "", least: 1 },
  { faults: "loss=0.05", least: 0.99 },
  { faults: "duplicate=0.05", least: 1, check: counts("duplicate") },
  { faults: "incomplete=0.1", least: 0.99, check: counts("incomplete") },
  { faults: "out-of-order=0.02", least: 0.9 },
  { faults: "late=3ms", least: 0.99 },
  { faults: "no-ticks=0.3", least: 1 },
  { faults: "loss=0.03 incomplete=0.05 duplicate=0.03 no-ticks=0.2 out-of-order=0.02", least: 0.9 },
  { faults: "module-dies=1s module-returns=4s", least: 0.99 },
  { faults: "restart=2s", least: 0.99 },
  { faults: "restart=2s loss=0.05 first-number=0", least: 0.95 },
  { faults: "acquisition=5 pause=1s first-number=1 missed-acquisition=0.2", least: 0.9 },
  { faults: "acquisition=1 pause=300ms first-number=1 loss=0.1", least: 0.9 },
  { faults: "acquisition=10 ends-lost=0.3 ends-twice=0.3 ends-early=0.3 loss=0.02", least: 0.95 },
  { faults: "first-late=3s clocks-apart=5s clock-drift=100ppm", least: 0.99 },
  {
    faults: "one-module",
    // A second may pass until it is certain that the other does not come.
    check: ({ partial, did }) => partial.length < 0.5 * (did.silent ?? 0) && `${partial.length} partial`,
  },
  {
    faults: "numbers-differ=3",
    check: ({ whole, difference }) =>
      whole.length > 0 ? `${whole.length} whole` : difference === undefined && "no difference found",
  },
];

for (const { faults, least = 0, check } of PROMISES) {
  test(`${faults || "no fault"}: no wrong pair, ${100 * least} % of what can be paired, and nothing uncounted`, (t) => {
    for (const rateHz of RATES_HZ) {
      let [sent, delivered] = [0, 0];
      for (const seed of SEEDS) {
        const played = pairSchedule({ faults, rateHz, frameCount: 300, seed });
        const { counters, wrong, whole, sentWhole } = played;
        const of = (name: string) => counters[name] ?? 0;
        const which = `${rateHz} Hz, seed ${seed}: ${JSON.stringify(counters)}`;
        t.is(wrong, 0, which);
        t.is(
          2 * of("paired") + of("partialFrames") + of("unpaired") + of("late") + of("duplicate"),
          of("moduleFrames") - of("waiting"),
          which,
        );
        t.falsy(check?.(played), which);
        sent += sentWhole.length;
        delivered += new Set(whole).size;
      }
      t.true(delivered >= least * sent, `${rateHz} Hz: ${delivered} of ${sent}`);
    }
  });
}
