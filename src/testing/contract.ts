import assert from "node:assert/strict";
import type { DataEvent, DataSource, ExtractionArguments } from "../api/index.js";
import type { ModuleFrame, ModuleStream } from "../stream/index.js";
import { aModuleFrame } from "./module-frames.js";

/** One rule that every implementation follows. */
export interface ContractCheck {
  /** The rule, as the name of a test. */
  readonly name: string;
  /** @throws {AssertionError} if the rule is broken */
  run(): Promise<void>;
}

/** A data source for {@link dataSourceContract}. */
export interface DataSourceUnderTest {
  /** A new source, not yet initialised. */
  readonly create: () => DataSource<unknown>;
  /** Two different events that it can read. */
  readonly events: readonly [DataEvent, DataEvent];
  /** For each event, the data of other sources by their names, if the source depends on some. */
  readonly data?: readonly [Readonly<Record<string, unknown>>, Readonly<Record<string, unknown>>];
}

/**
 * The contract of every data source, for any test runner:
 *
 *     for (const { name, run } of dataSourceContract({ create, events })) test(name, run);
 */
export function dataSourceContract({
  create,
  events,
  data: [before, otherBefore] = [{}, {}],
}: DataSourceUnderTest): readonly ContractCheck[] {
  const args: ExtractionArguments = { event: events[0], data: before };
  const others: ExtractionArguments = { event: events[1], data: otherBefore };
  const initialized = async () => {
    const source = create();
    await source.initializeDataSource();
    return source;
  };
  const check = (
    name: string,
    body: (source: DataSource<unknown>) => void | Promise<void>,
  ): ContractCheck => ({
    name,
    run: async () => {
      const source = await initialized();
      try {
        await body(source);
      } finally {
        source.dispose?.();
      }
    },
  });
  return [
    check("getData is synchronous", (source) => {
      assert.ok(!(source.getData(args) instanceof Promise), "getData returns a promise");
    }),
    check("dependsOn names all data that the value depends on", (source) => {
      const named = Object.fromEntries((source.dependsOn ?? []).map((name) => [name, before[name]]));
      assert.deepEqual(source.getData({ ...args, data: named }), source.getData(args));
    }),
    check("the same event gives the same data", (source) => {
      assert.deepEqual(source.getData(args), source.getData(args));
    }),
    check("the caller owns what getData returns: another event does not change it", (source) => {
      const data = source.getData(args);
      const copy = structuredClone(data);
      source.getData(others);
      assert.deepEqual(data, copy);
    }),
    check("borrowData lends the same data as getData returns", (source) => {
      if (source.borrowData === undefined) return;
      const owned = source.getData(args);
      assert.deepEqual(source.borrowData(args), owned);
      source.borrowData(others);
      assert.deepEqual(source.getData(args), owned);
    }),
    check("counters have snake_case names", (source) => {
      source.getData(args);
      for (const [name, count] of Object.entries(source.counters?.() ?? {})) {
        assert.match(name, /^[a-z][a-z0-9_]*$/);
        assert.ok(Number.isInteger(count) && count >= 0, `${name} is ${count}`);
      }
    }),
    check("it can be initialised again", async (source) => {
      const data = source.getData(args);
      await source.initializeDataSource();
      assert.deepEqual(source.getData(args), data);
    }),
    check("dispose may be repeated", (source) => {
      source.dispose?.();
      source.dispose?.();
    }),
    {
      name: "dispose may be called before initialisation",
      run: async () => create().dispose?.(),
    },
  ];
}

/** A stream for {@link moduleStreamContract}. */
export interface ModuleStreamUnderTest {
  /** Open a stream to which nothing has been sent. */
  readonly open: () => Promise<OpenedStream> | OpenedStream;
}

/** A stream, and its sender. */
export interface OpenedStream {
  readonly stream: ModuleStream;
  /** Send a frame through the stream. */
  readonly send: (frame: ModuleFrame) => void | Promise<void>;
  /** Send an invalid message. */
  readonly sendRubbish: () => void | Promise<void>;
  /** Free the sender's resources. */
  readonly end?: () => void | Promise<void>;
}

/** The contract of every module stream, for any test runner; see {@link dataSourceContract}. */
export function moduleStreamContract({ open }: ModuleStreamUnderTest): readonly ContractCheck[] {
  const check = (name: string, body: (opened: OpenedStream) => Promise<void>): ContractCheck => ({
    name,
    run: async () => {
      const opened = await open();
      try {
        await body(opened);
      } finally {
        opened.stream.close();
        await opened.end?.();
      }
    },
  });
  const payload = () => new Uint8Array(2 ** 20).fill(7);
  return [
    check("it has an address", async ({ stream }) => assert.ok(stream.url.length > 0)),
    check(
      "messages arrive in order, and an invalid one stops nothing",
      async ({ stream, send, sendRubbish }) => {
        const messages = stream[Symbol.asyncIterator]();
        const seen: (bigint | string)[] = [];
        await send(aModuleFrame({ frameNumber: 1n, raw: payload() }));
        await sendRubbish();
        await send(aModuleFrame({ frameNumber: 2n, raw: payload() }));
        for (let count = 0; count < 3; count++) {
          const { value } = await messages.next();
          assert.ok(value !== undefined, "the stream has ended");
          seen.push(value.kind === "frame" ? value.frame.frameNumber : value.kind);
        }
        assert.deepEqual(seen, [1n, "fault", 2n]);
      },
    ),
    check("close ends a waiting iteration, and may be repeated", async ({ stream }) => {
      const next = stream[Symbol.asyncIterator]().next();
      setImmediate(() => stream.close());
      assert.equal((await next).done, true);
      stream.close();
    }),
    check("a closed stream yields nothing", async ({ stream }) => {
      stream.close();
      assert.equal((await stream[Symbol.asyncIterator]().next()).done, true);
    }),
    check("a frame is released at most once, and harmlessly", async ({ stream, send }) => {
      const messages = stream[Symbol.asyncIterator]();
      await send(aModuleFrame({ raw: payload() }));
      const { value } = await messages.next();
      assert.ok(value?.kind === "frame", "no frame arrived");
      assert.equal(value.frame.raw.length, 2 ** 20);
      value.frame.release?.();
      value.frame.release?.();
    }),
  ];
}
