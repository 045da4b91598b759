import test from "ava";
import fc from "fast-check";
import { StreamError } from "../../src/errors.js";
import { EventBuilder } from "../../src/events/index.js";
import type { StreamMessage } from "../../src/stream/index.js";
import { aModuleFrame } from "../helpers/module-frames.js";

const message = (portCount: number): fc.Arbitrary<{ stream: number; message: StreamMessage }> =>
  fc.record({
    stream: fc.nat(portCount - 1),
    message: fc.oneof(
      {
        weight: 12,
        arbitrary: fc
          .record({
            frameNumber: fc.bigInt(1n, 12n),
            portIndex: fc.nat(portCount - 1),
            complete: fc.boolean(),
          })
          .map((fields): StreamMessage => ({ kind: "frame", frame: aModuleFrame(fields) })),
      },
      fc.constant<StreamMessage>({ kind: "fault", fault: new StreamError("STREAM_BAD_HEADER", "x") }),
      fc.constant<StreamMessage>({ kind: "end", repaired: false }),
    ),
  });

const history = fc.constantFrom(2, 4).chain((portCount) =>
  fc.record({
    portCount: fc.constant(portCount),
    windowSize: fc.integer({ min: 1, max: 5 }),
    incompleteFrames: fc.constantFrom("mark" as const, "drop" as const),
    messages: fc.array(message(portCount), { maxLength: 80 }),
  }),
);

test("every message is accounted for, after every message, in any order", (t) => {
  fc.assert(
    fc.property(history, ({ messages, ...options }) => {
      const builder = new EventBuilder(options);
      const { counters } = builder;
      let received = 0;
      let events = 0;
      const check = () => {
        const { moduleFrames, endMessages, paired, unpaired, late, duplicate, malformed, dropped } = counters;
        if (moduleFrames + endMessages !== received) return false;
        if (paired !== events + dropped) return false;
        const known = options.portCount * paired + unpaired + late + duplicate + malformed;
        return (
          moduleFrames === known + builder.waiting &&
          builder.waiting <= options.windowSize * options.portCount
        );
      };
      for (const { stream, message } of messages) {
        received += 1;
        if (builder.accept(stream, message) !== undefined) events += 1;
        if (!check()) return false;
      }
      builder.end();
      return check() && builder.waiting === 0;
    }),
    { numRuns: 2000 },
  );
  t.pass();
});

test("a pair is of one frame number, and has every port once, in order", (t) => {
  fc.assert(
    fc.property(history, ({ messages, ...options }) => {
      const builder = new EventBuilder(options);
      return messages.every(({ stream, message }) => {
        const event = builder.accept(stream, message);
        return (
          event === undefined ||
          (event.frames.length === options.portCount &&
            event.frames.every(
              ({ frameNumber, portIndex }, place) => frameNumber === event.frameNumber && portIndex === place,
            ))
        );
      });
    }),
    { numRuns: 1000 },
  );
  t.pass();
});

test("streams that only grow within runs never pair across runs", (t) => {
  const run = fc
    .uniqueArray(fc.bigInt(1n, 9n), { minLength: 1, maxLength: 6 })
    .map((numbers) => numbers.sort((a, b) => Number(a - b)));
  // Both streams see the same runs, perhaps with losses; every later run begins with frame 1 on both.
  const runs = fc.array(fc.tuple(run, run), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(runs, fc.infiniteStream(fc.boolean()), (seen, choices) => {
      const queues = [0, 1].map((stream) =>
        seen.flatMap((perStream, runIndex) =>
          [0n, ...(perStream[stream] ?? [])].map((frameNumber) => ({ frameNumber, run: runIndex })),
        ),
      );
      const builder = new EventBuilder({ portCount: 2, windowSize: 64, incompleteFrames: "mark" });
      for (const first of choices) {
        const stream = queues[first ? 0 : 1]?.length ? (first ? 0 : 1) : first ? 1 : 0;
        const next = queues[stream]?.shift();
        if (next === undefined) return true;
        // The run travels along where pairing does not look.
        const frame = aModuleFrame({
          frameNumber: next.frameNumber,
          portIndex: stream,
          arrivalSeconds: next.run,
        });
        const event = builder.accept(stream, { kind: "frame", frame });
        if (event !== undefined && event.frames[0]?.arrivalSeconds !== event.frames[1]?.arrivalSeconds)
          return false;
      }
      return true;
    }),
    { numRuns: 2000 },
  );
  t.pass();
});
