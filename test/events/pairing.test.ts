import test from "ava";
import { zeroCounters } from "../../src/events/counters.js";
import { Pairing } from "../../src/events/pairing.js";
import { aModuleFrame } from "../helpers/module-frames.js";
import { seededChoices } from "../helpers/schedule.js";

const START = 1_700_000_000;

/**
 * Plays frames to a pairing. `0:5` is frame 5 of port 0, `0:5~` one that lost packets, `0:5!` one that had waited to be
 * read; frames between two bars come within a
 * millisecond, and a bar is 20 ms, or as many as follow it: `|300`. Yields what comes out: `5` for a whole exposure,
 * `5(0)` for one of which only port 0 came.
 */
function player({
  portCount = 2,
  windowSize = 64,
  partial = true,
  ticks = (_seconds: number, _port: number): number => 0,
} = {}) {
  const counters = zeroCounters();
  const pairing = new Pairing({ portCount, windowSize, partial }, counters);
  let seconds = START;
  const play = (line: string): string[] =>
    line.split(" ").flatMap((text) => {
      if (text.startsWith("|")) {
        seconds += Number(text.slice(1) || 20) / 1000;
        return outcome(pairing.expire(seconds));
      }
      const [port = 0, number = 0] = text.replace(/[~!]/, "").split(":").map(Number);
      seconds += 0.0001;
      const frame = aModuleFrame({
        portIndex: port,
        frameNumber: BigInt(number),
        complete: !text.endsWith("~"),
        arrivalSeconds: seconds,
        timestampTicks: BigInt(Math.round(1e7 * ticks(seconds - START, port))),
      });
      return outcome(pairing.accept(frame, text.endsWith("!")));
    });
  const outcome = (exposures: ReturnType<Pairing["accept"]>) =>
    exposures.map(({ frameNumber, arrivals }) => {
      const ports = arrivals.map(({ frame }) => frame.portIndex);
      return ports.length === portCount ? `${frameNumber}` : `${frameNumber}(${ports})`;
    });
  return { counters, pairing, play };
}

/** A pairing of whole exposures, and a function that accepts a frame and returns the numbers of its exposures. */
function withoutTicks() {
  const pairing = new Pairing({ portCount: 2, windowSize: 64, partial: false }, zeroCounters());
  const accept = (portIndex: number, number: number, atMs: number) =>
    pairing
      .accept(aModuleFrame({ portIndex, frameNumber: BigInt(number), arrivalSeconds: START + atMs / 1000 }))
      .map(({ frameNumber }) => frameNumber);
  return { pairing, accept };
}

/** Frames of both ports, one exposure after the other. */
const both = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => `0:${from + index} 1:${from + index}`).join(" | ");

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => String(from + index));

test("pairs by frame number, whichever port comes first", (t) => {
  const { play, counters } = player();
  t.deepEqual(play("0:1 1:1 | 1:2 0:2"), ["1", "2"]);
  t.like(counters, { paired: 2, unpaired: 0, partial: 0 });
});

test("pairs four ports", (t) => {
  const { play } = player({ portCount: 4 });
  t.deepEqual(play("3:1 1:1 0:1 2:1 | 0:2 1:2 2:2 | 0:3 1:3 2:3 3:3"), ["1", "2(0,1,2)", "3"]);
});

test("numbers begin again, at 1 or 0, for every acquisition, of one frame each too", (t) => {
  for (const first of [0, 1]) {
    const { play } = player();
    t.deepEqual(
      play(`0:${first} 1:${first} |200 0:${first} 1:${first} |200 1:${first} 0:${first}`),
      Array(3).fill(`${first}`),
    );
  }
});

test("what the ports were asked not to send is neither missed nor unpaired, and its halves are not delivered", (t) => {
  const { play, counters, pairing } = player();
  t.deepEqual(play(both(1, 5)), numbers(1, 5));
  pairing.paused();
  // Each port heard of it at another time.
  t.deepEqual(play("0:6 | 0:10 | 0:11 1:11 | 0:12 1:12"), ["11", "12"]);
  t.like(counters, { paired: 7, partial: 0, unpaired: 0, missed: 0, unasked: 3 + 5, cutOff: 2 });
  // What is lost afterwards is lost.
  t.deepEqual(play("0:15 1:15"), ["15"]);
  t.like(counters, { missed: 4, unasked: 8 });
});

