import test from "ava";
import fc from "fast-check";
import { ExposureNumbers, missedUpTo } from "../../src/recordings/exposure-numbers.js";
import { type FrameNumbers, findFrameNumbers } from "../../src/recordings/frame-numbers.js";

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

const disordered: [string, bigint[], bigint[], Partial<FrameNumbers>][] = [
  [
    "numbers that begin again",
    [5n, 6n, 8n, 1n, 2n, 3n, 9n],
    [1n, 2n, 3n, 9n],
    { damaged: 0, ofOtherRuns: 3 },
  ],
  ["a long run and a short one", [5n, 6n, 8n, 9n, 1n, 2n], [5n, 6n, 8n, 9n], { damaged: 0, ofOtherRuns: 2 }],
  ["one that is too high", [1n, 2n, 900n, 4n, 6n], [1n, 2n, 4n, 6n], { damaged: 1, ofOtherRuns: 0 }],
  ["one that is too low", [3n, 4n, 1n, 6n, 8n], [3n, 4n, 6n, 8n], { damaged: 1, ofOtherRuns: 0 }],
  ["a first that is too high", [900n, 2n, 3n, 4n], [2n, 3n, 4n], { damaged: 0, ofOtherRuns: 1 }],
  ["a last that is too low", [2n, 3n, 4n, 1n], [2n, 3n, 4n], { damaged: 0, ofOtherRuns: 1 }],
  ["the same again and again", [7n, 7n, 7n], [7n], { damaged: 0, ofOtherRuns: 2 }],
  ["no records", [], [], { damaged: 0, ofOtherRuns: 0 }],
];
for (const [name, numbers, expected, counts] of disordered) {
  test(`keeps a growing row of ${name}`, async (t) => {
    const result = await found(numbers);
    t.deepEqual(
      result.records.map(([, number]) => number),
      expected,
    );
    t.like(result, counts);
  });
}

test("whatever the numbers are, those that are given stand in their records, and grow", async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.bigInt({ min: 0n, max: 9n })), async (numbers) => {
      const { records, damaged, ofOtherRuns } = await found(numbers);
      t.is(records.length + damaged + ofOtherRuns, numbers.length);
      for (const [index, [record, number]] of records.entries()) {
        const [before] = records.slice(index - 1, index);
        t.true(index === 0 || (before !== undefined && before[0] < record && before[1] < number));
        // Where the numbers around it leave no doubt, a number is not looked at.
        t.true(numbers[record] === number || records.length > 2);
      }
    }),
  );
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

test("counts the frames that a port lacks, but for gaps that no detector has", (t) => {
  const ranges = [
    { firstNumber: 3n, count: 2 },
    { firstNumber: 7n, count: 1 },
    { firstNumber: 2n ** 60n, count: 1 },
  ];
  t.deepEqual(
    [1n, 2n, 3n, 4n, 5n, 7n, 9n, 2n ** 60n, 2n ** 60n + 1n].map((number) => missedUpTo(ranges, 1n, number)),
    [1, 2, 2, 2, 3, 4, 6, 4, 5],
  );
  t.is(missedUpTo([], 5n, 9n), 5);
});
