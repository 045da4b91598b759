/** Consecutive records in a file with consecutive frame numbers. */
export interface Stretch {
  readonly firstRecord: number;
  readonly firstNumber: bigint;
  readonly count: number;
}

/** The frame numbers of a file's records. */
export interface FrameNumbers {
  /** In ascending order of records and numbers. */
  readonly stretches: readonly Stretch[];
  /** Records with invalid headers, among those that were read. */
  readonly damaged: number;
  /** Records of other runs in the same file, where the numbers restart. */
  readonly ofOtherRuns: number;
}

/** Reads the frame number of a record; undefined if its header is invalid. */
export type NumberAt = (record: number) => Promise<bigint | undefined>;

interface Known {
  readonly record: number;
  readonly number: bigint;
}

/**
 * Find the frame numbers of all records by reading only a few. Numbers increase, so if the numbers of two records are
 * as far apart as the records, none is missing between them. Bisection finds each gap.
 */
export async function findFrameNumbers(records: number, numberAt: NumberAt): Promise<FrameNumbers> {
  const known = async (record: number): Promise<Known | undefined> => {
    const number = await numberAt(record);
    return number === undefined ? undefined : { record, number };
  };
  const first = await firstKnown(0, records, known);
  if (first === undefined) return { stretches: [], damaged: records, ofOtherRuns: 0 };
  const last = (await lastKnown(first.record + 1, records, known)) ?? first;
  const found: Known[][] = [];
  // From last to first, so that the next one to be taken is the earliest.
  const open: [Known, Known][] = [[first, last]];
  for (let range = open.pop(); range !== undefined; range = open.pop()) {
    const [from, to] = range;
    const apart = to.record - from.record;
    const missing = to.number - from.number - BigInt(apart);
    if (missing < 0n) return scan(records, known);
    if (missing === 0n) {
      found.push([from, to]);
      continue;
    }
    const middle = from.record + (apart >> 1);
    const between =
      (await firstKnown(Math.max(middle, from.record + 1), to.record, known)) ??
      (await lastKnown(from.record + 1, middle, known));
    if (between === undefined) found.push([from, from], [to, to]);
    else open.push([between, to], [from, between]);
  }
  return numbersOf(joined(found), records);
}

async function firstKnown(from: number, end: number, known: (record: number) => Promise<Known | undefined>) {
  for (let record = from; record < end; record += 1) {
    const found = await known(record);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function lastKnown(from: number, end: number, known: (record: number) => Promise<Known | undefined>) {
  for (let record = end - 1; record >= from; record -= 1) {
    const found = await known(record);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Read every header if the numbers do not increase throughout. A single number out of order is damaged. Where numbers
 * restart, the longest part is used, because frames of two runs cannot be distinguished by their numbers.
 */
async function scan(
  records: number,
  known: (record: number) => Promise<Known | undefined>,
): Promise<FrameNumbers> {
  const parts: Known[][] = [];
  let part: Known[] = [];
  let inLine = 0;
  for (let record = 0; record < records; record += 1) {
    const one = await known(record);
    if (one === undefined) continue;
    const [before, last] = [part.at(-2), part.at(-1)];
    const partBefore = parts.at(-1);
    if (last === undefined || one.number > last.number) {
      const lastOfPartBefore = partBefore?.at(-1);
      if (part.length === 1 && lastOfPartBefore !== undefined && one.number > lastOfPartBefore.number) {
        // The previous number was too low, and the part before it continues.
        part = parts.pop() as Known[];
        inLine -= 1;
      }
    } else if (before !== undefined && one.number > before.number) {
      part.pop(); // it was too high
      inLine -= 1;
    } else {
      parts.push(part);
      part = [];
    }
    part.push(one);
    inLine += 1;
  }
  const longest = [...parts, part].reduce((best, other) => (other.length > best.length ? other : best));
  const ofOtherRuns = inLine - longest.length;
  const { stretches, damaged } = numbersOf(joined(longest.map((one) => [one, one])), records);
  return { stretches, damaged: damaged - ofOtherRuns, ofOtherRuns };
}

function numbersOf(stretches: readonly Stretch[], records: number): FrameNumbers {
  const damaged = records - stretches.reduce((sum, { count }) => sum + count, 0);
  return { stretches, damaged, ofOtherRuns: 0 };
}

/** Merge ranges that touch or share a record. */
function joined(ranges: readonly Known[][]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const [from, to] of ranges as [Known, Known][]) {
    const before = stretches.at(-1);
    const offset = before === undefined ? 0 : from.record - before.firstRecord;
    const follows =
      before !== undefined && offset <= before.count && from.number - before.firstNumber === BigInt(offset);
    if (follows) stretches[stretches.length - 1] = { ...before, count: to.record - before.firstRecord + 1 };
    else {
      stretches.push({
        firstRecord: from.record,
        firstNumber: from.number,
        count: to.record - from.record + 1,
      });
    }
  }
  return stretches;
}

/**
 * Read the frame number of every record, because there may be a hole between any two, which bisection would not find.
 */
export function readFrameNumbers(records: number, numberAt: NumberAt): Promise<FrameNumbers> {
  return scan(records, async (record) => {
    const number = await numberAt(record);
    return number === undefined ? undefined : { record, number };
  });
}
