/** A range of frame numbers without a gap. */
export interface NumberRange {
  readonly firstNumber: bigint;
  readonly count: number;
}

interface IndexedRange extends NumberRange {
  readonly firstIndex: number;
}

/** The numbers of a run's exposures, by index: those for which any port has a frame. Stores one range per gap. */
export class ExposureNumbers {
  readonly #ranges: readonly IndexedRange[];
  readonly length: number;

  /** @param ranges  of all ports, in any order */
  constructor(ranges: readonly NumberRange[]) {
    this.#ranges = united(ranges);
    const last = this.#ranges.at(-1);
    this.length = last === undefined ? 0 : last.firstIndex + last.count;
  }

  /** @throws RangeError if there is no such index */
  numberOf(index: number): bigint {
    const range = this.#ranges.findLast(({ firstIndex }) => firstIndex <= index);
    if (range === undefined || index >= this.length || index < 0) {
      throw new RangeError(`There is no exposure ${index} of ${this.length}`);
    }
    return range.firstNumber + BigInt(index - range.firstIndex);
  }

  /** @returns undefined if no port has a frame with that number */
  indexOf(frameNumber: bigint): number | undefined {
    const range = this.#ranges.findLast(({ firstNumber }) => firstNumber <= frameNumber);
    if (range === undefined) return undefined;
    const offset = frameNumber - range.firstNumber;
    return offset < BigInt(range.count) ? range.firstIndex + Number(offset) : undefined;
  }

  /** Index of the first exposure with this number or a higher one; the length if all numbers are lower. */
  indexFrom(frameNumber: bigint): number {
    const range = this.#ranges.find(({ firstNumber, count }) => firstNumber + BigInt(count) > frameNumber);
    if (range === undefined) return this.length;
    const offset = frameNumber - range.firstNumber;
    return range.firstIndex + (offset > 0n ? Number(offset) : 0);
  }
}

/** A longer gap is more likely a damaged number than as many lost frames. */
const LONGEST_GAP = 1_000_000n;

/**
 * How many frames one port lacks up to a number.
 *
 * @param ranges       of its frame numbers, in ascending order
 * @param firstNumber  of the run
 */
export function missedUpTo(ranges: readonly NumberRange[], firstNumber: bigint, number: bigint): number {
  let next = firstNumber;
  let missed = 0n;
  const skipTo = (one: bigint) => {
    const gap = one - next;
    if (gap > 0n && gap <= LONGEST_GAP) missed += gap;
  };
  for (const range of ranges) {
    if (range.firstNumber > number) break;
    skipTo(range.firstNumber);
    next = range.firstNumber + BigInt(range.count);
  }
  skipTo(number + 1n);
  return Number(missed);
}

function united(ranges: readonly NumberRange[]): IndexedRange[] {
  const sorted = ranges.toSorted((one, other) => (one.firstNumber < other.firstNumber ? -1 : 1));
  const result: IndexedRange[] = [];
  for (const { firstNumber, count } of sorted) {
    const before = result.at(-1);
    const end = firstNumber + BigInt(count);
    const endBefore = before === undefined ? firstNumber - 1n : before.firstNumber + BigInt(before.count);
    if (before === undefined || firstNumber > endBefore) {
      const firstIndex = before === undefined ? 0 : before.firstIndex + before.count;
      result.push({ firstNumber, count, firstIndex });
    } else if (end > endBefore) {
      result[result.length - 1] = { ...before, count: Number(end - before.firstNumber) };
    }
  }
  return result;
}