test("what has waited since the ports were asked to send nothing more is not unpaired", (t) => {
  const { play, counters, pairing } = player();
  play(both(1, 5));
  pairing.paused();
  play("0:6");
  t.deepEqual(pairing.expire(1e12), []);
  t.like(counters, { cutOff: 1, unpaired: 0, partial: 0 });
});

test("the first frames of all may come further apart, if nothing follows", (t) => {
  const { play, counters } = player();
  t.deepEqual(play("0:1 |30 1:1"), []);
  t.deepEqual(play("|50 |100"), ["1"]);
  t.is(counters.paired, 1);
});

test("first frames that are followed by others as soon may be of two exposures", (t) => {
  // Port 1 was subscribed to one exposure later; each acquisition has one frame.
  const { play, counters } = player();
  play("0:1 |30 1:1 |30 1:1 |30 1:1 |2000");
  t.is(counters.paired, 0);
});

test("frames that had waited to be read are delivered without a port that never brought one", (t) => {
  const { play, counters } = player();
  play(Array.from({ length: 80 }, (_, index) => `0:${index + 1}!`).join(" |11 "));
  t.like(counters, { partial: 16, unpaired: 0 });
});

test("when the ports are asked for less, events without an absent port go on", (t) => {
  const { play, counters, pairing } = player();
  const alone = (from: number) => Array.from({ length: 100 }, (_, index) => `0:${from + index} |`).join(" ");
  play(`${both(1, 5)} ${alone(6)}`);
  pairing.paused();
  t.is(play(alone(200)).length, 100);
  t.is(counters.cutOff, 0);
});

test("a pause that made no gap does not explain later ones", (t) => {
  const { play, counters, pairing } = player();
  play("0:1 1:1");
  pairing.paused();
  play(both(2, 2500));
  play("0:2510 1:2510");
  t.like(counters, { paired: 2501, missed: 18, unasked: 0 });
});

test("frames that begin again among those that waited are not taken for ones that came twice", (t) => {
  const { play, counters } = player();
  play(both(1, 10));
  play("0:11! 1:11! 0:1! 1:1! 0:2! 1:2! 0:3! 1:3!");
  t.is(counters.duplicate, 0);
});

test("halves that waited, and may be of two exposures, are no partial events", (t) => {
  const { play, counters } = player();
  play(both(1, 10));
  const waited = (port: number) => numbers(1, 8).map((number) => `${port}:${number}!`);
  play(`|200 ${waited(0).join(" ")} |40 ${waited(1).join(" ")} | ${both(9, 12)} | |2000`);
  t.like(counters, { paired: 14, partial: 0, duplicate: 0 });
  t.is(counters.unpaired + counters.late, 16);
});

test("a module that misses an acquisition of one frame is paired again with the next", (t) => {
  const { play, counters } = player();
  const acquisition = "0:1 1:1 |150";
  const missed = "0:1 |200";
  const events = play(`${missed} ${Array(20).fill(acquisition).join(" ")}`);
  t.deepEqual(events, ["1(0)", ...Array(20).fill("1")]);
  t.is(counters.unpaired, 0);
});

test("halves of two acquisitions are never paired, whatever was lost between them", (t) => {
  const { play } = player();
  play(`${both(1, 5)} |500`);
  // The lower module missed the end of one acquisition and the beginning of the next: its numbers go on as if nothing was.
  play("0:1 1:1 | 0:2 1:2 | 0:3 | 0:4 |500 0:1 | 0:2");
  t.deepEqual(play("| 1:3 0:3 | 0:4 1:4"), ["3(0)", "4(0)", "2(0)", "3", "4"]);
});

