import { aSituation, type Outcome, tryPairing } from "../helpers/pairing-trial.js";

/*
 * Plays random situations of a detector to the pairing, and says how many exposures were paired, of those that could be,
 * and whether any pair was wrong.
 *
 *   npm run try:pairing -- [MINUTES] [FIRST SEED]
 */
const [minutes = "1", firstSeed = "1"] = process.argv.slice(2);
const end = performance.now() + Number(minutes) * 60_000;
const sums = new Map<string, { situations: number; possible: number; paired: number; wrong: number }>();
let worst: Outcome[] = [];
let seed = Number(firstSeed);
let faults = 0;
for (; performance.now() < end; seed++) {
  const outcome = tryPairing(aSituation(seed));
  const { situation, possible, paired, wrong, outOfOrder, twice } = outcome;
  if (wrong + outOfOrder > 0) {
    faults += 1;
    if (wrong > 0 || faults <= 12) console.log(`seed ${seed}: ${wrong} wrong, ${outOfOrder} out of order`);
  }
  const key = `${situation.numbering}, ticks ${situation.ticks}`;
  const sum = sums.get(key) ?? { situations: 0, possible: 0, paired: 0, wrong: 0, outOfOrder: 0, twice: 0 };
  sum.situations += 1;
  sum.possible += possible;
  sum.paired += paired;
  sum.wrong += wrong;
  Object.assign(sum, {
    outOfOrder: outOfOrder + ((sum as { outOfOrder?: number }).outOfOrder ?? 0),
    twice: twice + ((sum as { twice?: number }).twice ?? 0),
  });
  sums.set(key, sum);
  if (possible > 20) worst.push(outcome);
  if (worst.length > 50)
    worst = worst.sort((a, b) => a.paired / a.possible - b.paired / b.possible).slice(0, 10);
}
console.log(`seeds ${firstSeed} to ${seed - 1}`);
console.table(
  [...sums.entries()].map(([situation, sum]) => ({
    situation,
    ...sum,
    share: (sum.paired / sum.possible).toFixed(4),
  })),
);
for (const { situation, possible, paired, gap } of worst
  .sort((a, b) => a.paired / a.possible - b.paired / b.possible)
  .slice(0, 6)) {
  console.log(
    `seed ${situation.seed}: ${paired} of ${possible}, longest gap`,
    gap,
    JSON.stringify(situation),
  );
}
process.exitCode = faults > 0 ? 1 : 0;
