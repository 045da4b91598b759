import type { Plan } from "../plan.js";
import { brightened, type PixelFault } from "./bright.js";
import { FAULT_VALUES, type FaultValueKind } from "./fault-values.js";
import * as messages from "./message-faults.js";

/** A fault: its description for people, and the only place where it acts. */
type FaultKind = {
  /** Undefined if it takes no value. */
  readonly value?: FaultValueKind;
  /** The default value. */
  readonly usual?: number;
  /** The effect: a part of a sentence, in which VALUE stands for the value. */
  readonly does: string;
  /** Name of the counter of its actions; undefined if there is nothing to count. */
  readonly counted?: string;
} & (
  | { readonly pixels: PixelFault }
  | { readonly plan: (value: number) => Partial<Plan> }
  | { readonly messages: messages.MessageFault }
);

const { share, time, number, count, ppm } = FAULT_VALUES;

/**
 * All faults of the simulated detector, by name. Counters that a monitor also has have the monitor's name.
 */
export const SIMULATED_FAULTS = {
  bright: {
    value: time,
    usual: 0,
    does: "after this time the beam stop fails, and pixels approach the end of G2",
    pixels: brightened,
  },
  loss: {
    value: share,
    usual: 0.01,
    does: "this share of the module frames is lost",
    counted: "lost",
    messages: messages.loss,
  },
  "missed-acquisition": {
    value: share,
    usual: 0.1,
    does: "the lower module loses this share of the acquisitions",
    counted: "lost",
    messages: messages.missedAcquisition,
  },
  "one-module": {
    does: "the lower module sends nothing",
    counted: "silent",
    plan: () => ({ silentFromSeconds: 0 }),
  },
  "module-dies": {
    value: time,
    usual: 30,
    does: "after this time the lower module sends nothing",
    counted: "silent",
    plan: (silentFromSeconds) => ({ silentFromSeconds }),
  },
  "module-returns": {
    value: time,
    usual: 60,
    does: "with one-module or module-dies: after this time the lower module sends again",
    plan: (silentUntilSeconds) => ({ silentUntilSeconds }),
  },
  late: {
    value: time,
    usual: 0.02,
    does: "each message is late by up to this time; the order on each port stays",
    messages: messages.late,
  },
  "first-late": {
    value: time,
    usual: 3,
    does: "the first frame of each acquisition is late by this time",
    plan: (firstLateSeconds) => ({ firstLateSeconds }),
  },
  "out-of-order": {
    value: share,
    usual: 0.01,
    does: "this share of the module frames arrives after the next one",
    counted: "out_of_order",
    messages: messages.outOfOrder,
  },
  duplicate: {
    value: share,
    usual: 0.01,
    does: "this share of the module frames arrives twice",
    counted: "duplicate",
    messages: messages.duplicate,
  },
  incomplete: {
    value: share,
    usual: 0.01,
    does: "this share of the module frames loses packets, and is sent when the port's next frame arrives",
    counted: "incomplete",
    messages: messages.incomplete,
  },
  malformed: {
    value: share,
    usual: 0.01,
    does: "before this share of the module frames, an invalid message is sent",
    counted: "malformed",
    messages: messages.malformed,
  },
  acquisition: {
    value: count,
    usual: 10,
    does: "acquisitions have this many frames, and pauses of 0.5 s between them",
    plan: (acquisitionFrames) => ({ acquisitionFrames }),
  },
  pause: {
    value: time,
    usual: 4,
    does: "before each acquisition there is a pause of this time",
    plan: (pauseSeconds) => ({ pauseSeconds }),
  },
  "first-number": {
    value: number,
    usual: 0,
    does: "each acquisition begins with this frame number; without it, numbers continue",
    plan: (value) => ({ firstFrameNumber: BigInt(value) }),
  },
  restart: {
    value: time,
    usual: 30,
    does: "after each such time the receivers restart: they are away for a second, and numbers begin at 1 again",
    counted: "restarts",
    plan: (restartSeconds) => ({ restartSeconds }),
  },
  "ends-lost": {
    value: share,
    usual: 1,
    does: "this share of the end messages is lost",
    counted: "ends_lost",
    messages: messages.endsLost,
  },
  "ends-twice": {
    value: share,
    usual: 1,
    does: "this share of the end messages is sent twice",
    counted: "ends_twice",
    messages: messages.endsTwice,
  },
  "ends-early": {
    value: share,
    usual: 1,
    does: "before this share of the acquisitions, a port sends an end message",
    counted: "ends_early",
    messages: messages.endsEarly,
  },
  "numbers-differ": {
    value: count,
    usual: 1,
    does: "the lower module's frame numbers are higher by this number",
    messages: messages.numbersDiffer,
  },
  "clocks-apart": {
    value: time,
    usual: 5,
    does: "the lower module's clock is ahead by this time",
    messages: messages.clocksApart,
  },
  "clock-drift": {
    value: ppm,
    usual: 30,
    does: "the lower module's clock is faster by this much",
    messages: messages.clockDrift,
  },
  "no-ticks": {
    value: share,
    usual: 1,
    does: "this share of the module frames has a timestamp of 0",
    counted: "no_ticks",
    messages: messages.noTicks,
  },
} as const satisfies Readonly<Record<string, FaultKind>>;

export type FaultName = keyof typeof SIMULATED_FAULTS;

/** A fault and its value; 0 if it takes none. */
export interface SimulatedFault {
  readonly name: FaultName;
  readonly value: number;
}

/** The table's entry for a fault. */
export function faultKind(name: FaultName): FaultKind {
  return SIMULATED_FAULTS[name];
}

export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(SIMULATED_FAULTS, name);
}
