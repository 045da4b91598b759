import {
  CLOCK,
  type DataRetrievalFactory,
  type DataSourceFactory,
  LOGGER,
  type MonitorParameters,
  type PluginContext,
  type ServiceContainer,
  STATUS_REGISTRY,
  type StreamStatus,
} from "../api/index.js";
import { YamlMonitorParameters } from "../configuration/index.js";
// Imported from their files: the host's index would load a dozen packages that a plugin's tests do not need.
import { FactoryRegistry } from "../host/registry.js";
import { StatusSources } from "../host/status-sources.js";
import { FixedClock } from "./fixed-clock.js";
import { RecordingLogger } from "./recording-logger.js";

/** A host made of fakes, to register a plugin with in a test. */
export class FakeHost {
  /** The plugin's clock. */
  readonly clock = new FixedClock();
  /** What the plugin logs. */
  readonly logger = new RecordingLogger();
  /** The argument of `register` and `dispose`. */
  readonly context: PluginContext;
  readonly #metrics = new StatusSources();

  /**
   * A host with logger, clock and status registry.
   *
   * @param services  more services by token, such as a function under `OPEN_MODULE_STREAM`
   */
  constructor(services: ReadonlyMap<symbol, unknown> = new Map()) {
    this.context = {
      container: containerOf(
        new Map([[LOGGER, this.logger], [CLOCK, this.clock], [STATUS_REGISTRY, this.#metrics], ...services]),
      ),
      dataSources: new FactoryRegistry<DataSourceFactory>("data source"),
      dataRetrievals: new FactoryRegistry<DataRetrievalFactory>("data retrieval"),
    };
  }

  /** The status of the newest stream. @throws if no stream was opened, or all are closed */
  status(): StreamStatus {
    const status = this.#metrics.newest();
    if (status === undefined) throw new Error("no stream is open: none has added a status source");
    return status;
  }
}

/** The part of tsyringe's container that the contract requires. */
function containerOf(values: ReadonlyMap<symbol, unknown>): ServiceContainer {
  const factories = new Map<symbol, (container: ServiceContainer) => unknown>(
    [...values].map(([token, value]) => [token, () => value]),
  );
  const container: ServiceContainer = {
    register: (token, { useFactory }) => void factories.set(token, useFactory),
    resolve: <T>(token: symbol) => {
      const factory = factories.get(token);
      if (factory === undefined) throw new Error(`nothing is registered under ${String(token.description)}`);
      return factory(container) as T;
    },
    isRegistered: (token) => factories.has(token),
  };
  return container;
}

/**
 * Parameters from YAML text, as from a file /beamline/monitor.yaml.
 *
 * @throws {ConfigurationError} CONFIGURATION_SYNTAX and others, if the text is not a configuration
 */
export function parametersOf(yaml: string): MonitorParameters {
  return new YamlMonitorParameters(yaml, "/beamline/monitor.yaml");
}