test("a frame that comes twice costs nothing but itself", (t) => {
  const { play, counters } = player();
  t.deepEqual(play(`${both(1, 20)} 0:20 | ${both(21, 40)}`), numbers(1, 40));
  t.like(counters, { duplicate: 1, unpaired: 0 });
  // Also some time later, and an older one.
  t.deepEqual(play(`|5 1:40 | ${both(41, 50)} |5 0:45 | ${both(51, 60)}`), numbers(41, 60));
  t.like(counters, { duplicate: 3, paired: 60 });
});

test("by its ticks a frame that comes twice is known also on a busy machine", (t) => {
  for (const copyMs of [0.1, 8, 30, 100]) {
    for (const nextMs of [0, 12, 50, 150]) {
      const counters = zeroCounters();
      const pairing = new Pairing({ portCount: 2, windowSize: 64, partial: true }, counters);
      const accept = (portIndex: number, number: number, ms: number, ticks: number) =>
        pairing.accept(
          aModuleFrame({
            portIndex,
            frameNumber: BigInt(number),
            arrivalSeconds: START + ms / 1000,
            timestampTicks: BigInt(ticks),
          }),
        );
      for (let number = 1; number <= 200; number++) {
        // The copy is late, and what follows is held up.
        const heldUpMs = number > 20 && number <= 30 ? copyMs + nextMs : 0;
        const ms = Math.max(
          10 * number,
          number > 20 ? Math.min(200 + heldUpMs + number / 10, 10 * number + heldUpMs) : 0,
        );
        accept(0, number, ms, number * 100_000);
        accept(1, number, ms + 0.1, number * 100_000);
        if (number === 20) accept(0, 20, ms + copyMs, number * 100_000 + 500);
      }
      t.like(
        counters,
        { duplicate: 1, paired: 200, unpaired: 0 },
        `copy after ${copyMs}, next after ${nextMs}`,
      );
    }
  }
});

test("numbers that begin again with the same ticks are no frames that came twice", (t) => {
  for (const length of [1, 2, 5, 20]) {
    const counters = zeroCounters();
    const pairing = new Pairing({ portCount: 2, windowSize: 64, partial: true }, counters);
    let paired = 0;
    for (let run = 0; run < 20; run++) {
      for (let number = 1; number <= length; number++) {
        for (const portIndex of [0, 1]) {
          const frame = aModuleFrame({
            portIndex,
            frameNumber: BigInt(number),
            arrivalSeconds: START + run * (length + 10) * 0.01 + number * 0.01 + portIndex * 0.0001,
            timestampTicks: BigInt(number * 100_000),
          });
          paired += pairing.accept(frame).length;
        }
      }
    }
    t.is(counters.duplicate, 0, `acquisitions of ${length}`);
    t.true(paired >= 20 * length - 1, `${paired} of ${20 * length}`);
  }
});

test("a frame out of order costs nothing but itself", (t) => {
  const { play, counters } = player();
  const events = play(`${both(1, 5)} | 0:6 | 0:7 1:7 1:6 | ${both(8, 20)}`);
  t.deepEqual(events, [...numbers(1, 5), "6(0)", ...numbers(7, 20)]);
  t.like(counters, { late: 1, unpaired: 0, missed: 0 });
});

test("frames that lost packets come late and in bunches, and are paired", (t) => {
  const { play, counters } = player();
  const events = play(`${both(1, 6)} | 0:7 | 0:8 | 0:9 | 0:10 1:7~ 1:8~ 1:9~ 1:10 | ${both(11, 12)}`);
  t.deepEqual(events, numbers(1, 12));
  t.is(counters.partial, 0);
});

test("a port that is late by much more than the interval is paired while numbers go on", (t) => {
  const { play } = player();
  play(both(1, 60));
  const late = Array.from({ length: 100 }, (_, index) =>
    `0:${61 + index} ${index < 15 ? "" : `1:${46 + index}`}`.trim(),
  );
  const events = play(`| ${late.join(" | ")}`);
  t.deepEqual(events, numbers(61, 145));
});

