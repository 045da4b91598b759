import { EventBuilder } from "../../src/events/event-builder.js";
import type { JungfrauEvent } from "../../src/events/index.js";
import type { ModuleFrame } from "../../src/stream/index.js";
import { frameOf, type Situation, schedule, seededRandom } from "./schedule.js";

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
  /** The longest time, and number of acquisitions, in which nothing was paired although it was possible. */
  readonly gap: { readonly seconds: number; readonly acquisitions: number };
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
    judge(builder.accept(sent.portIndex, { kind: "frame", frame }, sent.isQueued));
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
  let since: number | undefined;
  let seconds = 0;
  let acquisitions = 0;
  for (const exposure of possible) {
    if (whole.has(exposure)) {
      since = undefined;
      continue;
    }
    since ??= exposure;
    const [first, last] = [exposures[since], exposures[exposure]];
    seconds = Math.max(seconds, (last?.seconds ?? 0) - (first?.seconds ?? 0));
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

/** A situation of the field, for each seed another. */
export function aSituation(seed: number): Situation {
  const random = seededRandom(seed * 7919 + 1);
  const often = (share: number, most: number) => (random.chance(share) ? random.scaled(0.005, most) : 0);
  const slow = random.scaled(1, 500);
  const shortest = random.scaled(0.02, 1);
  const portCount = random.pick([2, 2, 4]);
  const numbering = random.pick(["goes on", "from 1", "from 1", "from 0", "jumps"] as const);
  return {
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
