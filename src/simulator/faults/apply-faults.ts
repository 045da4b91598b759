import { type Plan, USUAL_PLAN } from "../plan.js";
import type { PlannedMessage } from "../planned-message.js";
import { seededRandom } from "../random.js";
import type { FrameOf } from "../simulated-frame.js";
import type { FaultyAcquisition } from "./bright.js";
import type { FaultCounts } from "./fault-counts.js";
import { type FaultName, faultKind, type SimulatedFault } from "./simulated-faults.js";

/** The frames of an acquisition with faults. */
export function withFaults(
  frame: FrameOf,
  faults: readonly SimulatedFault[],
  acquisition: FaultyAcquisition,
): FrameOf {
  return faults.reduce((before, { name, value }) => {
    const kind = faultKind(name);
    return "pixels" in kind ? kind.pixels(before, value, acquisition) : before;
  }, frame);
}

/** The plan of exposures, with the changes of the faults. */
export function planOf(faults: readonly SimulatedFault[]): Plan {
  const changes = faults.map(({ name, value }) => {
    const kind = faultKind(name);
    return "plan" in kind ? kind.plan(value) : {};
  });
  return Object.assign({}, USUAL_PLAN, ...changes);
}

export interface MessageFaultsOptions {
  readonly faults: readonly SimulatedFault[];
  readonly seed: number;
  readonly portCount: number;
  readonly counts: FaultCounts;
}

/** The messages that replace a message, after all faults in their order. */
export function messageFaults(options: MessageFaultsOptions): (message: PlannedMessage) => PlannedMessage[] {
  const { faults, seed, portCount, counts } = options;
  const applied = faults.flatMap(({ name, value }) => {
    const kind = faultKind(name);
    if (!("messages" in kind)) return [];
    const { counted } = kind;
    const count = () => counted && counts.add(counted);
    return [
      kind.messages({ value, count, lowerPort: portCount - 1, random: seededRandom(seedOf(name, seed)) }),
    ];
  });
  return (message) => applied.reduce((sent, apply) => sent.flatMap((one) => apply(one)), [message]);
}

/** Each fault draws its own random numbers, so that adding one does not change the others. */
function seedOf(name: FaultName, seed: number): number {
  return [...name].reduce((mixed, letter) => Math.imul(mixed, 31) + letter.charCodeAt(0), seed);
}
