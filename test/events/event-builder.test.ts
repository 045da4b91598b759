import test from "ava";
import { StreamError } from "../../src/errors.js";
import { EventBuilder } from "../../src/events/event-builder.js";
import type { ModuleFrame } from "../../src/stream/index.js";
import { aModuleFrame } from "../helpers/module-frames.js";

const options = { portCount: 2, windowSize: 8, incompleteFrames: "mark" } as const;
const frame = (fields: Partial<ModuleFrame>) => ({ kind: "frame", frame: aModuleFrame(fields) }) as const;
const fault = { kind: "fault", fault: new StreamError("STREAM_BAD_HEADER", "x") } as const;

test("makes an event of two halves", (t) => {
  const builder = new EventBuilder(options);
  t.deepEqual(builder.accept(0, frame({ frameNumber: 2n ** 60n, arrivalSeconds: 5 })), []);
  t.is(builder.waiting, 1);
  const [event] = builder.accept(1, frame({ frameNumber: 2n ** 60n, portIndex: 1, arrivalSeconds: 5.001 }));
  t.like(event, { frameNumber: 2n ** 60n, timestampSeconds: 5 });
  t.is(event?.frames.length, 2);
});

test("counts every message as what it is", (t) => {
  const builder = new EventBuilder(options);
  builder.accept(0, frame({ repaired: true }));
  builder.accept(1, frame({ portIndex: 1 }));
  builder.accept(0, frame({ frameNumber: 2n, complete: false }));
  builder.accept(0, fault);
  builder.accept(0, { kind: "end", repaired: false });
  builder.accept(1, { kind: "end", repaired: true });
  builder.end();
  t.like(builder.counters, {
    moduleFrames: 4,
    endMessages: 2,
    malformed: 1,
    repaired: 2,
    incomplete: 1,
    paired: 1,
    unpaired: 1,
  });
});

test("drops incomplete events where that is asked for", (t) => {
  const builder = new EventBuilder({ ...options, incompleteFrames: "drop" });
  for (const portIndex of [0, 1]) builder.accept(portIndex, frame({ portIndex }));
  builder.accept(0, frame({ frameNumber: 2n, complete: false }));
  t.deepEqual(builder.accept(1, frame({ frameNumber: 2n, portIndex: 1 })), []);
  t.like(builder.counters, { paired: 2, dropped: 1 });
});

test("puts 0xFFFF where a port's frame did not come", (t) => {
  const builder = new EventBuilder(options);
  const send = (portIndex: number, frameNumber: bigint, seconds: number) =>
    builder.accept(portIndex, frame({ portIndex, frameNumber, arrivalSeconds: 100 + seconds, rows: 512 }));
  send(0, 1n, 0);
  send(1, 1n, 0);
  send(1, 2n, 0.1);
  send(0, 3n, 0.2);
  const [half, whole] = send(1, 3n, 0.2);
  t.like(half, { frameNumber: 2n, incomplete: true, timestampSeconds: 100.1 });
  const [top, bottom] = half?.frames ?? [];
  t.like(top, { frameNumber: 2n, portIndex: 0, missing: true, complete: false });
  t.is(top?.raw.length, 512 * 1024 * 2);
  t.true(top?.raw.every((byte) => byte === 0xff));
  t.is(bottom?.missing, undefined);
  t.like(whole, { frameNumber: 3n, incomplete: false });
  t.like(builder.counters, { paired: 2, partial: 1, partialFrames: 1 });
});

test("knows when frame numbers begin again", (t) => {
  const builder = new EventBuilder(options);
  const send = (frameNumber: bigint, seconds: number) => {
    for (const portIndex of [0, 1])
      builder.accept(portIndex, frame({ portIndex, frameNumber, arrivalSeconds: seconds }));
  };
  for (const [index, number] of [5n, 6n, 7n].entries()) send(number, 100 + index / 10);
  t.is(builder.numbering.restarts, 0);
  send(1n, 101);
  t.deepEqual(builder.numbering, { restarts: 1, frameNumber: 1n });
  send(2n, 101.1);
  t.deepEqual(builder.numbering, { restarts: 1, frameNumber: 1n });
});

/** Plays exposures of both modules at 200 Hz. @returns how late each event's time is */
function timesOf(play: (send: (number: number, lateSeconds?: number, isAtHand?: boolean) => void) => void) {
  const builder = new EventBuilder(options);
  const wrong: number[] = [];
  play((number, lateSeconds = 0, isAtHand = false) => {
    const sent = 100 + 0.005 * number;
    for (const portIndex of [0, 1]) {
      const message = frame({
        portIndex,
        frameNumber: BigInt(number),
        arrivalSeconds: sent + lateSeconds,
        timestampTicks: BigInt(50_000 * number),
      });
      for (const { timestampSeconds } of builder.accept(portIndex, message, { isAtHand }))
        wrong.push(timestampSeconds - sent);
    }
  });
  return { wrong, counters: builder.counters };
}

test("a frame that comes twice, the second time late, does not move the time", (t) => {
  const { wrong, counters } = timesOf((send) => {
    for (let number = 1; number <= 40; number++) send(number);
    send(40, 0.08);
    for (let number = 41; number <= 80; number++)
      send(number, Math.max(0, 0.08 - 0.005 * (number - 40)), true);
  });
  t.is(wrong.length, 80);
  t.is(counters.duplicate, 2);
  t.true(Math.max(...wrong.map(Math.abs)) < 0.001, `${wrong}`);
});

test("frames that were at hand, because the monitor is slow for a moment, do not move the time", (t) => {
  const { wrong } = timesOf((send) => {
    for (let number = 1; number <= 40; number++) send(number);
    for (let number = 41; number <= 80; number++) send(number, 0.004 * (number - 40), true);
  });
  t.is(wrong.length, 80);
  t.true(Math.max(...wrong.map(Math.abs)) < 0.001, `${wrong}`);
});

test("an exposure from a receiver says what is missing in it, and what the receiver has missed", (t) => {
  const builder = new EventBuilder(options);
  const exposure = (missed: number, missing: boolean) =>
    builder.accept(0, {
      kind: "exposure",
      exposure: {
        timestampSeconds: 5,
        missed,
        frames: [
          aModuleFrame(),
          aModuleFrame({ portIndex: 1, ...(missing && { missing, complete: false }) }),
        ],
      },
    });
  t.is(exposure(100, false).length, 1);
  t.like(builder.counters, { moduleFrames: 2, paired: 1, partial: 0, missed: 0 });
  t.true(exposure(103, true)[0]?.incomplete);
  t.like(builder.counters, { moduleFrames: 3, paired: 1, partial: 1, partialFrames: 1, missed: 3 });
  exposure(2, false); // the receiver was started again
  t.is(builder.counters.missed, 5);
});
