import {
  CLOCK,
  type Clock,
  type DataRetrievalArguments,
  type DataSource,
  type DataSourceArguments,
  LOGGER,
  type Logger,
  type PluginContext,
  STATUS_REGISTRY,
} from "./api/index.js";
import { CREATE_KERNEL, KERNEL_VARIABLE, kernelCreator } from "./calibration/index.js";
import { constantsReader, READ_CONSTANTS } from "./constants/index.js";
import {
  EventIdJungfrau1MZmq,
  FloatEntryFromConfiguration,
  HeaderEntryJungfrau1MZmq,
  Jungfrau1MZmq,
  LitPixelsJungfrau1MZmq,
  RadialProfileJungfrau1MZmq,
  RegionOfInterestJungfrau1MZmq,
  SaturationJungfrau1MZmq,
  TimestampJungfrau1MZmq,
} from "./data-sources/index.js";
import { type DetectorLayout, JUNGFRAU_1M } from "./detector.js";
import { disposeOfAll, HostError } from "./errors.js";
import {
  container,
  DATA_RETRIEVAL_ARGUMENTS,
  DATA_SOURCE_ARGUMENTS,
  DATA_SOURCES,
  DETECTOR_LAYOUT,
  type InjectionToken,
} from "./injection.js";
import { Jungfrau1MZmqDataRetrieval } from "./retrieval/index.js";
import { OPEN_MODULE_STREAM, zmqModuleStreamOpener } from "./stream/index.js";

const DATA_SOURCE_CLASSES: Readonly<Record<string, InjectionToken<DataSource<unknown>>>> = {
  Jungfrau1MZmq,
  TimestampJungfrau1MZmq,
  EventIdJungfrau1MZmq,
  HeaderEntryJungfrau1MZmq,
  FloatEntryFromConfiguration,
  RegionOfInterestJungfrau1MZmq,
  LitPixelsJungfrau1MZmq,
  SaturationJungfrau1MZmq,
  RadialProfileJungfrau1MZmq,
};

/** Functions that dispose of what each registration has built, in the order of building. */
const built = new Map<PluginContext, (() => void)[]>();

/**
 * Register the factories of this plugin. Nothing is read, opened or compiled until a data source or event handler is
 * initialised.
 *
 * The host's container may belong to another copy of tsyringe, which does not know the classes decorated here. They
 * are therefore built in a container of this copy, which resolves the host's services through tokens.
 *
 * @throws {HostError} HOST_INCOMPATIBLE if the host lacks a service; HOST_NAME_TAKEN
 */
export function register(context: PluginContext): void {
  registerFor(JUNGFRAU_1M, context);
}

/** Register the factories, for a detector of any size. @throws {HostError} as {@link register} */
export function registerFor(layout: DetectorLayout, context: PluginContext): void {
  const { dataSources, dataRetrievals } = context;
  const own = ownContainer(layout, context);
  const keep = (disposeOne: () => void) => built.set(context, [...(built.get(context) ?? []), disposeOne]);

  for (const [name, DataSourceClass] of Object.entries(DATA_SOURCE_CLASSES)) {
    dataSources.register(name, (args: DataSourceArguments) => {
      const source = own
        .createChildContainer()
        .register(DATA_SOURCE_ARGUMENTS, { useValue: args })
        .resolve(DataSourceClass);
      if (source.dispose) keep(() => source.dispose?.());
      return source;
    });
  }
  dataRetrievals.register("Jungfrau1MZmqDataRetrieval", (args: DataRetrievalArguments) => {
    const retrieval = own
      .createChildContainer()
      .register(DATA_RETRIEVAL_ARGUMENTS, { useValue: args })
      .resolve(Jungfrau1MZmqDataRetrieval);
    keep(() => retrieval.getDataEventHandler().dispose());
    return retrieval;
  });
}

/**
 * Close everything that was built for this context, or for every context, newest first. May be repeated.
 *
 * @throws the error of the one that failed to close, or an AggregateError; the others are closed
 */
export function dispose(context?: PluginContext): void {
  const contexts = context === undefined ? [...built.keys()] : [context];
  const steps = contexts.flatMap((key) => (built.get(key) ?? []).toReversed());
  for (const key of contexts) built.delete(key); // even if one fails: trying again would not help
  disposeOfAll(steps);
}

function ownContainer(layout: DetectorLayout, { container: host, dataSources }: PluginContext) {
  const own = container.createChildContainer();
  for (const token of [LOGGER, CLOCK, STATUS_REGISTRY]) {
    if (!host.isRegistered(token, true)) {
      throw new HostError(
        "HOST_INCOMPATIBLE",
        `The host provides no ${token.description}. Register one in the plugin's container.`,
      );
    }
    own.register(token, { useFactory: () => host.resolve(token) });
  }
  const defaults = {
    [OPEN_MODULE_STREAM]: () =>
      zmqModuleStreamOpener(layout, own.resolve<Clock>(CLOCK), own.resolve<Logger>(LOGGER)),
    [READ_CONSTANTS]: () => constantsReader(layout),
    [CREATE_KERNEL]: () => kernelCreator(layout, process.env[KERNEL_VARIABLE]),
  };
  for (const token of [OPEN_MODULE_STREAM, READ_CONSTANTS, CREATE_KERNEL] as const) {
    own.register(token, {
      useFactory: () => (host.isRegistered(token, true) ? host.resolve(token) : defaults[token]()),
    });
  }
  own.register(DETECTOR_LAYOUT, { useValue: layout });
  own.register(DATA_SOURCES, { useValue: dataSources });
  return own;
}
