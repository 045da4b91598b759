// A host in TypeScript, of the contract's types alone. Compiled, never run.
import * as plugin from "om-jungfrau-zmq";
import {
  CLOCK,
  type Clock,
  type DataEvent,
  type DataEventHandler,
  type DataRetrieval,
  type DataRetrievalFactory,
  type DataSource,
  type DataSourceFactory,
  type ExtractionArguments,
  LOGGER,
  type Logger,
  type MonitorParameters,
  type ParameterAddress,
  type ParameterQuery,
  type ParameterTypeName,
  type ParameterTypes,
  type PluginContext,
  type PluginModule,
  type Registry,
  STATUS_REGISTRY,
  type StatusRegistry,
  type StreamStatus,
} from "om-jungfrau-zmq/api";
import { container } from "tsyringe";

const loaded: PluginModule = plugin;

class Names<Factory> implements Registry<Factory> {
  readonly #factories = new Map<string, Factory>();
  register(name: string, factory: Factory): void {
    this.#factories.set(name, factory);
  }
  get(name: string): Factory {
    const factory = this.#factories.get(name);
    if (factory === undefined) throw new Error(name);
    return factory;
  }
  names(): readonly string[] {
    return [...this.#factories.keys()];
  }
}

class Parameters implements MonitorParameters {
  getParameterGroup(_: { group: string }): Readonly<Record<string, unknown>> {
    return {};
  }
  getParameter<N extends ParameterTypeName>(
    query: ParameterQuery<N> & ({ readonly required: true } | { readonly default: ParameterTypes[N] }),
  ): ParameterTypes[N];
  getParameter<N extends ParameterTypeName>(query: ParameterQuery<N>): ParameterTypes[N] | undefined;
  getParameter<N extends ParameterTypeName>(query: ParameterQuery<N>): ParameterTypes[N] | undefined {
    return query.default;
  }
  locate({ group, parameter }: ParameterAddress): string {
    return `${group}.${parameter}`;
  }
  resolvePath(filename: string): string {
    return filename;
  }
}

const ignore = (_: string): void => {};
const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const clock: Clock = { nowSeconds: () => 0 };
const sources = new Set<() => StreamStatus>();
const metrics: StatusRegistry = {
  addStatusSource(read) {
    sources.add(read);
    return () => void sources.delete(read);
  },
};

const services = container.createChildContainer();
services.register(LOGGER, { useValue: logger });
services.register(CLOCK, { useValue: clock });
services.register(STATUS_REGISTRY, { useValue: metrics });
const context: PluginContext = {
  container: services,
  dataSources: new Names<DataSourceFactory>(),
  dataRetrievals: new Names<DataRetrievalFactory>(),
};
await loaded.register(context);

const monitorParameters = new Parameters();
const retrieval: DataRetrieval = context.dataRetrievals.get("any")({
  source: "tcp://a:1",
  monitorParameters,
});
const handler: DataEventHandler = retrieval.getDataEventHandler();
const time: DataSource<unknown> = context.dataSources.get("any")({
  dataSourceName: "time",
  monitorParameters,
});
/** A source of the host's own, made of another's data. */
class Brightest implements DataSource<number> {
  readonly dependsOn = ["detector_data"];
  initializeDataSource(): void {}
  getData({ data }: ExtractionArguments): number {
    const frame = data?.detector_data as plugin.DetectorFrame | undefined;
    return frame?.statistics().max ?? 0;
  }
}
context.dataSources.register("Brightest", () => new Brightest());
const raw: DataSource<unknown> | undefined = await handler.dataSource?.({ name: "raw" });

const { signal } = new AbortController();
for await (const event of handler.eventGenerator({ nodeRank: 1, nodePoolSize: 2, signal })) {
  const { frameNumber, timestampSeconds }: DataEvent = event;
  const frame = handler.extractData({ event }).detector_data as plugin.DetectorFrame;
  const values: Uint16Array | Float32Array | Int32Array = frame.data;
  ignore(
    `${frameNumber} ${timestampSeconds} ${values.length} ${time.getData({ event })} ${raw?.getData({ event })}`,
  );
}
await loaded.dispose(context);
