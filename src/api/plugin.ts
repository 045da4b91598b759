import type { DataRetrievalFactory } from "./data-retrieval.js";
import type { DataSourceFactory } from "./data-source.js";

/** Factories by name. */
export interface Registry<Factory> {
  /** Register a factory under its name. @throws HOST_NAME_TAKEN */
  register(name: string, factory: Factory): void;
  /** Find a factory by its name. @throws HOST_UNKNOWN_NAME, which lists the known names */
  get(name: string): Factory;
  /** In the order of registration. */
  names(): readonly string[];
}

/**
 * The part of tsyringe's `DependencyContainer` that host and plugin share.
 *
 * Host and plugin exchange only symbols and factories, because each may have its own copy of tsyringe: a decorated class
 * would be unknown to the other copy.
 */
export interface ServiceContainer {
  /** Register a factory for a token. The factory is called for each resolution. */
  register<T>(token: symbol, provider: { useFactory: (container: ServiceContainer) => T }): unknown;
  /** The service that is registered for a token, here or in a parent. @throws if no service is registered */
  resolve<T>(token: symbol): T;
  /** Whether a token has a service. @param recursive  also in a parent */
  isRegistered(token: symbol, recursive?: boolean): boolean;
}

/** What a host passes to a plugin. */
export interface PluginContext {
  /** A child container for this plugin; it resolves the host's services. */
  readonly container: ServiceContainer;
  /** Registry of data sources: the plugin adds its own factories, and finds those of others. */
  readonly dataSources: Registry<DataSourceFactory>;
  /** Registry of data retrievals. */
  readonly dataRetrievals: Registry<DataRetrievalFactory>;
}

/** The module that a manifest's `main` names. */
export interface PluginModule {
  /** Register the factories. Reads, opens and compiles nothing. */
  register(context: PluginContext): void | Promise<void>;
  /** Close everything that the plugin built for this context, or for every context. May be repeated. */
  dispose(context?: PluginContext): void | Promise<void>;
}
