import {
  CLOCK,
  type Clock,
  type DataEventHandler,
  type DataRetrievalArguments,
  type DataSource,
  type DataSourceFactory,
  type EventGeneratorArguments,
  LOGGER,
  type Logger,
  METRICS,
  type Metrics,
  type Registry,
  type StreamStatus,
} from "../api/index.js";
import { messageOf, StreamError } from "../errors.js";
import { Delivery, EventBuilder, type JungfrauEvent } from "../events/index.js";
import { DATA_RETRIEVAL_ARGUMENTS, DATA_SOURCES, inject, injectable } from "../injection.js";
import {
  type ModuleStream,
  OPEN_MODULE_STREAM,
  type OpenModuleStream,
  type StreamMessage,
} from "../stream/index.js";
import { FaultLog } from "./fault-log.js";
import { initializeRetrieval, type RetrievalSettings } from "./settings.js";

/** What one run of the generator works with. */
interface Run {
  readonly streams: readonly ModuleStream[];
  readonly builder: EventBuilder;
  readonly delivery: Delivery;
  readonly progress: readonly StreamProgress[];
  /** When the newest event was paired; undefined before the first. */
  newestPairSeconds?: number;
}

/** What one stream has brought so far. */
interface StreamProgress {
  /** Module frames and faults. */
  received: number;
  newestSeconds: number;
}

/** A stream that brings no event for so long is said to wait. */
const QUIET_SECONDS = 3;

/** Events of a JUNGFRAU 1M from its receivers' ZMQ streams. */
@injectable()
export class Jungfrau1MZmqEventHandler implements DataEventHandler {
  readonly #arguments: DataRetrievalArguments;
  readonly #openModuleStream: OpenModuleStream;
  readonly #factories: Registry<DataSourceFactory>;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #faultLog: FaultLog;
  readonly #removeStatusSource: () => void;
  #settings: RetrievalSettings | undefined;
  /** The newest run; kept after its end, for the counters. */
  #run: Run | undefined;
  #isRunning = false;

  constructor(
    @inject(DATA_RETRIEVAL_ARGUMENTS) args: DataRetrievalArguments,
    @inject(DATA_SOURCES) factories: Registry<DataSourceFactory>,
    @inject(OPEN_MODULE_STREAM) openModuleStream: OpenModuleStream,
    @inject(LOGGER) logger: Logger,
    @inject(CLOCK) clock: Clock,
    @inject(METRICS) metrics: Metrics,
  ) {
    this.#arguments = args;
    this.#openModuleStream = openModuleStream;
    this.#factories = factories;
    this.#logger = logger;
    this.#clock = clock;
    this.#faultLog = new FaultLog(logger, clock);
    this.#removeStatusSource = metrics.addStatusSource(() => this.#status());
  }

  initializeEventHandlingOnCollectingNode(): void {}

  async initializeEventHandlingOnProcessingNode(): Promise<void> {
    const { source, monitorParameters } = this.#arguments;
    this.#settings = await initializeRetrieval(source, monitorParameters, this.#factories);
  }

  async *eventGenerator({ signal }: EventGeneratorArguments): AsyncGenerator<JungfrauEvent, void, undefined> {
    const settings = this.#initialized();
    if (this.#isRunning) {
      throw new StreamError(
        "STREAM_NOT_INITIALIZED",
        "Another event generator of this handler runs. End it first.",
      );
    }
    this.#isRunning = true;
    try {
      const run = await this.#start(settings);
      const stop = () => abandon(run);
      signal?.addEventListener("abort", stop);
      if (signal?.aborted) stop();
      const drained = this.#drainAll(run);
      drained.catch(() => undefined); // it may fail while nobody waits for it yet; it is awaited below
      try {
        for (let event = await run.delivery.take(); event !== undefined; event = await run.delivery.take())
          yield event;
      } finally {
        stop();
        signal?.removeEventListener("abort", stop);
        await drained.catch(() => undefined); // thrown below, unless the caller has gone
        run.builder.end();
      }
      await drained;
    } finally {
      this.#isRunning = false;
    }
  }

  openEvent(): void {}

  closeEvent(): void {}

  extractData({ event }: { event: JungfrauEvent }): Record<string, unknown> {
    const { dataSources } = this.#initialized();
    return Object.fromEntries([...dataSources].map(([name, source]) => [name, source.getData({ event })]));
  }

  borrowData({ event }: { event: JungfrauEvent }): Record<string, unknown> {
    const { dataSources } = this.#initialized();
    const borrow = (source: DataSource<unknown>) =>
      source.borrowData?.({ event }) ?? source.getData({ event });
    return Object.fromEntries([...dataSources].map(([name, source]) => [name, borrow(source)]));
  }

  initializeEventDataRetrieval(): never {
    throw noSingleEvents();
  }

  retrieveEventData(): never {
    throw noSingleEvents();
  }

