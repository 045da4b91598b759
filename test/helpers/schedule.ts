import { seededRandom } from "../../src/simulator/random.js";
import type { ModuleFrame } from "../../src/stream/index.js";
import { aModuleFrame } from "./module-frames.js";

/** Choices that look random and depend on the seed alone. */
export function seededChoices(seed: number) {
  const next = seededRandom(seed);
  const between = (from: number, to: number) => from + (to - from) * next();
  return {
    next,
    between,
    /** Evenly spread in its logarithm. */
    scaled: (from: number, to: number) => from * (to / from) ** next(),
    chance: (share: number) => next() < share,
    pick: <T>(values: readonly T[]): T => values[Math.floor(next() * values.length)] as T,
  };
}

/** What happens to a detector and its receivers. Times in seconds, shares from 0 to 1. */
export interface Situation {
  readonly seed: number;
  readonly portCount: number;
  readonly numbering: "goes on" | "from 0" | "from 1" | "jumps";
  readonly ticks: "none" | "go on" | "begin anew";
  /** Shares of frames that one port loses, or that lose packets. */
  readonly lost: number;
  readonly incomplete: number;
  /** Share of acquisitions that one port misses whole, or whose begin or end it misses. */
  readonly missed: number;
  /** Whether, in the midst of it all, one port misses one acquisition, or numbers begin again at 1. */
  readonly missesOne: boolean;
  readonly restarts: boolean;
  /** Times that a receiver, or all, is away. */
  readonly outages: number;
  /** Times that the frames of one port are held up on their way, and come in a bunch. */
  readonly heldUp: number;
  /** Times that the process stands still. */
  readonly stalls: number;
  /** Share of messages that come twice, or after the next. */
  readonly twice: number;
  readonly outOfOrder: number;
  /** Mean of what arrivals are late by, on a machine that is too busy. */
  readonly lateness: number;
  readonly rateHz: readonly [number, number];
  readonly lengths: readonly [number, number];
  readonly pauses: readonly [number, number];
  readonly exposures: number;
}

/** A message on its way, and which exposure it is of. */
export interface Sent {
  readonly portIndex: number;
  readonly exposure: number;
  arrival: number;
  readonly frame: Partial<ModuleFrame>;
  isQueued: boolean;
}

export interface Schedule {
  /** In the order of arrival. */
  readonly messages: readonly Sent[];
  /** Of each exposure, when it was, and in which acquisition. */
  readonly exposures: readonly {
    readonly seconds: number;
    readonly acquisition: number;
    readonly number: number;
  }[];
}

interface Interval {
  readonly from: number;
  readonly to: number;
  readonly port: number | "all";
}

