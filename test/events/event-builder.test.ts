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
  t.is(builder.accept(0, frame({ frameNumber: 2n ** 60n, arrivalSeconds: 5 })), undefined);
  t.is(builder.waiting, 1);
  const event = builder.accept(1, frame({ frameNumber: 2n ** 60n, portIndex: 1, arrivalSeconds: 6 }));
  t.like(event, { frameNumber: 2n ** 60n, timestampSeconds: 5 });
  t.is(event?.frames.length, 2);
});

test("counts every message as what it is", (t) => {
  const builder = new EventBuilder(options);
  builder.accept(0, frame({ complete: false, repaired: true }));
  builder.accept(1, frame({ portIndex: 1 }));
  builder.accept(0, frame({ frameNumber: 2n }));
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
  builder.accept(0, frame({ complete: false }));
  t.is(builder.accept(1, frame({ portIndex: 1 })), undefined);
  t.like(builder.counters, { paired: 1, dropped: 1 });
});
