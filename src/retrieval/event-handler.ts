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
import { StreamError } from "../errors.js";
import { EventIntake, type IntakeServices, type JungfrauEvent, release } from "../events/index.js";
import { DATA_RETRIEVAL_ARGUMENTS, DATA_SOURCES, inject, injectable } from "../injection.js";
import { OPEN_MODULE_STREAM, type OpenModuleStream } from "../stream/index.js";
import { initializeRetrieval, type RetrievalSettings } from "./settings.js";

/** Events of a JUNGFRAU 1M from its receivers' ZMQ streams. */
@injectable()
export class Jungfrau1MZmqEventHandler implements DataEventHandler {
  readonly #arguments: DataRetrievalArguments;
  readonly #factories: Registry<DataSourceFactory>;
  readonly #services: IntakeServices;
  readonly #removeStatusSource: () => void;
  #settings: RetrievalSettings | undefined;
  /** Of the newest generator; kept after its end, for the counters. */
  #intake: EventIntake | undefined;
  #isRunning = false;
  #isDisposed = false;

  constructor(
    @inject(DATA_RETRIEVAL_ARGUMENTS) args: DataRetrievalArguments,
    @inject(DATA_SOURCES) factories: Registry<DataSourceFactory>,
    @inject(OPEN_MODULE_STREAM) openModuleStream: OpenModuleStream,
    @inject(LOGGER) logger: Logger,
    @inject(CLOCK) clock: Clock,
    @inject(METRICS) metrics: Metrics,
  ) {
    this.#arguments = args;
    this.#factories = factories;
    this.#services = { openModuleStream, logger, clock };
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
      this.#intake = await EventIntake.open(settings, this.#services);
      if (this.#isDisposed) this.#intake.close();
      yield* this.#intake.events(signal);
    } finally {
      this.#isRunning = false;
    }
  }

  openEvent(): void {}

  /** The event's own memory ends with it, and its sources have no data of it afterwards. */
  closeEvent({ event }: { event: JungfrauEvent }): void {
    release(event.frames);
  }

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
    this.#isDisposed = true;
    this.#removeStatusSource();
    this.#intake?.close();
    for (const source of this.#settings?.dataSources.values() ?? []) source.dispose?.();
  }

  #initialized(): RetrievalSettings {
    if (this.#settings !== undefined) return this.#settings;
    throw new StreamError(
      "STREAM_NOT_INITIALIZED",
      "The event handler is not initialised. Call initializeEventHandlingOnProcessingNode first.",
    );
  }

  #sourceCounters(): Record<string, number> {
    const sources = [...(this.#settings?.dataSources.values() ?? [])];
    return Object.assign({}, ...sources.map((source) => source.counters?.() ?? {}));
  }

  #status(): StreamStatus {
    const status = this.#intake?.status();
    if (status === undefined) {
      return { state: "waiting", message: `not listening yet to ${this.#arguments.source}`, counters: {} };
    }
    return { ...status, counters: { ...status.counters, ...this.#sourceCounters() } };
  }
}

function noSingleEvents(): StreamError {
  return new StreamError(
    "STREAM_NO_SINGLE_EVENTS",
    "Single events cannot be retrieved from a ZMQ stream: what has passed is gone. Read them from recorded files.",
  );
}
