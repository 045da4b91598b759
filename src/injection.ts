// tsyringe refuses to load without the polyfill, so this import comes first.
import "reflect-metadata";

export { container, type InjectionToken, inject, injectable } from "tsyringe";

/** Resolves to the `DataSourceArguments` of the source that is being built. */
export const DATA_SOURCE_ARGUMENTS = Symbol("DataSourceArguments");
/** Resolves to the `DataRetrievalArguments` of the retrieval that is being built. */
export const DATA_RETRIEVAL_ARGUMENTS = Symbol("DataRetrievalArguments");
/** Resolves to the `DetectorLayout` of the detector that the plugin is registered for. */
export const DETECTOR_LAYOUT = Symbol("DetectorLayout");
/** Resolves to the host's registry of data-source factories. */
export const DATA_SOURCES = Symbol("DataSources");
