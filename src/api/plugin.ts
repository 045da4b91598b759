import type { DataRetrievalFactory } from "./data-retrieval.js";
import type { DataSourceFactory } from "./data-source.js";

/** Factories by name. */
export interface Registry<Factory> {
  /** Put a factory under its name. @throws HOST_NAME_TAKEN */
  register(name: string, factory: Factory): void;
  /** Find a factory by its name. @throws HOST_UNKNOWN_NAME, which lists the known names */
  get(name: string): Factory;
  /** In the order of registration. */
  names(): readonly string[];
}

/**
 * The part of tsyringe's `DependencyContainer` that host and plugin share.
 *
 * Only symbols and factories cross the border, so that host and plugin may each have a copy of tsyringe: a decorated
 * class would be unknown to the other copy.
 */
export interface ServiceContainer {
  /** Let a token resolve to what the factory returns, which is called for each resolution. */
  register<T>(token: symbol, provider: { useFactory: (container: ServiceContainer) => T }): unknown;
  /** What stands under a token, here or in a parent. @throws if nothing does */
  resolve<T>(token: symbol): T;
  /** Whether something stands under a token. @param recursive  also in a parent */
  isRegistered(token: symbol, recursive?: boolean): boolean;
}

/** What a host hands to a plugin. */
export interface PluginContext {
  /** A child container made for this plugin, in which the host's services resolve. */
  readonly container: ServiceContainer;
  /** Where the plugin puts the factories of its data sources, and finds those of others. */
  readonly dataSources: Registry<DataSourceFactory>;
  /** Where it puts those of its data retrievals. */
  readonly dataRetrievals: Registry<DataRetrievalFactory>;
}

/** The module that a manifest's `main` names. */
export interface PluginModule {
  /** Put the factories under their names. Reads, opens and compiles nothing. */
  register(context: PluginContext): void | Promise<void>;
  /** Close all that the plugin made for this context, or for every context. Harmless when repeated. */
  dispose(context?: PluginContext): void | Promise<void>;
}
