import {
  CLOCK,
  type Clock,
  type DataEventHandler,
  type DataRetrievalArguments,
  type DataSource,
  type DataSourceDescription,
  type DataSourceFactory,
  type EventGeneratorArguments,
  type ExtractionArguments,
  LOGGER,
  type Logger,
  type PlaybackControl,
  type Registry,
  STATUS_REGISTRY,
  type StatusRegistry,
  type StreamStatus,
} from "../api/index.js";
import type { DetectorLayout } from "../detector.js";
import { disposeOfAll, FaultCollector, HostError, messageOf, StreamError } from "../errors.js";
import { EventIntake, type IntakeServices, type JungfrauEvent, release } from "../events/index.js";
import { DATA_RETRIEVAL_ARGUMENTS, DATA_SOURCES, DETECTOR_LAYOUT, inject, injectable } from "../injection.js";
import { PlaybackSteering, recordingStreamOpener } from "../recordings/index.js";
import { FaultLog, OPEN_MODULE_STREAM, type OpenModuleStream, parseSource } from "../stream/index.js";
import { NamedSources } from "./named-sources.js";
import { type OpenerOf, type RetrievalSettings, retrievalSettings } from "./settings.js";
import { SingleEvents } from "./single-events.js";

const NO_SOURCE = { kind: undefined, urls: [] };

/** Events of a JUNGFRAU from its receivers' ZMQ streams, or from recordings of them. */
@injectable()
export class Jungfrau1MZmqEventHandler implements DataEventHandler {
  readonly #arguments: DataRetrievalArguments;
  readonly #layout: DetectorLayout;
  readonly #sources: NamedSources;
  readonly #services: Omit<IntakeServices, "openModuleStream">;
  readonly #openSockets: OpenModuleStream;
  readonly #removeStatusSource: () => void;
  /** For each source that has failed, the number of events in which it did. */
  readonly #failures = new Map<string, number>();
  readonly #faultLog: FaultLog;
  /** Undefined before the initialisation has succeeded. */
  #settings: RetrievalSettings | undefined;
  /** The intake of the newest generator; kept after its end, for the counters. */
  #intake: EventIntake | undefined;
  /** Set after single events of a recording were requested. */
  #singleEvents: SingleEvents | undefined;
  /** Set if the host has taken control of the playback. */
  #steering: PlaybackSteering | undefined;
  #isRunning = false;
  #isDisposed = false;

  constructor(
    @inject(DATA_RETRIEVAL_ARGUMENTS) args: DataRetrievalArguments,
    @inject(DETECTOR_LAYOUT) layout: DetectorLayout,
    @inject(DATA_SOURCES) factories: Registry<DataSourceFactory>,
    @inject(OPEN_MODULE_STREAM) openModuleStream: OpenModuleStream,
    @inject(LOGGER) logger: Logger,
    @inject(CLOCK) clock: Clock,
    @inject(STATUS_REGISTRY) metrics: StatusRegistry,
  ) {
    this.#arguments = args;
    this.#layout = layout;
    this.#sources = new NamedSources(args.monitorParameters, factories);
    this.#openSockets = openModuleStream;
    this.#services = { logger, clock };
    this.#faultLog = new FaultLog(logger, clock);
    this.#removeStatusSource = metrics.addStatusSource(() => this.#status());
  }

  initializeEventHandlingOnCollectingNode(): void {}

