import type { ModuleFrame } from "../stream/index.js";
import type { Run } from "./run.js";

/** A frame of one port, and what is known of the moment when it came. */
export interface Arrival {
  readonly frame: ModuleFrame;
  readonly run: Run;
  /** Whether it came as frames of its port do: complete, unless none is. */
  readonly isTimely: boolean;
  /** Whether it came when it was exposed, as far as can be seen: timely, and not from a backlog. */
  readonly isPrompt: boolean;
  /** Time since the port's timely frame before. */
  readonly gapSeconds: number;
  /** When the port's frame before came. */
  readonly afterSeconds: number;
  /** How often the port's clock had begun anew. */
  readonly tickEpoch: number;
}

/** What has come of one exposure. */
export class Exposure {
  readonly frameNumber: bigint;
  /** When its first frame came. */
  readonly firstSeconds: number;
  /** One slot a port. */
  readonly slots: (Arrival | undefined)[];
  linked: LinkedRuns;

  constructor(linked: LinkedRuns, first: Arrival, portCount: number) {
    this.linked = linked;
    this.frameNumber = first.frame.frameNumber;
    this.firstSeconds = first.frame.arrivalSeconds;
    this.slots = new Array<Arrival | undefined>(portCount).fill(undefined);
    this.put(first);
  }

  put(arrival: Arrival): void {
    this.slots[arrival.frame.portIndex] = arrival;
  }

  get arrivals(): Arrival[] {
    return this.slots.filter((slot) => slot !== undefined);
  }
}

/** Runs of different ports that are of the same numbering: what they bring under one number is one exposure. */
export class LinkedRuns {
  /** The newest run of each port. */
  readonly runs: (Run | undefined)[] = [];
  /** Exposures that wait for more frames, by number. */
  readonly waiting = new Map<bigint, Exposure>();
  /** Numbers up to this one were delivered or given up. */
  settled = -1n;
  /** The highest number of which every port's frame came. */
  paired = -1n;

  get size(): number {
    return this.runs.filter((run) => run !== undefined).length;
  }
}