test("one damaged number does not end the pairing", (t) => {
  const { play, counters } = player();
  play(both(1, 5));
  t.deepEqual(
    play(`0:999999999 | ${both(6, 30)}`).filter((event) => !event.includes("(")),
    numbers(6, 30),
  );
  t.is(counters.missed, 0);
});

test("an exposure of which a module did not come is given out in order, when the module has gone on", (t) => {
  const { play, counters } = player();
  t.deepEqual(play("0:1 1:1 | 0:2 | 0:3 1:3 | 1:4 | 1:5 0:5"), ["1", "2(0)", "3", "4(1)", "5"]);
  t.like(counters, { paired: 3, partial: 2, partialFrames: 2, unpaired: 0 });
});

test("without partial exposures, the same frames are unpaired", (t) => {
  const { play, counters } = player({ partial: false });
  t.deepEqual(play("0:1 1:1 | 0:2 | 0:3 1:3"), ["1", "3"]);
  t.like(counters, { partial: 0, unpaired: 1 });
});

test("a module that brings nothing is waited for at first, and then no longer, until it returns", (t) => {
  const { play } = player();
  t.deepEqual(play(Array.from({ length: 50 }, (_, index) => `0:${index + 1}`).join(" | ")), []);
  const waited = play("|40 0:51 |20 0:52");
  t.deepEqual(waited.at(-1), "52(0)");
  t.deepEqual(
    waited,
    numbers(1, 52).map((number) => `${number}(0)`),
  );
  t.deepEqual(play("|20 0:53 |20 0:54"), ["53(0)", "54(0)"]);
  t.deepEqual(play("|20 0:55 1:55 |20 0:56 1:56 |20 1:57 0:57"), ["55(0)", "56", "57"]);
});

test("the last frame of an acquisition, of which the other half is lost, is given out after a second", (t) => {
  const { play } = player();
  t.deepEqual(play(`${both(1, 3)} | 0:4`), ["1", "2", "3"]);
  t.deepEqual(play("|900"), []);
  t.deepEqual(play("|200"), ["4(0)"]);
});

test("what waits is bounded by the window", (t) => {
  const { play, pairing } = player({ windowSize: 4 });
  play("0:1 0:2 0:3 0:4 0:5 0:6");
  t.is(pairing.waiting, 4);
});

test("modules that number differently are found, and not paired", (t) => {
  const { play, pairing } = player();
  const shifted = Array.from({ length: 100 }, (_, index) => `0:${index + 1} 1:${index + 4}`).join(" | ");
  t.deepEqual(
    play(shifted).filter((event) => !event.includes("(")),
    [],
  );
  const { ports, numbers: found } = pairing.difference ?? { ports: [], numbers: [0n, 0n] };
  t.deepEqual(ports, [0, 1]);
  t.is(found[1] - found[0], 3n);
  // Somebody has set the next frame number.
  t.deepEqual(
    play(`|500 ${both(1, 30)}`).filter((event) => !event.includes("(")),
    numbers(1, 30),
  );
  t.is(pairing.difference, undefined);
});

test("modules that number differently are not paired, although their first frames come in a burst", (t) => {
  const taken = [0, 0];
  const clock = (_seconds: number, port: number) => {
    taken[port] = (taken[port] ?? 0) + 1;
    return 0.02 * (taken[port] ?? 0);
  };
  const { play, pairing } = player({ ticks: clock });
  const shifted = Array.from({ length: 100 }, (_, index) => `0:${index + 1} 1:${index + 4}`);
  t.deepEqual(
    play(`${shifted.slice(0, 8).join(" ")} | ${shifted.slice(8).join(" | ")}`).filter(
      (event) => !event.includes("("),
    ),
    [],
  );
  t.deepEqual(pairing.difference?.ports, [0, 1]);
});

test("modules that numbered differently are paired when they no longer do, at a high rate, too", (t) => {
  const { play, pairing } = player({ ticks: (seconds) => 1 + seconds });
  const shifted = Array.from({ length: 100 }, (_, index) => `0:${index + 1} 1:${index + 4}`);
  play(shifted.join(" | "));
  t.deepEqual(pairing.difference?.ports, [0, 1]);
  const events = play(`|500 ${both(1, 1000).replaceAll(" | ", " |1 ")}`);
  t.true(events.filter((event) => !event.includes("(")).length > 850);
  t.is(pairing.difference, undefined);
});

