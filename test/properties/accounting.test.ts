import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import test from "ava";
import fc from "fast-check";
import { StreamError } from "../../src/errors.js";
import { Delivery, type DeliveryOptions } from "../../src/events/delivery.js";
import { EventBuilder } from "../../src/events/event-builder.js";
import { type DeliveryPolicy, type JungfrauEvent, release } from "../../src/events/index.js";
import type { ModuleFrame, StreamMessage } from "../../src/stream/index.js";
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

/** Messages in any order, and what a monitor does meanwhile. */
type Step =
  | { readonly kind: "message"; readonly stream: number; readonly message: Described }
  | { readonly kind: "take" | "turn" | "close" | "abandon" };

/** A message that is made when its turn comes, so that each has frames of its own. */
type Described =
  | { readonly kind: "frame"; readonly fields: Partial<ModuleFrame> }
  | { readonly kind: "exposure"; readonly frameNumber: bigint; readonly completes: readonly boolean[] }
  | { readonly kind: "end"; readonly repaired: boolean }
  | { readonly kind: "fault" };

const described = (portCount: number): fc.Arbitrary<Described> =>
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc.record({
        kind: fc.constant("frame" as const),
        fields: fc.record({
          frameNumber: fc.bigInt(1n, 12n),
          portIndex: fc.nat(portCount - 1),
          complete: fc.boolean(),
          repaired: fc.boolean(),
        }),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("exposure" as const),
        frameNumber: fc.bigInt(1n, 12n),
        completes: fc.array(fc.boolean(), { minLength: portCount, maxLength: portCount }),
      }),
    },
    fc.record({ kind: fc.constant("end" as const), repaired: fc.boolean() }),
    fc.constant({ kind: "fault" as const }),
  );

const step = (portCount: number): fc.Arbitrary<Step> =>
  fc.oneof(
    {
      weight: 16,
      arbitrary: fc.record({
        kind: fc.constant("message" as const),
        stream: fc.nat(portCount - 1),
        message: described(portCount),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constantFrom("take" as const, "turn" as const, "close" as const) }),
    },
  );

const session = fc.constantFrom(2, 4).chain((portCount) =>
  fc.record({
    portCount: fc.constant(portCount),
    windowSize: fc.integer({ min: 1, max: 5 }),
    incompleteFrames: fc.constantFrom("mark" as const, "drop" as const),
    delivery: fc.constantFrom<DeliveryPolicy>("latest", "all"),
    onDemand: fc.boolean(),
    queueBytes: fc.integer({ min: 1, max: 20 }),
    before: fc.array(step(portCount), { maxLength: 60 }),
    afterAbandon: fc.array(step(portCount), { maxLength: 15 }),
  }),
);

/** Plays the streams and the monitor of an intake, and keeps books of its own by what is released. */
class Ledger {
  readonly #portCount: number;
  readonly #policy: DeliveryPolicy;
  readonly #builder: EventBuilder;
  readonly #delivery: Delivery;
  #received = 0;
  #arrived = 0;
  readonly #releases = new Map<ModuleFrame, number>();
  /** Events that were put, in their order, but for those that were released or delivered. */
  #queued: JungfrauEvent[] = [];
  readonly #open: JungfrauEvent[] = [];
  #isTaking = false;
  #isInOrder = true;

  constructor(options: ConstructorParameters<typeof EventBuilder>[0] & DeliveryOptions) {
    this.#portCount = options.portCount;
    this.#policy = options.delivery;
    this.#builder = new EventBuilder(options);
    this.#delivery = new Delivery(options, this.#builder.counters);
  }

  async play(step: Step): Promise<void> {
    if (step.kind === "message") this.#accept(step.stream, step.message);
    else if (step.kind === "take") this.#take();
    else if (step.kind === "turn") await setImmediate();
    else if (step.kind === "close") this.#close();
    else this.#delivery.abandon();
    this.#queued = this.#queued.filter(({ frames }) => frames.every((one) => !this.#releases.get(one)));
    this.check();
  }

