// tsyringe refuses to load without the polyfill, so this import comes first.
import "reflect-metadata";
import { container, type DependencyContainer } from "tsyringe";
import {
  CLOCK,
  type Clock,
  type DataEvent,
  type DataEventHandler,
  type DataSource,
  type DataSourceDescription,
  LOGGER,
  type Logger,
  MONITOR_API_VERSION,
  type PlaybackControl,
  STATUS_REGISTRY,
  type StreamStatus,
} from "../api/index.js";
import { type KeySchema, unknownKeyWarnings, type YamlMonitorParameters } from "../configuration/index.js";
import { FaultCollector } from "../errors.js";
import { addressOf, CONFIGURATION_KEYS as KEYS, readSetting } from "../settings/index.js";
import { type AlarmSettings, alarmsFor, configuredAlarms } from "./alarm-settings.js";
import { Alarms } from "./alarms.js";
import { Plugins } from "./plugins.js";
import { Signals } from "./signals.js";
import { StatusSources } from "./status-sources.js";
import { isStreamSignal, StreamSignals } from "./stream-signals.js";

/** OM's rank 0 collects; this host has one node, which processes events. */
const ONLY_NODE = { nodeRank: 1, nodePoolSize: 2 };

/** How often alarms are checked without an event. */
const LOOK_INTERVAL_MS = 500;

export interface MonitorHostOptions {
  readonly parameters: YamlMonitorParameters;
  /**
   * Where the events come from, such as `tcp://HOST:30001,tcp://HOST:30002`; undefined for a check without a source.
   */
  readonly source: string | undefined;
  /** Manifests to read in addition to those in `om.plugins`, unless the same plugin is listed there. */
  readonly defaultManifests: readonly string[];
  readonly logger: Logger;
  readonly clock: Clock;
  /** Version of Node.js that plugins must support. */
  readonly nodeVersion: string;
}

/** One event of the monitor loop. */
export interface MonitoredEvent {
  readonly event: DataEvent;
  /** The required data by their names; borrowed data are valid until the next event is requested. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** A description of a configured host. */
export interface MonitorDescription {
  /** Undefined if its name is missing, or no plugin provides it. */
  readonly dataRetrieval: DescribedRetrieval | undefined;
  /** The event handler's descriptions of its data sources, by their names; undefined if it has none. */
  readonly data: Readonly<Record<string, DataSourceDescription>> | undefined;
}

interface DescribedRetrieval {
  readonly name: string;
  /** Where the configuration names it. */
  readonly where: string;
  /** The plugin that provides it. */
  readonly plugin: { readonly id: string; readonly version: string };
}

/** The reference host: builds and runs the monitor of a configuration. */
export class MonitorHost {
  readonly #options: MonitorHostOptions;
  readonly #services: DependencyContainer;
  readonly #status = new StatusSources();
  /** Numbers and booleans in the data of events. */
  readonly signals: Signals;
  readonly #streamSignals: StreamSignals;
  #alarms: Alarms;
  readonly #plugins: Plugins;
  #dataRetrieval: DescribedRetrieval | undefined;
  #eventHandler: DataEventHandler | undefined;
  #canRetrieve = false;

  constructor(options: MonitorHostOptions) {
    this.#options = options;
    // A child container, so that two hosts in one process do not share tsyringe's global container.
    this.#services = container.createChildContainer();
    this.#services.register(LOGGER, { useValue: options.logger });
    this.#services.register(CLOCK, { useValue: options.clock });
    this.#services.register(STATUS_REGISTRY, { useValue: this.#status });
    this.signals = new Signals(options.clock);
    this.#streamSignals = new StreamSignals(options.clock, () => this.status());
    this.#alarms = this.#alarmsOf([]);
    this.#plugins = new Plugins({ node: options.nodeVersion, monitorApi: MONITOR_API_VERSION }, () =>
      this.#services.createChildContainer(),
    );
  }

