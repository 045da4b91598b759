import { SECONDS_PER_TICK } from "../detector.js";
import { type FaultCounts, messageFaults, planOf, type SimulatedFault } from "./faults/index.js";
import { type Exposure, type PlanOptions, planSteps } from "./plan.js";
import type { PlannedMessage } from "./planned-message.js";

/** The next entry: an exposure, whose messages follow now or later, or a message of one port. */
export type ScheduleEntry =
  | PlannedMessage
  | { readonly kind: "exposure"; readonly atSeconds: number; readonly exposure: Exposure };

export interface ScheduleOptions extends PlanOptions {
  readonly portCount: number;
  readonly faults: readonly SimulatedFault[];
  readonly seed: number;
  /** Counts of the faults' actions up to the last entry taken, and perhaps for the exposure after it. */
  readonly counts: FaultCounts;
}

/** The messages of a detector's ports, in order of time. The same options give the same schedule. */
export function* schedule(options: ScheduleOptions): Generator<ScheduleEntry> {
  const { faults, portCount, counts } = options;
  const plan = planOf(faults);
  const apply = messageFaults(options);
  let pending: PlannedMessage[] = [];
  for (const step of planSteps(plan, options)) {
    // No fault sends a message before its exposure.
    yield* pending.filter(({ atSeconds }) => atSeconds < step.atSeconds);
    pending = pending.filter(({ atSeconds }) => atSeconds >= step.atSeconds);
    if (step.kind === "exposure") yield step;
    const isSilent = step.atSeconds >= plan.silentFromSeconds && step.atSeconds < plan.silentUntilSeconds;
    for (let portIndex = 0; portIndex < portCount; portIndex++) {
      if (isSilent && portIndex === portCount - 1 && step.kind !== "restart") {
        if (step.kind === "exposure") counts.add("silent");
        continue;
      }
      const { kind, atSeconds } = step;
      pending.push(...apply(kind === "exposure" ? frameOf(step, portIndex) : { kind, portIndex, atSeconds }));
    }
    if (step.kind === "restart") counts.add("restarts");
    pending.sort((one, other) => one.atSeconds - other.atSeconds);
  }
  yield* pending;
}

function frameOf(
  { atSeconds, exposure }: { readonly atSeconds: number; readonly exposure: Exposure },
  portIndex: number,
): PlannedMessage {
  const { frameNumber, clockSeconds } = exposure;
  const timestampTicks = Math.round(clockSeconds / SECONDS_PER_TICK);
  return { kind: "frame", portIndex, atSeconds, exposure, frameNumber, timestampTicks };
}