test("modules that number differently are hardly paired, however irregular the pace and whatever is held up", (t) => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = seededChoices(seed);
    const shift = random.between(1, 6) | 0;
    const heldUpMs = [random.between(0, 140), random.between(0, 140)];
    // A socket that connects late has no frame whose ticks would say more.
    const missed = seed % 2 === 0 ? 0 : shift;
    const frames: { port: number; number: number; sentMs: number; atMs: number }[] = [];
    let sentMs = 0;
    for (let number = 1; number <= 150; number++) {
      sentMs += 20 + random.between(0, 20);
      for (const port of [0, 1]) {
        if (port === 0 && number <= missed) continue;
        const atMs = Math.max(sentMs + random.between(0, 0.5), heldUpMs[port] ?? 0);
        frames.push({ port, number: number + port * shift, sentMs, atMs });
      }
    }
    const counters = zeroCounters();
    const pairing = new Pairing({ portCount: 2, windowSize: 64, partial: true }, counters);
    const wrongAtMs: number[] = [];
    for (const { port, number, sentMs, atMs } of frames.toSorted((a, b) => a.atMs - b.atMs)) {
      const frame = aModuleFrame({
        portIndex: port,
        frameNumber: BigInt(number),
        arrivalSeconds: START + atMs / 1000,
        timestampTicks: BigInt(Math.round(1e4 * sentMs)),
      });
      for (const { arrivals } of pairing.accept(frame)) if (arrivals.length > 1) wrongAtMs.push(atMs);
    }
    if (missed === 0) t.deepEqual(wrongAtMs, [], `seed ${seed}`);
    t.true(Math.max(0, ...wrongAtMs) < 1000, `seed ${seed}: wrong until ${wrongAtMs.at(-1)} ms`);
    t.deepEqual(pairing.difference?.ports, [0, 1], `seed ${seed}`);
  }
});

test("modules that number differently are not paired after stalls, without ticks", (t) => {
  for (let seed = 1; seed <= 100; seed++) {
    const random = seededChoices(seed);
    const shift = [-5, 3, 17][seed % 3] as number;
    const messages = Array.from({ length: 1000 }, (_, index) => {
      const number = 50 + (index >> 1);
      return { port: index % 2, number, sentMs: 5 * number + random.between(0, 0.5) };
    });
    // Some time after the start, and then again and again, nothing is read for a while; what has waited is then read at once.
    let [stallMs, readMs] = [550, 0];
    const { pairing, accept } = withoutTicks();
    const events = messages.flatMap(({ port, number, sentMs }) => {
      if (sentMs > stallMs) {
        readMs = sentMs + random.between(20, 120);
        stallMs = readMs + random.between(100, 500);
      }
      readMs = Math.max(readMs + 0.3, sentMs);
      return accept(port, number + port * shift, readMs);
    });
    t.deepEqual(events, [], `seed ${seed}`);
    t.deepEqual(pairing.difference?.ports, [0, 1], `seed ${seed}`);
  }
});

test("ticks that contradict are never paired, although numbers and times agree", (t) => {
  // The lower module's frame of the second acquisition is the first one's, held up on its way.
  const clock = (seconds: number, port: number) => 100 + seconds - (port === 1 && seconds > 1 ? 0.2 : 0);
  const { play } = player({ ticks: clock });
  t.deepEqual(play("0:1 1:1 |400 0:1 1:1 |400 0:1 1:1"), ["1", "1", "1"]);
  t.deepEqual(
    play("|400 0:1 1:1").filter((event) => event === "1"),
    [],
  );
});

test("giving up counts what waits", (t) => {
  const { play, pairing, counters } = player();
  play("0:1 0:2 1:3");
  t.is(pairing.waiting, 3);
  pairing.giveUpAll();
  t.is(pairing.waiting, 0);
  t.is(counters.unpaired, 3);
});