  /**
   * Read the manifests, load the data retrieval that the configuration names, and initialise its sources.
   *
   * @throws every fault of configuration, plugins and constants together
   */
  async initialize(): Promise<void> {
    const { parameters, source, logger, defaultManifests } = this.#options;
    const faults = new FaultCollector();
    const named = faults.attempt(() => readSetting(parameters, KEYS.plugins)) ?? [];
    const address = addressOf(KEYS.plugins);
    for (const path of named) faults.attempt(() => this.#plugins.add(parameters.resolvePath(path, address)));
    for (const path of defaultManifests) faults.attempt(() => this.#plugins.addUnlessNamed(path));

    const retrievalName = faults.attempt(() => readSetting(parameters, KEYS.dataRetrieval));
    faults.throwIfAny();

    const name = retrievalName as string;
    const where = parameters.locate(addressOf(KEYS.dataRetrieval));
    const factory = await this.#plugins.dataRetrieval(name, where);
    const plugin = this.#plugins.manifestOf(name);
    if (plugin !== undefined) {
      this.#dataRetrieval = { name, where, plugin: { id: plugin.id, version: plugin.version } };
    }
    this.#eventHandler = factory({ source, monitorParameters: parameters }).getDataEventHandler();
    const alarms = faults.attempt(() => configuredAlarms(parameters)) ?? [];
    const handler = this.#eventHandler;
    try {
      await faults.attemptAsync(() => handler.initializeEventHandlingOnProcessingNode(ONLY_NODE));
    } finally {
      // Also after a failure, which a misspelt key may have caused.
      const schemas = this.#plugins.manifests().map(({ configuration }) => configuration as KeySchema);
      for (const warning of unknownKeyWarnings(parameters, schemas)) logger.warn(warning);
    }
    faults.throwIfAny();
    this.#alarms = this.#alarmsOf(alarmsFor(alarms, handler.describeData?.(), parameters));
  }

  /**
   * A data source of the configuration, required or not; built and initialised at its first use.
   *
   * @returns undefined if no data source has that name
   * @throws what the source's initialisation throws
   */
  async dataSource(name: string): Promise<DataSource<unknown> | undefined> {
    return this.#eventHandler?.dataSource?.({ name });
  }

  /**
   * Make all sources of required data read their files again, if they can. The others continue unchanged; so does a
   * source after a fault.
   *
   * @throws every source's faults together
   */
  async reload(): Promise<void> {
    const faults = new FaultCollector();
    for (const name of Object.keys(this.describe().data ?? {})) {
      await faults.attemptAsync(async () => (await this.dataSource(name))?.reload?.());
    }
    faults.throwIfAny();
  }

  /** Files that the configuration names for required data: absolute paths, each once. */
  files(): readonly string[] {
    const descriptions = Object.values(this.describe().data ?? {});
    return [...new Set(descriptions.flatMap(({ files = [] }) => files.map(({ path }) => path)))];
  }

  /** Take control of the playback of a recording, which then waits at its end. @returns undefined for a stream */
  steerPlayback(): PlaybackControl | undefined {
    return this.#eventHandler?.steerPlayback?.();
  }

  /** Events with their required data, until the signal aborts. */
  async *events(signal: AbortSignal): AsyncGenerator<MonitoredEvent, void, undefined> {
    const handler = this.#eventHandler;
    if (handler === undefined) throw new Error("initialize() comes before events()");
    const timer = setInterval(() => {
      this.#streamSignals.look();
      this.#alarms.look();
    }, LOOK_INTERVAL_MS);
    try {
      for await (const event of handler.eventGenerator({ ...ONLY_NODE, signal })) {
        handler.openEvent({ event });
        try {
          const data = handler.borrowData?.({ event }) ?? handler.extractData({ event });
          this.#watch(event, data);
          yield { event, data };
        } finally {
          handler.closeEvent({ event });
        }
      }
    } finally {
      clearInterval(timer);
    }
  }

  #watch(event: DataEvent, data: Readonly<Record<string, unknown>>): void {
    this.signals.collect(data);
    this.#streamSignals.count(event);
    this.#alarms.warnOfUnknown(data);
    this.#alarms.look();
  }

  /** Alarms of the configuration and of the data sources; none before the initialisation. */
  get alarms(): Alarms {
    return this.#alarms;
  }

  #alarmsOf(settings: readonly AlarmSettings[]): Alarms {
    const level = (name: string) =>
      isStreamSignal(name) ? this.#streamSignals.level(name) : this.signals.level(name);
    const { clock, logger } = this.#options;
    return new Alarms(settings, level, clock, logger);
  }

  /**
   * The required data of a single event, in any order; only for recordings.
   *
   * @throws if the source is a stream, or has no such event
   */
  async retrieve(eventId: string): Promise<Record<string, unknown>> {
    const handler = this.#eventHandler;
    if (handler === undefined) throw new Error("initialize() comes before retrieve()");
    if (!this.#canRetrieve) await handler.initializeEventDataRetrieval();
    this.#canRetrieve = true;
    return handler.retrieveEventData({ eventId });
  }

  /** A description of what was built; after a fault, of the part that was. */
  describe(): MonitorDescription {
    return { dataRetrieval: this.#dataRetrieval, data: this.#eventHandler?.describeData?.() };
  }

  /** The status of the stream. */
  status(): StreamStatus {
    return this.#status.newest() ?? { state: "waiting", message: "nothing is running", counters: {} };
  }

  /** Close everything that was opened. May be repeated. */
  async dispose(): Promise<void> {
    await this.#plugins.dispose();
  }
}
