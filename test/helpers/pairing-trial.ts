import { EventBuilder } from "../../src/events/event-builder.js";
import type { JungfrauEvent } from "../../src/events/index.js";
import type { ModuleFrame } from "../../src/stream/index.js";
import { frameOf, type Situation, schedule, seededChoices } from "./schedule.js";

/** What became of a situation. */
export interface Outcome {
  readonly situation: Situation;
  /** Exposures of which every port's frame came, within a second and the window. */
  readonly possible: number;
  /** Of those, how many made an event. */
  readonly paired: number;
  /** Events made of two exposures. */
  readonly wrong: number;
  /** Partial events that are older than one before them, and exposures that made two events. */
  readonly outOfOrder: number;
  readonly twice: number;
  /**
   * The longest time of arrival, and number of acquisitions, in which nothing was paired although it was possible. What
   * waited to be read while the process stood still is not counted: nobody knows when it came.
   */
  readonly gap: { readonly seconds: number; readonly acquisitions: number };
}

/** The counts of several situations. */
export interface Sum {
  readonly situations: number;
  readonly possible: number;
  readonly paired: number;
  readonly wrong: number;
  readonly twice: number;
  readonly outOfOrder: number;
}

/** What became of several situations together. */
export function sumOf(outcomes: readonly Outcome[]): Sum {
  const sum = { situations: outcomes.length, possible: 0, paired: 0, wrong: 0, twice: 0, outOfOrder: 0 };
  for (const outcome of outcomes) {
    for (const key of ["possible", "paired", "wrong", "twice", "outOfOrder"] as const)
      sum[key] += outcome[key];
  }
  return sum;
}

const WINDOW = 64;
const WAIT_SECONDS = 0.9;

