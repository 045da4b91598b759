import { EventBuilder } from "../../src/events/event-builder.js";
import type { JungfrauEvent } from "../../src/events/index.js";
import { FaultCounts } from "../../src/simulator/faults/index.js";
import { faultKind, isFaultName, type SimulatedFault } from "../../src/simulator/index.js";
import { schedule } from "../../src/simulator/schedule.js";
import type { ModuleFrame } from "../../src/stream/index.js";
import { aModuleFrame } from "./module-frames.js";
import { seededChoices } from "./schedule.js";

const PORT_COUNT = 2;
const START = 1_700_000_000;
const LOOK_SECONDS = 0.05;
/** Nothing waits for longer. */
const PATIENCE_SECONDS = 6;

/** Faults as a command line names them: `loss=0.01 one-module`. */
export function faultsOf(text: string): SimulatedFault[] {
  return text.split(" ").flatMap((one) => {
    const [name = "", value] = one.split("=");
    if (!isFaultName(name)) return [];
    const { value: kind, usual = 0 } = faultKind(name);
    return [{ name, value: (value === undefined ? usual : kind?.read(value)) ?? Number.NaN }];
  });
}

export interface ScheduleTrial {
  readonly faults: string;
  readonly rateHz: number;
  readonly frameCount: number;
  readonly seed: number;
}

/** What the pairing made of a simulated detector's messages. */
export interface PairedSchedule {
  /** Exposures of which every port sent its frame. */
  readonly sentWhole: readonly number[];
  /** Delivered exposures, in this order. */
  readonly whole: readonly number[];
  readonly partial: readonly number[];
  /** Events that are made of two exposures. */
  readonly wrong: number;
  readonly counters: Readonly<Record<string, number>>;
  /** What the faults did. */
  readonly did: Readonly<Record<string, number>>;
  readonly difference: EventBuilder["difference"];
}

/** Play a simulated detector to an event builder, without sockets or a clock. */
export function pairSchedule({ faults: text, seed, ...timing }: ScheduleTrial): PairedSchedule {
  const faults = faultsOf(text);
  const counts = new FaultCounts(faults);
  const random = seededChoices(seed);
  const builder = new EventBuilder({ portCount: PORT_COUNT, windowSize: 64, incompleteFrames: "mark" });
  const truth = new WeakMap<ModuleFrame, number>();
  const sentBy = new Map<number, Set<number>>();
  const whole: number[] = [];
  const partial: number[] = [];
  let wrong = 0;
  const judge = (events: readonly JungfrauEvent[]) => {
    for (const { frames } of events) {
      const came = frames.filter(({ missing }) => !missing);
      const [exposure = -1, ...others] = new Set(came.map((frame) => truth.get(frame)));
      if (others.length > 0) wrong += 1;
      else (came.length === PORT_COUNT ? whole : partial).push(exposure);
    }
  };
  let now = 0;
  let newest = 0;
  const wait = (until: number) => {
    for (; now + LOOK_SECONDS < until; now += LOOK_SECONDS) judge(builder.expire(now - newest));
  };
  const options = { ...timing, firstFrameNumber: 1n, portCount: PORT_COUNT, faults, seed, counts };
  for (const entry of schedule(options)) {
    wait(entry.atSeconds);
    now = Math.max(now, entry.atSeconds) + random.between(0.0001, 0.0004);
    if (entry.kind === "end") judge(builder.accept(entry.portIndex, { kind: "end", repaired: false }));
    if (entry.kind !== "frame") continue;
    const { exposure, portIndex, frameNumber, timestampTicks, packetsCaught } = entry;
    const complete = packetsCaught === undefined;
    const ticks = { timestampTicks: BigInt(timestampTicks), arrivalSeconds: START + now };
    const frame = aModuleFrame({ portIndex, frameNumber, complete, ...ticks });
    truth.set(frame, exposure.index);
    sentBy.set(exposure.index, (sentBy.get(exposure.index) ?? new Set()).add(portIndex));
    newest = now;
    judge(builder.accept(portIndex, { kind: "frame", frame }));
  }
  wait(now + PATIENCE_SECONDS);
  const sentWhole = [...sentBy].filter(([, ports]) => ports.size === PORT_COUNT).map(([index]) => index);
  const { difference } = builder;
  const counters = { ...builder.counters, waiting: builder.waiting };
  return { sentWhole, whole, partial, wrong, counters, did: counts.all, difference };
}
