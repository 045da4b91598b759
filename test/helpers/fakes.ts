import "reflect-metadata";
import { container } from "tsyringe";
import {
  CLOCK,
  type Clock,
  type DataRetrievalFactory,
  type DataSourceFactory,
  LOGGER,
  type Logger,
  METRICS,
  type PluginContext,
  type StreamStatus,
} from "../../src/api/index.js";
import { YamlMonitorParameters } from "../../src/configuration/index.js";
import { FactoryRegistry } from "../../src/host/index.js";
import { dispose, register } from "../../src/index.js";

/** A clock that stands still until it is set. */
export class FixedClock implements Clock {
  seconds: number;

  constructor(seconds = 1_700_000_000) {
    this.seconds = seconds;
  }

  nowSeconds(): number {
    return this.seconds;
  }
}

/** Remembers every line as `level message`. */
export class RecordingLogger implements Logger {
  readonly lines: string[] = [];

  debug(message: string): void {
    this.lines.push(`debug ${message}`);
  }
  info(message: string): void {
    this.lines.push(`info ${message}`);
  }
  warn(message: string): void {
    this.lines.push(`warn ${message}`);
  }
  error(message: string): void {
    this.lines.push(`error ${message}`);
  }
}

/** A plugin in a host of fakes. */
export interface PluginUnderTest {
  readonly context: PluginContext & {
    readonly dataSources: FactoryRegistry<DataSourceFactory>;
    readonly dataRetrievals: FactoryRegistry<DataRetrievalFactory>;
  };
  readonly logger: RecordingLogger;
  readonly clock: FixedClock;
  status(): StreamStatus;
  dispose(): void;
}

/** Register the plugin in a child container with fakes, and with values for more tokens. */
export function registerPlugin(values: ReadonlyMap<symbol, unknown> = new Map()): PluginUnderTest {
  const logger = new RecordingLogger();
  const clock = new FixedClock();
  const statusSources: (() => StreamStatus)[] = [];
  const metrics = {
    addStatusSource: (read: () => StreamStatus) => {
      statusSources.push(read);
      return () => void statusSources.splice(statusSources.indexOf(read), 1);
    },
  };
  const child = container.createChildContainer();
  for (const [token, useValue] of [
    [LOGGER, logger] as const,
    [CLOCK, clock] as const,
    [METRICS, metrics] as const,
    ...values,
  ]) {
    child.register(token, { useValue });
  }
  const context = {
    container: child,
    dataSources: new FactoryRegistry<DataSourceFactory>("data source"),
    dataRetrievals: new FactoryRegistry<DataRetrievalFactory>("data retrieval"),
  };
  register(context);
  return {
    context,
    logger,
    clock,
    status: () => {
      const read = statusSources.at(-1);
      if (read === undefined) throw new Error("nobody has a status");
      return read();
    },
    dispose: () => dispose(context),
  };
}

/** Parameters from YAML text, as if they stood in /beamline/monitor.yaml. */
export function parametersOf(yaml: string): YamlMonitorParameters {
  return new YamlMonitorParameters(yaml, "/beamline/monitor.yaml");
}
