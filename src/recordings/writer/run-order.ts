import type { ModuleFrame } from "../../stream/index.js";

/** How long after a run began on one port another port may still send frames of the previous run. */
const OVERLAP_SECONDS = 2;

/** The newest frame of a port. */
interface Newest {
  readonly run: number;
  readonly frameNumber: bigint;
  /** Ticks of the newest frame that had any: a completely lost frame has 0. */
  readonly ticks: bigint;
  readonly header: Uint8Array | undefined;
}

/**
 * Determines the run of a frame. A run begins where the frame numbers or the ticks of a port restart, as at the start
 * of an acquisition, because both increase within a file. Runs are counted from 0; a frame belongs to the newest or
 * the previous one.
 */
export class RunOrder {
  readonly #ports = new Map<number, Newest>();
  #run = 0;
  #begunSeconds = Number.NEGATIVE_INFINITY;

  /** @returns undefined for a frame that its port has just sent */
  runOf(frame: ModuleFrame): number | undefined {
    const { portIndex, frameNumber, timestampTicks, header } = frame;
    const newest = this.#ports.get(portIndex);
    if (newest !== undefined && isSame(newest, frame)) return undefined;
    const run = newest === undefined ? this.#run : this.#runAfter(newest, frame);
    const ticks = timestampTicks === 0n && run === newest?.run ? newest.ticks : timestampTicks;
    this.#ports.set(portIndex, { run, frameNumber, ticks, header });
    return run;
  }

  #runAfter(newest: Newest, { frameNumber, timestampTicks, arrivalSeconds }: ModuleFrame): number {
    const isBehind = newest.run < this.#run;
    const beginsAgain =
      frameNumber <= newest.frameNumber || (timestampTicks !== 0n && timestampTicks < newest.ticks);
    if (isBehind) {
      const isLate = newest.run < this.#run - 1 || arrivalSeconds - this.#begunSeconds > OVERLAP_SECONDS;
      return beginsAgain || isLate ? this.#run : newest.run;
    }
    if (!beginsAgain) return this.#run;
    this.#begunSeconds = arrivalSeconds;
    this.#run += 1;
    return this.#run;
  }
}

/** Whether a frame arrived twice. Without headers, an equal number is sufficient. */
function isSame(newest: Newest, { frameNumber, header }: ModuleFrame): boolean {
  if (frameNumber !== newest.frameNumber) return false;
  if (header === undefined || newest.header === undefined) return true;
  return Buffer.compare(header, newest.header) === 0;
}
