import { progress } from "../bench/report.js";
import { aSituation, type Outcome, sumOf, tryPairing } from "../helpers/pairing-trial.js";

/*
 * Plays random situations of a detector to the pairing, and compares what comes out with the truth: how many exposures were
 * paired, of those that could be, and what is wrong. Ends with exit code 1 if any event was made of two exposures.
 *
 *   npm run try:pairing -- MINUTES [FIRST_SEED]
 */
const [minutes = "1", first = "1"] = process.argv.slice(2);
const firstSeed = Number(first);
const end = performance.now() + Number(minutes) * 60_000;
if (Number.isNaN(end) || !Number.isSafeInteger(firstSeed)) {
  console.error("Usage: npm run try:pairing -- MINUTES [FIRST_SEED]");
  process.exit(2);
}

const outcomes: Outcome[] = [];
for (let seed = firstSeed; performance.now() < end; seed++) {
  outcomes.push(tryPairing(aSituation(seed)));
  const leftSeconds = Math.ceil((end - performance.now()) / 1000);
  if (outcomes.length % 10 === 0) progress(`${outcomes.length} situations, ${leftSeconds} s left`);
}
progress("");

const kinds = new Map<string, Outcome[]>();
for (const outcome of outcomes) {
  const { numbering, ticks } = outcome.situation;
  const kind = `${numbering}, ticks ${ticks}`;
  kinds.set(kind, [...(kinds.get(kind) ?? []), outcome]);
}
const rows = [...kinds].sort(([one], [other]) => one.localeCompare(other));
console.log(`seeds ${firstSeed} to ${firstSeed + outcomes.length - 1}`);
console.table(Object.fromEntries([...rows, ["all", outcomes] as const].map(([kind, of]) => [kind, row(of)])));

const wrong = seeds(outcomes.filter((outcome) => outcome.wrong > 0));
console.log(`wrong pairs: ${wrong}`);
console.log(`twice or out of order: ${seeds(outcomes.filter((one) => one.twice + one.outOfOrder > 0))}`);
console.log("the least of what could be paired:");
const worst = outcomes
  .filter(({ possible }) => possible > 20)
  .sort((one, other) => share(one) - share(other));
for (const { situation, paired, possible, gap } of worst.slice(0, 5)) {
  const gapText = `longest gap ${gap.seconds.toFixed(1)} s, ${gap.acquisitions} acquisitions`;
  console.log(`seed ${situation.seed}: ${paired} of ${possible}, ${gapText}, ${JSON.stringify(situation)}`);
}
process.exitCode = sumOf(outcomes).wrong > 0 ? 1 : 0;

function row(of: readonly Outcome[]) {
  const { situations, possible, paired, wrong, twice, outOfOrder } = sumOf(of);
  const shareText = share({ possible, paired }).toFixed(4);
  return { situations, possible, paired, share: shareText, wrong, twice, "out of order": outOfOrder };
}

function share({ possible, paired }: Pick<Outcome, "possible" | "paired">): number {
  return paired / possible;
}

function seeds(of: readonly Outcome[]): string {
  return of.length === 0 ? "none" : `seeds ${of.map(({ situation }) => situation.seed).join(", ")}`;
}