/** What a detector sends in a situation, and when it arrives. */
export function schedule(situation: Situation): Schedule {
  const random = seededChoices(situation.seed);
  const exposures: { seconds: number; acquisition: number; number: number; interval: number }[] = [];
  let seconds = 100;
  let number = situation.numbering === "from 0" ? 0 : 1;
  const starts: number[] = [];
  let middle: number | undefined;
  for (let acquisition = 0; exposures.length < situation.exposures; acquisition++) {
    const interval = 1 / random.scaled(...situation.rateHz);
    const length = Math.max(1, Math.round(random.scaled(...situation.lengths)));
    if (situation.numbering === "from 0") number = 0;
    if (situation.numbering === "from 1") number = 1;
    if (middle === undefined && exposures.length >= situation.exposures / 2) {
      middle = acquisition;
      if (situation.restarts) number = 1;
    }
    if (situation.numbering === "jumps") number = Math.floor(random.scaled(1, 1e6));
    starts.push(seconds);
    for (let frame = 0; frame < length; frame++) {
      exposures.push({ seconds, acquisition, number, interval });
      number += 1;
      seconds += interval;
    }
    seconds += random.scaled(...situation.pauses);
  }
  const duration = seconds - 100;
  const intervals = (count: number, least: number, most: number, ofAll: boolean): Interval[] =>
    Array.from({ length: count }, () => {
      const from = 100 + random.between(0, duration);
      const port = ofAll ? ("all" as const) : Math.floor(random.next() * situation.portCount);
      return { from, to: from + random.scaled(least, most), port };
    });
  const outages = [
    ...intervals(situation.outages, 0.05, 3, false),
    ...intervals(Math.floor(situation.outages / 2), 0.05, 3, true),
  ];
  const holds = intervals(situation.heldUp, 0.05, 1, false);
  const stalls = intervals(situation.stalls, 0.2, 5, true);
  const within = (list: readonly Interval[], port: number, at: number) =>
    list.find((one) => (one.port === "all" || one.port === port) && at >= one.from && at < one.to);

  const messages: Sent[] = [];
  for (let port = 0; port < situation.portCount; port++) {
    const clockOffset = random.between(0, 10);
    const delay = random.scaled(0.0001, 0.003);
    const missing = new Map<number, [number, number]>();
    const own: Sent[] = [];
    let late: Sent[] = [];
    let previous = 0;
    const acquisitionLength = new Map<number, number>();
    for (const { acquisition } of exposures)
      acquisitionLength.set(acquisition, (acquisitionLength.get(acquisition) ?? 0) + 1);
    let index = 0;
    let before = -1;
    for (const [exposure, { seconds, acquisition, number }] of exposures.entries()) {
      index = acquisition === before ? index + 1 : 0;
      before = acquisition;
      if (index === 0 && random.chance(situation.missed)) {
        const length = acquisitionLength.get(acquisition) ?? 1;
        const cut = Math.ceil(random.next() * length);
        missing.set(
          acquisition,
          random.pick([
            [0, length],
            [0, cut],
            [length - cut, length],
          ]),
        );
      }
      const [from, to] = missing.get(acquisition) ?? [0, 0];
      const isMissedOnce = situation.missesOne && port === 0 && acquisition === middle;
      const isLost =
        random.chance(situation.lost) ||
        (index >= from && index < to) ||
        isMissedOnce ||
        within(outages, port, seconds);
      if (isLost) continue;
      const jitter = random.chance(0.01)
        ? random.between(0, 0.015)
        : -situation.lateness * Math.log(1 - random.next());
      const held = within(holds, port, seconds);
      const arrival = Math.max((held?.to ?? seconds) + delay + jitter, previous + 0.0002);
      // Where ticks begin anew, the first frame of an acquisition always has the same.
      const start = starts[acquisition] as number;
      const clock = situation.ticks === "go on" ? seconds - 90 + clockOffset : seconds - start + 0.001;
      const timestampTicks = situation.ticks === "none" ? 0n : BigInt(Math.round(clock * 1e7));
      const complete = !random.chance(situation.incomplete);
      const frame = { frameNumber: BigInt(number), portIndex: port, complete, timestampTicks };
      const sent: Sent = { portIndex: port, exposure, arrival, frame, isQueued: false };
      // A frame that lost packets is sent when the port's next packet comes.
      for (const one of late) one.arrival = previous = Math.max(arrival - 0.0002, previous + 0.0002);
      own.push(...late);
      late = [];
      if (!complete) {
        late.push(sent);
        continue;
      }
      sent.arrival = previous = Math.max(arrival, previous + 0.0002);
      own.push(sent);
      if (random.chance(situation.twice)) {
        const again = random.pick([0.0002, 0.02]);
        own.push({ ...sent, arrival: sent.arrival + again });
      }
      const last = own.at(-2);
      const isNear =
        last && exposures[last.exposure]?.acquisition === acquisition && arrival - last.arrival < 0.1;
      if (isNear && random.chance(situation.outOfOrder)) last.arrival = sent.arrival + 0.0001;
    }
    for (const stall of stalls) {
      const room = Math.floor(random.scaled(4, 200));
      const held = own.filter(({ arrival }) => arrival >= stall.from && arrival < stall.to);
      let read = stall.to + 0.0003 * port;
      for (const [place, one] of held.entries()) {
        one.isQueued = true;
        one.arrival = place < room ? read : Number.NaN;
        if (place < room) read += 0.0006;
      }
      // What comes meanwhile is read after that.
      for (const one of own) {
        if (one.isQueued || one.arrival < stall.to || one.arrival >= read) continue;
        one.isQueued = true;
        one.arrival = read;
        read += 0.0006;
      }
    }
    messages.push(...own.filter(({ arrival }) => !Number.isNaN(arrival)));
  }
  messages.sort((a, b) => a.arrival - b.arrival);
  return { messages, exposures };
}

/** The frame of a message, of which every message has its own. */
export function frameOf({ frame, arrival }: Sent): ModuleFrame {
  return aModuleFrame({ ...frame, arrivalSeconds: 1_700_000_000 + arrival });
}
