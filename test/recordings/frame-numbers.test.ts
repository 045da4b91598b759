import test from "ava";
import fc from "fast-check";
import { ExposureNumbers } from "../../src/recordings/exposure-numbers.js";
import { findFrameNumbers } from "../../src/recordings/frame-numbers.js";

/** Growing numbers with gaps. */
const growing = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 60 }).map((steps) => {
  let number = 0n;
  return steps.map((step) => {
    number += BigInt(step);
    return number;
  });
});

async function found(numbers: readonly (bigint | undefined)[]) {
  let reads = 0;
  const result = await findFrameNumbers(numbers.length, async (record) => {
    reads += 1;
    return numbers[record];
  });
  const records = result.stretches.flatMap(({ firstRecord, firstNumber, count }) =>
    Array.from(
      { length: count },
      (_, offset) => [firstRecord + offset, firstNumber + BigInt(offset)] as const,
    ),
  );
  return { ...result, reads, records };
}

test("finds the numbers of all records, whatever is missing between them", async (t) => {
  await fc.assert(
    fc.asyncProperty(growing, async (numbers) => {
      const { records, damaged, stretches } = await found(numbers);
      t.deepEqual(records, [...numbers.entries()]);
      t.is(damaged, 0);
      const gaps = numbers.filter(
        (number, index) => index > 0 && number !== (numbers[index - 1] as bigint) + 1n,
      );
      t.is(stretches.length, gaps.length + 1);
    }),
  );
});

test("reads a few headers of many records", async (t) => {
  const numbers = Array.from({ length: 100_000 }, (_, index) => BigInt(index + (index < 50_001 ? 7 : 9)));
  const { reads, stretches } = await found(numbers);
  t.is(stretches.length, 2);
  t.true(reads < 50, `${reads}`);
});

test("leaves records out whose headers make no sense, where it looks at them", async (t) => {
  await fc.assert(
    fc.asyncProperty(growing, fc.infiniteStream(fc.boolean()), async (numbers, bad) => {
      const damaged = numbers.map((number) => (bad.next().value ? undefined : number));
      const { records } = await found(damaged);
      // Where the numbers around it leave no doubt, a damaged one may be taken for what it should be.
      const right = records.filter(([record, number]) => numbers[record] === number);
      t.is(right.length, records.length);
      t.true(
        damaged.every((number, record) => number === undefined || records.some(([one]) => one === record)),
      );
    }),
  );
});

test("stops where numbers begin again", async (t) => {
  const { records, restartsAt } = await found([5n, 6n, 8n, 1n, 2n, 3n, 9n]);
  t.deepEqual(
    records.map(([, number]) => number),
    [5n, 6n, 8n],
  );
  t.is(restartsAt, 3);
  t.deepEqual(await findFrameNumbers(0, async () => 1n), { stretches: [], damaged: 0 });
});

test("indexes the numbers of all ports, in both directions", (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 80 }), fc.integer({ min: 1, max: 20 }))),
      (ranges) => {
        const numbers = new ExposureNumbers(
          ranges.map(([first, count]) => ({ firstNumber: BigInt(first), count })),
        );
        const all = new Set(
          ranges.flatMap(([first, count]) => Array.from({ length: count }, (_, offset) => first + offset)),
        );
        const sorted = [...all].sort((one, other) => one - other).map(BigInt);
        t.is(numbers.length, sorted.length);
        t.deepEqual(
          sorted.map((_, index) => numbers.numberOf(index)),
          sorted,
        );
        for (let number = 0n; number < 110n; number += 1n) {
          const index = sorted.indexOf(number);
          t.is(numbers.indexOf(number), index < 0 ? undefined : index);
          const from = sorted.findIndex((one) => one >= number);
          t.is(numbers.indexFrom(number), from < 0 ? sorted.length : from);
        }
      },
    ),
  );
  t.throws(() => new ExposureNumbers([]).numberOf(0), { instanceOf: RangeError });
});