/** Play a situation to an event builder, and compare what it makes with the truth. */
export function tryPairing(situation: Situation): Outcome {
  const { messages, exposures } = schedule(situation);
  const { portCount } = situation;
  const builder = new EventBuilder({ portCount, windowSize: WINDOW, incompleteFrames: "mark" });
  const truth = new WeakMap<ModuleFrame, number>();
  const whole = new Set<number>();
  const delivered = new Set<number>();
  let wrong = 0;
  let twice = 0;
  let outOfOrder = 0;
  let newest = -1;
  const judge = (events: readonly JungfrauEvent[]) => {
    for (const { frames } of events) {
      const stamps = new Set(
        frames.filter(({ missing }) => !missing).map((frame) => truth.get(frame) as number),
      );
      const [stamp] = stamps;
      if (stamps.size > 1) wrong += 1;
      else if (stamp !== undefined) {
        const isWhole = frames.every(({ missing }) => !missing);
        if (delivered.has(stamp)) twice += 1;
        delivered.add(stamp);
        if (isWhole) whole.add(stamp);
        if (!isWhole && stamp < newest) outOfOrder += 1;
        newest = Math.max(newest, stamp);
      }
    }
  };
  let looked = messages[0]?.arrival ?? 0;
  let newestArrival = looked;
  for (const sent of messages) {
    for (; looked < sent.arrival; looked += 0.05) judge(builder.expire(looked - newestArrival));
    newestArrival = Math.max(sent.arrival, newestArrival);
    const frame = frameOf(sent);
    truth.set(frame, sent.exposure);
    judge(builder.accept(sent.portIndex, { kind: "frame", frame }, { isQueued: sent.isQueued }));
  }

  const came = exposures.map(() => new Map<number, number>());
  const at = exposures.map(() => [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  for (const [index, { exposure, portIndex, arrival }] of messages.entries()) {
    const ports = came[exposure];
    if (ports?.has(portIndex)) continue;
    ports?.set(portIndex, arrival);
    const places = at[exposure] as number[];
    places[0] = Math.min(places[0] as number, index);
    places[1] = Math.max(places[1] as number, index);
  }
  const possible = exposures.flatMap((_, exposure) => {
    const arrivals = [...(came[exposure]?.values() ?? [])];
    const [first = 0, last = 0] = at[exposure] ?? [];
    const isPossible =
      arrivals.length === portCount &&
      Math.max(...arrivals) - Math.min(...arrivals) < WAIT_SECONDS &&
      last - first < WINDOW;
    return isPossible ? [exposure] : [];
  });
  const wholeAt = (exposure: number) => Math.max(...(came[exposure]?.values() ?? []));
  let since: number | undefined;
  let seconds = 0;
  let acquisitions = 0;
  const queued = new Set(messages.filter(({ isQueued }) => isQueued).map(({ exposure }) => exposure));
  for (const exposure of possible.filter((one) => !queued.has(one))) {
    if (whole.has(exposure)) {
      since = undefined;
      continue;
    }
    since ??= exposure;
    seconds = Math.max(seconds, wholeAt(exposure) - wholeAt(since));
    const [first, last] = [exposures[since], exposures[exposure]];
    acquisitions = Math.max(acquisitions, 1 + (last?.acquisition ?? 0) - (first?.acquisition ?? 0));
  }
  const paired = possible.filter((exposure) => whole.has(exposure)).length;
  return {
    situation,
    possible: possible.length,
    paired,
    wrong,
    outOfOrder,
    twice,
    gap: { seconds, acquisitions },
  };
}

const UNDISTURBED = {
  lost: 0,
  incomplete: 0,
  missed: 0,
  missesOne: false,
  restarts: false,
  outages: 0,
  heldUp: 0,
  stalls: 0,
  twice: 0,
  outOfOrder: 0,
  lateness: 0.0003,
};

/** Disturbances that happen once. */
export const DISTURBANCES = {
  none: {},
  outage: { outages: 1 },
  "hold-up": { heldUp: 1 },
  stall: { stalls: 1 },
  "missed acquisition": { missesOne: true },
  restart: { restarts: true },
} as const satisfies Record<string, Partial<Situation>>;

/** A detector that nothing disturbs but one thing, once. */
export function aDisturbance(disturbance: keyof typeof DISTURBANCES, seed: number): Situation {
  const random = seededChoices(seed * 104729 + 7);
  const slow = random.scaled(1, 500);
  const shortest = random.scaled(0.02, 1);
  return {
    ...UNDISTURBED,
    seed,
    portCount: random.pick([2, 4]),
    numbering: disturbance === "restart" ? "goes on" : random.pick(["goes on", "from 1", "from 0", "jumps"]),
    ticks: random.pick(["none", "go on", "begin anew"]),
    rateHz: [slow, Math.min(slow * random.scaled(1, 20), 2000)],
    lengths: [1, random.pick([1, 2, 5, 40, 300])],
    pauses: [shortest, shortest * random.scaled(1, 20)],
    exposures: 150,
    ...DISTURBANCES[disturbance],
  };
}

/** A situation of the field, for each seed another. */
export function aSituation(seed: number): Situation {
  const random = seededChoices(seed * 7919 + 1);
  const often = (share: number, most: number) => (random.chance(share) ? random.scaled(0.005, most) : 0);
  const slow = random.scaled(1, 500);
  const shortest = random.scaled(0.02, 1);
  const portCount = random.pick([2, 2, 4]);
  const numbering = random.pick(["goes on", "from 1", "from 1", "from 0", "jumps"] as const);
  return {
    ...UNDISTURBED,
    seed,
    portCount,
    numbering,
    // Where arrival times say nothing and numbers begin again, nobody could tell.
    lateness: numbering === "goes on" ? random.pick([0.0003, 0.0003, 0.005, 0.1]) : 0.0003,
    ticks: random.pick(["none", "go on", "begin anew"]),
    lost: often(0.6, 0.2),
    incomplete: often(0.4, 0.2),
    missed: often(0.4, 0.3),
    outages: random.pick([0, 0, 1, 4]),
    heldUp: random.pick([0, 0, 0, 2]),
    stalls: random.pick([0, 0, 0, 1]),
    twice: often(0.2, 0.05),
    outOfOrder: often(0.2, 0.05),
    rateHz: [slow, Math.min(slow * random.scaled(1, 20), 2000)],
    lengths: [1, random.pick([1, 2, 5, 40, 300])],
    pauses: [shortest, shortest * random.scaled(1, 20)],
    exposures: random.pick([100, 400]),
  };
}