  async initializeEventHandlingOnProcessingNode(): Promise<void> {
    this.#settings = undefined;
    const faults = new FaultCollector();
    const settings = await faults.attemptAsync(() => this.#readSettings());
    await faults.attemptAsync(() => this.#sources.buildRequired());
    faults.throwIfAny();
    this.#settings = settings;
  }

  describeData(): Record<string, DataSourceDescription> {
    return Object.fromEntries(
      [...this.#sources.required].map(([name, source]) => [name, source.describe?.() ?? {}]),
    );
  }

  async dataSource({ name }: { name: string }): Promise<DataSource<unknown> | undefined> {
    this.#initialized();
    return this.#sources.get(name);
  }

  async *eventGenerator({ signal }: EventGeneratorArguments): AsyncGenerator<JungfrauEvent, void, undefined> {
    const settings = this.#initialized();
    if (this.#isRunning) {
      throw new HostError(
        "HOST_NOT_INITIALIZED",
        "Another event generator of this handler runs. End it first.",
      );
    }
    if (settings.urls.length === 0) {
      throw new StreamError(
        "STREAM_BAD_SOURCE",
        "No source was given. Write tcp://HOST:PORT for each stream.",
      );
    }
    this.#isRunning = true;
    try {
      const { openModuleStream } = settings;
      this.#intake = await EventIntake.open(settings, { ...this.#services, openModuleStream });
      if (this.#isDisposed) this.#intake.close();
      yield* this.#intake.events(signal);
    } finally {
      this.#isRunning = false;
    }
  }

  steerPlayback(): PlaybackControl | undefined {
    if (this.#initialized().kind !== "recording") return undefined;
    this.#steering ??= new PlaybackSteering();
    return this.#steering;
  }

  openEvent(): void {}

  /** The event's memory is freed, and its sources refuse it afterwards. */
  closeEvent({ event }: { event: JungfrauEvent }): void {
    release(event.frames);
  }

  extractData({ event }: { event: JungfrauEvent }): Record<string, unknown> {
    this.#initialized();
    return this.#extract(event, (source, args) => source.getData(args));
  }

  borrowData({ event }: { event: JungfrauEvent }): Record<string, unknown> {
    this.#initialized();
    return this.#extract(event, (source, args) => source.borrowData?.(args) ?? source.getData(args));
  }

  async initializeEventDataRetrieval(): Promise<void> {
    const faults = new FaultCollector();
    const events = await faults.attemptAsync(() => this.#openSingleEvents());
    if (this.#settings === undefined) await faults.attemptAsync(() => this.#sources.buildRequired());
    if (faults.faults.length > 0) events?.close();
    faults.throwIfAny();
    for (const note of events?.notes ?? []) this.#services.logger.warn(note);
    this.#singleEvents?.close();
    this.#singleEvents = events;
  }

  async retrieveEventData({ eventId }: { eventId: string }): Promise<Record<string, unknown>> {
    if (this.#singleEvents === undefined) {
      this.#recordingNames();
      throw new HostError(
        "HOST_NOT_INITIALIZED",
        "Single events are not prepared. Call initializeEventDataRetrieval first.",
      );
    }
    const event = await this.#singleEvents.read(eventId);
    try {
      return this.#extract(event, (source, args) => source.getData(args));
    } finally {
      release(event.frames);
    }
  }

  /** End a running generator, close its streams, and free the resources of its data sources. May be repeated. */
  dispose(): void {
    this.#isDisposed = true;
    disposeOfAll([
      () => this.#removeStatusSource(),
      () => this.#intake?.close(),
      () => this.#singleEvents?.close(),
      () => this.#sources.dispose(),
    ]);
  }

  #readSettings(): Promise<RetrievalSettings> {
    const { source, monitorParameters } = this.#arguments;
    const { logger } = this.#services;
    const openerOf: OpenerOf = (kind, playback) =>
      kind === "recording"
        ? recordingStreamOpener(this.#layout, playback, logger, () => this.#steering)
        : this.#openSockets;
    return retrievalSettings(this.#layout, source, monitorParameters, openerOf, (message) =>
      logger.warn(message),
    );
  }

  /** @throws {HostError} HOST_NO_SINGLE_EVENTS for a stream; and errors of opening recordings */
  async #openSingleEvents(): Promise<SingleEvents> {
    return SingleEvents.open(this.#recordingNames(), this.#layout);
  }

  #recordingNames(): string[] {
    const { source } = this.#arguments;
    const { kind, urls } = source === undefined ? NO_SOURCE : parseSource(source, this.#layout);
    if (kind === "recording") return urls.flatMap((url) => url.split(","));
    throw new HostError(
      "HOST_NO_SINGLE_EVENTS",
      "Single events cannot be retrieved from a ZMQ stream: what has passed is gone. Read them from recorded files.",
    );
  }

  #initialized(): RetrievalSettings {
    if (this.#settings !== undefined) return this.#settings;
    throw new HostError(
      "HOST_NOT_INITIALIZED",
      "The event handler is not initialised. Call initializeEventHandlingOnProcessingNode first.",
    );
  }

  /** Each source gets the values of those before it. If one fails, only its own value is missing. */
  #extract(
    event: JungfrauEvent,
    read: (source: DataSource<unknown>, args: ExtractionArguments) => unknown,
  ): Record<string, unknown> {
    const data: Record<string, unknown> = {};
    for (const [name, source] of this.#sources.required) {
      try {
        data[name] = read(source, { event, data });
      } catch (error) {
        // An error of the host is thrown to the host.
        if (error instanceof HostError) throw error;
        this.#failures.set(name, (this.#failures.get(name) ?? 0) + 1);
        this.#faultLog.warn(
          `source ${name}`,
          `Event ${event.frameNumber} has no ${name}: ${messageOf(error)}`,
        );
      }
    }
    return data;
  }

  /** By the names of the counts, with the source's name as prefix if several sources have the same count. */
  #sourceCounters(): Record<string, number> {
    const counts = [...this.#sources.required].flatMap(([name, source]) =>
      Object.entries(source.counters?.() ?? {}).map(([count, value]) => ({ name, count, value })),
    );
    const isShared = (count: string) => counts.filter((other) => other.count === count).length > 1;
    return Object.fromEntries([
      ...counts.map(({ name, count, value }) => [isShared(count) ? `${name}_${count}` : count, value]),
      ...[...this.#failures].map(([name, value]) => [`${name}_failed`, value]),
    ]);
  }

  #status(): StreamStatus {
    const status = this.#intake?.status();
    if (status === undefined) {
      const what = this.#arguments.source ?? "any source";
      return { state: "waiting", message: `not listening yet to ${what}`, counters: {} };
    }
    const warnings = [...this.#sources.required.values()].flatMap((source) => source.warnings?.() ?? []);
    return { ...status, warnings, counters: { ...status.counters, ...this.#sourceCounters() } };
  }
}