  /** As an intake ends: streams are read to their ends, what waits is given up. The monitor closes what it has. */
  async end(): Promise<void> {
    this.#builder.end();
    for (let turn = 0; this.#isTaking; turn++) {
      if (turn > 100) throw new Error("whoever took an event is still waiting");
      await setImmediate();
    }
    while (this.#open.length > 0) this.#close();
    this.check();
    assert.equal(this.#builder.waiting, 0);
    assert.deepEqual(this.#queued, []);
    for (const [{ frameNumber }, count] of this.#releases) assert.equal(count, 1, `frame ${frameNumber}`);
  }

  check(): void {
    const { counters, waiting } = this.#builder;
    const {
      moduleFrames,
      endMessages,
      paired,
      partial,
      partialFrames,
      unpaired,
      cutOff,
      late,
      duplicate,
      malformed,
    } = counters;
    const { delivered, skipped, dropped, abandoned } = counters;
    assert.equal(moduleFrames + endMessages, this.#received);
    assert.equal(
      moduleFrames,
      this.#portCount * paired + partialFrames + unpaired + cutOff + late + duplicate + malformed + waiting,
      JSON.stringify({ ...counters, waiting }),
    );
    // All that entered and was neither released nor put into an event is what waits.
    const inEvents = [...this.#queued, ...this.#open]
      .flatMap(({ frames }) => frames)
      .filter(({ missing }) => !missing).length;
    const held = [...this.#releases.values()].filter((count) => count === 0).length;
    assert.equal(waiting, held - inEvents);
    // Delivered, but whoever asked has not been woken yet.
    const onTheWay = delivered - this.#arrived;
    assert.ok(onTheWay === 0 || (onTheWay === 1 && this.#isTaking));
    assert.equal(
      paired + partial,
      delivered + skipped + dropped + abandoned + this.#queued.length - onTheWay,
      JSON.stringify(counters),
    );
    assert.ok(
      [...this.#releases.values()].every((count) => count <= 1),
      "a frame was released twice",
    );
    assert.ok(this.#isInOrder, "an event overtook another");
    if (this.#policy === "latest") assert.ok(this.#queued.length - onTheWay <= 1);
    else assert.equal(skipped, 0);
  }

  #accept(stream: number, described: Described): void {
    for (const event of this.#builder.accept(stream, this.#message(described))) {
      this.#queued.push(event);
      this.#delivery.put(event);
    }
  }

  #message(described: Described): StreamMessage {
    this.#received += described.kind === "exposure" ? this.#portCount : 1;
    if (described.kind === "end") return { kind: "end", repaired: described.repaired };
    if (described.kind === "fault")
      return { kind: "fault", fault: new StreamError("STREAM_BAD_HEADER", "x") };
    if (described.kind === "frame") return { kind: "frame", frame: this.#frame(described.fields) };
    const { frameNumber, completes } = described;
    const frames = completes.map((complete, portIndex) => this.#frame({ frameNumber, portIndex, complete }));
    return { kind: "exposure", exposure: { frames, timestampSeconds: 1 } };
  }

  #frame(fields: Partial<ModuleFrame>): ModuleFrame {
    const frame: ModuleFrame = aModuleFrame({
      ...fields,
      raw: new Uint8Array(1),
      release: () => void this.#releases.set(frame, (this.#releases.get(frame) ?? 0) + 1),
    });
    this.#releases.set(frame, 0);
    return frame;
  }

  #take(): void {
    if (this.#isTaking) return;
    this.#isTaking = true;
    void this.#delivery.take().then((event) => {
      this.#isTaking = false;
      if (event === undefined) return;
      this.#arrived += 1;
      this.#isInOrder &&= event === this.#queued.shift();
      this.#open.push(event);
    });
  }

  /** As the event handler does; until then the event's frames are whole. */
  #close(): void {
    const event = this.#open.shift();
    if (event === undefined) return;
    for (const frame of event.frames)
      if (!frame.missing) assert.equal(this.#releases.get(frame), 0, "released before it was closed");
    release(event.frames);
  }
}

test("every message, event and frame's memory is accounted for, after every message, whatever the monitor does", async (t) => {
  await fc.assert(
    fc.asyncProperty(session, async ({ before, afterAbandon, ...options }) => {
      const ledger = new Ledger(options);
      for (const step of before) await ledger.play(step);
      await ledger.play({ kind: "abandon" });
      for (const step of afterAbandon) await ledger.play(step);
      await ledger.end();
    }),
    { numRuns: 1500 },
  );
  t.pass();
});

test("what waits for its other half is bounded by the window", (t) => {
  fc.assert(
    fc.property(history, ({ messages, ...options }) => {
      const builder = new EventBuilder(options);
      return messages.every(({ stream, message }) => {
        builder.accept(stream, message);
        return builder.waiting <= options.windowSize * options.portCount;
      });
    }),
    { numRuns: 1000 },
  );
  t.pass();
});

test("missed is what is missing between a run's first and last number, on each stream, in any order of arrival", (t) => {
  const numbers = fc
    .uniqueArray(fc.integer({ min: 2, max: 40 }), { minLength: 1, maxLength: 8 })
    .map((some) => some.sort((a, b) => a - b));
  // Later runs begin with 1, which tells them from the run before.
  const runs = fc
    .array(numbers, { minLength: 1, maxLength: 4 })
    .map((some) => some.map((run, index) => (index === 0 ? run : [1, ...run])));
  const streams = fc
    .constantFrom(2, 4)
    .chain((count) => fc.array(runs, { minLength: count, maxLength: count }));
  fc.assert(
    fc.property(streams, fc.infiniteStream(fc.nat(3)), (seen, choices) => {
      const builder = new EventBuilder({
        portCount: seen.length,
        windowSize: 64,
        incompleteFrames: "mark",
      });
      const queues = seen.map((runs) =>
        runs.flatMap((run, index) => run.map((number) => ({ number, run: index }))),
      );
      while (queues.some(({ length }) => length > 0)) {
        const stream = (choices.next().value ?? 0) % queues.length;
        const next = queues[stream]?.shift();
        if (next === undefined) continue;
        const arrivalSeconds = 1_700_000_000 + 10 * next.run + next.number / 100;
        const frame = aModuleFrame({ frameNumber: BigInt(next.number), portIndex: stream, arrivalSeconds });
        builder.accept(stream, { kind: "frame", frame });
      }
      const missing = (run: readonly number[]) => (run.at(-1) ?? 0) - (run[0] ?? 0) + 1 - run.length;
      const expected = seen.flat().reduce((sum, run) => sum + missing(run), 0);
      assert.equal(builder.counters.missed, expected);
    }),
    { numRuns: 1000 },
  );
  t.pass();
});

test("a pair is of one frame number, and has every port once, in order", (t) => {
  fc.assert(
    fc.property(history, ({ messages, ...options }) => {
      const builder = new EventBuilder(options);
      return messages.every(({ stream, message }) => {
        return builder
          .accept(stream, message)
          .every(
            (event) =>
              event.frames.length === options.portCount &&
              event.frames.every(
                ({ frameNumber, portIndex }, place) =>
                  frameNumber === event.frameNumber && portIndex === place,
              ),
          );
      });
    }),
    { numRuns: 1000 },
  );
  t.pass();
});
