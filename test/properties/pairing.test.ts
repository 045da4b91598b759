import test from "ava";
import {
  aDisturbance,
  aSituation,
  DISTURBANCES,
  type Outcome,
  sumOf,
  tryPairing,
} from "../helpers/pairing-trial.js";
import type { Situation } from "../helpers/schedule.js";

/** The same ones every time. `npm run try:pairing` plays others. */
const SEEDS = Array.from({ length: 250 }, (_, index) => index + 1);
const SEEDS_ONCE = SEEDS.slice(0, 30);

const outcomes = SEEDS.map((seed) => tryPairing(aSituation(seed)));

/** Of what could be paired, the share that was; and how many exposures there were, so that a test cannot become void. */
function paired(of: (situation: Situation) => boolean): { share: number; possible: number } {
  const sum = sumOf(outcomes.filter(({ situation }) => of(situation)));
  return { share: sum.paired / sum.possible, possible: sum.possible };
}

/** Random delays of 0.1 s are longer than most intervals: then arrival times say little. */
const isOnTime = ({ lateness }: Situation) => lateness < 0.1;

test("no event is made of two exposures, whatever happens", (t) => {
  t.deepEqual(
    failing(outcomes, ({ wrong }) => wrong > 0),
    [],
  );
});

test("no exposure comes twice or after a newer one, but for what cannot be told", (t) => {
  const { possible, twice, outOfOrder } = sumOf(outcomes);
  t.true(possible > 40_000);
  // Two halves of which each was sent twice, 20 ms apart, are a new start of the numbers, unless ticks say otherwise; and
  // exposures without one half have no order where numbers jump with every acquisition.
  t.true(twice + outOfOrder <= possible / 20_000, `${twice} twice, ${outOfOrder} out of order`);
});

test("most of what can be paired is, with every kind of numbering and of ticks", (t) => {
  for (const numbering of ["goes on", "from 0", "from 1", "jumps"] as const) {
    for (const [ticks, least] of [
      ["none", 0.87],
      ["go on", 0.95],
      ["begin anew", 0.9],
    ] as const) {
      const { share, possible } = paired(
        (one) => isOnTime(one) && one.numbering === numbering && one.ticks === ticks,
      );
      t.true(possible > 900 && share >= least, `${numbering}, ticks ${ticks}: ${share} of ${possible}`);
    }
  }
});

test("most of what can be paired is, with two ports and four; half of it when arrivals are random by 0.1 s", (t) => {
  for (const portCount of [2, 4]) {
    const { share, possible } = paired((one) => isOnTime(one) && one.portCount === portCount);
    t.true(possible > 10_000 && share >= 0.92, `${portCount} ports: ${share} of ${possible}`);
  }
  const { share, possible } = paired((one) => !isOnTime(one));
  t.true(possible > 1000 && share >= 0.4, `late: ${share} of ${possible}`);
});

for (const disturbance of Object.keys(DISTURBANCES) as (keyof typeof DISTURBANCES)[]) {
  test(`one disturbance, ${disturbance}: it heals within a second or three acquisitions`, (t) => {
    const once = SEEDS_ONCE.map((seed) => tryPairing(aDisturbance(disturbance, seed)));
    t.deepEqual(
      failing(once, ({ gap }) => gap.seconds > 1 && gap.acquisitions > 3),
      [],
    );
    const { possible, paired, wrong, twice, outOfOrder } = sumOf(once);
    t.deepEqual({ wrong, twice, outOfOrder }, { wrong: 0, twice: 0, outOfOrder: 0 });
    t.true(possible > 3000 && paired / possible >= 0.97, `${paired} of ${possible}`);
  });
}

function failing(of: readonly Outcome[], isFault: (outcome: Outcome) => boolean): number[] {
  return of.filter(isFault).map(({ situation }) => situation.seed);
}