  /** End the generator, if one runs, close its streams, and free what its data sources hold. Harmless when repeated. */
  dispose(): void {
    this.#removeStatusSource();
    if (this.#run !== undefined) abandon(this.#run);
    for (const source of this.#settings?.dataSources.values() ?? []) source.dispose?.();
  }

  #initialized(): RetrievalSettings {
    if (this.#settings !== undefined) return this.#settings;
    throw new StreamError(
      "STREAM_NOT_INITIALIZED",
      "The event handler is not initialised. Call initializeEventHandlingOnProcessingNode first.",
    );
  }

  async #start({ urls, windowSize, incompleteFrames, delivery }: RetrievalSettings): Promise<Run> {
    const builder = new EventBuilder({ portCount: urls.length, windowSize, incompleteFrames });
    const streams: ModuleStream[] = [];
    try {
      for (const [streamIndex, url] of urls.entries()) {
        streams.push(await this.#openModuleStream({ url, streamIndex, streamCount: urls.length }));
      }
    } catch (error) {
      for (const stream of streams) stream.close();
      throw error;
    }
    this.#run = {
      streams,
      builder,
      delivery: new Delivery(delivery, builder.counters),
      progress: urls.map(() => ({ received: 0, newestSeconds: 0 })),
    };
    this.#logger.info(`Waiting for the first frame from ${urls.join(", ")}`);
    return this.#run;
  }

  /** Read all streams to their ends. A stream that fails ends the others. */
  async #drainAll(run: Run): Promise<void> {
    try {
      await Promise.all(run.streams.map((stream, index) => this.#drain(run, stream, index)));
    } finally {
      run.delivery.finish();
      for (const stream of run.streams) stream.close();
    }
  }

  async #drain(run: Run, stream: ModuleStream, streamIndex: number): Promise<void> {
    try {
      for await (const message of stream) {
        this.#accept(run, streamIndex, message);
        await run.delivery.room();
      }
    } catch (error) {
      throw new StreamError(
        "STREAM_FAILED",
        `Stream ${stream.url} failed: ${messageOf(error)}. Start the monitor again.`,
        {
          cause: error,
        },
      );
    }
  }

  #accept(run: Run, streamIndex: number, message: StreamMessage): void {
    const { builder, delivery, streams } = run;
    const url = streams[streamIndex]?.url ?? "";
    const progress = run.progress[streamIndex];
    if (message.kind !== "end" && progress !== undefined) {
      progress.received += 1;
      progress.newestSeconds = this.#clock.nowSeconds();
    }
    if (message.kind === "fault") {
      this.#faultLog.warn(`${url} ${message.fault.code}`, `${url}: ${message.fault.message}`);
    }
    const { duplicate, paired } = builder.counters;
    const event = builder.accept(streamIndex, message);
    if (builder.counters.duplicate > duplicate) {
      this.#faultLog.warn(
        `${url} duplicate`,
        `${url} sends the same module as another stream. Check the addresses.`,
      );
    }
    // Also for an event that is dropped because it is incomplete.
    if (builder.counters.paired > paired) run.newestPairSeconds = this.#clock.nowSeconds();
    if (event !== undefined) delivery.put(event);
  }

  #sourceCounters(): Record<string, number> {
    const sources = [...(this.#settings?.dataSources.values() ?? [])];
    return Object.assign({}, ...sources.map((source) => source.counters?.() ?? {}));
  }

  #status(): StreamStatus {
    const run = this.#run;
    if (run === undefined)
      return { state: "waiting", message: `not listening yet to ${this.#arguments.source}`, counters: {} };
    const { builder, delivery, newestPairSeconds } = run;
    const counters = {
      ...snakeCaseKeys({ ...builder.counters }),
      waiting: builder.waiting,
      ...this.#sourceCounters(),
    };
    const now = this.#clock.nowSeconds();
    if (newestPairSeconds === undefined) {
      return {
        state: "waiting",
        message: `waiting for the first frame of every module: ${streamsText(run, now)}`,
        counters,
      };
    }
    const quietSeconds = now - newestPairSeconds;
    if (delivery.isFull)
      return { state: "streaming", message: "held up: the monitor takes no events", counters };
    if (quietSeconds < QUIET_SECONDS) return { state: "streaming", message: "streaming", counters };
    const message = `no event for ${quietSeconds.toFixed(0)} s: ${streamsText(run, now)}`;
    return { state: "waiting", message, counters };
  }
}

/** What each stream has brought, and how long ago. */
function streamsText({ streams, progress }: Run, nowSeconds: number): string {
  return streams
    .map(({ url }, index) => {
      const { received, newestSeconds } = progress[index] as StreamProgress;
      if (received === 0) return `${url} brought no frame`;
      return `${url} brought ${received} frames, the last ${(nowSeconds - newestSeconds).toFixed(0)} s ago`;
    })
    .join(", ");
}

/** Close the streams and give up what they brought. */
function abandon({ streams, delivery }: Run): void {
  delivery.abandon();
  for (const stream of streams) stream.close();
}

function noSingleEvents(): StreamError {
  return new StreamError(
    "STREAM_NO_SINGLE_EVENTS",
    "Single events cannot be retrieved from a ZMQ stream: what has passed is gone. Read them from recorded files.",
  );
}

function snakeCaseKeys(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      count,
    ]),
  );
}
