import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type {
  DataRetrievalFactory,
  DataSourceFactory,
  PluginContext,
  PluginModule,
  ServiceContainer,
} from "../api/index.js";
import { FaultCollector, HostError, isMonitorError, messageOf } from "../errors.js";
import { withRegularFile } from "../files/index.js";
import { type HostVersions, type Manifest, readManifest } from "./manifest.js";
import { FactoryRegistry, unknownName } from "./registry.js";

interface Plugin {
  readonly manifest: Manifest;
  readonly path: string;
  /** Set after the entry was imported. */
  loaded?: { readonly module: PluginModule; readonly context: PluginContext };
}

/** Plugins by their manifests. All are loaded before a data retrieval is built, so that it finds every data source. */
export class Plugins {
  readonly dataSources = new FactoryRegistry<DataSourceFactory>("data source");
  readonly dataRetrievals = new FactoryRegistry<DataRetrievalFactory>("data retrieval");
  readonly #plugins: Plugin[] = [];
  readonly #host: HostVersions;
  readonly #makeContainer: () => ServiceContainer;

  /**
   * @param host           versions and services that the plugins must fit
   * @param makeContainer  makes a child container for one plugin, with the host's services in it
   */
  constructor(host: HostVersions, makeContainer: () => ServiceContainer) {
    this.#host = host;
    this.#makeContainer = makeContainer;
  }

  /**
   * Read one plugin's manifest.
   *
   * @throws {HostError} HOST_BAD_MANIFEST, HOST_INCOMPATIBLE, HOST_NAME_TAKEN
   */
  add(path: string): void {
    const manifest = readManifest(path, this.#host);
    if (!this.#addNew(manifest, path)) {
      throw new HostError(
        "HOST_NAME_TAKEN",
        `A plugin with the id '${manifest.id}' is already loaded: '${path}'.`,
      );
    }
  }

  /** The same for a plugin that may already be loaded, which is then kept. */
  addUnlessNamed(path: string): void {
    this.#addNew(readManifest(path, this.#host), path);
  }

  manifests(): readonly Manifest[] {
    return this.#plugins.map(({ manifest }) => manifest);
  }

  /** The manifest of the plugin that provides a data retrieval. */
  manifestOf(retrievalName: string): Manifest | undefined {
    return this.#providerOf(retrievalName)?.manifest;
  }

  /**
   * The factory of a data retrieval. Loads all plugins, whose data sources and retrievals it may use.
   *
   * @param where  the name's place in the configuration, for messages
   * @throws {HostError} HOST_UNKNOWN_NAME; of every plugin HOST_INCOMPATIBLE, HOST_PLUGIN_FAILED, HOST_NAME_TAKEN
   */
  async dataRetrieval(name: string, where: string): Promise<DataRetrievalFactory> {
    if (this.#providerOf(name) === undefined) {
      throw unknownName("data retrieval", name, this.manifests().flatMap(retrievalNames), where);
    }
    const faults = new FaultCollector();
    for (const plugin of this.#plugins) await faults.attemptAsync(() => this.#load(plugin));
    faults.throwIfAny();
    return this.dataRetrievals.get(name);
  }

  /**
   * Dispose of the loaded plugins, newest first, even if one of them fails.
   *
   * @throws {HostError} HOST_PLUGIN_FAILED
   */
  async dispose(): Promise<void> {
    const faults = new FaultCollector();
    for (const plugin of this.#plugins.toReversed()) {
      const { loaded } = plugin;
      delete plugin.loaded;
      await faults.attemptAsync(async () => {
        try {
          await loaded?.module.dispose(loaded.context);
        } catch (error) {
          throw failed(plugin, `cannot be disposed of: ${messageOf(error)}.`, error);
        }
      });
    }
    faults.throwIfAny();
  }

  /** @returns false if a plugin with that id exists */
  #addNew(manifest: Manifest, path: string): boolean {
    if (this.manifests().some(({ id }) => id === manifest.id)) return false;
    this.#plugins.push({ manifest, path });
    return true;
  }

  #providerOf(retrievalName: string): Plugin | undefined {
    return this.#plugins.find(({ manifest }) => retrievalNames(manifest).includes(retrievalName));
  }

  async #load(plugin: Plugin): Promise<void> {
    if (plugin.loaded !== undefined) return;
    const { manifest } = plugin;
    const container = this.#makeContainer();
    checkServices(manifest, container);
    let module: Partial<PluginModule>;
    try {
      withRegularFile(entryOf(plugin), () => undefined); // importing a pipe would never end
      module = await import(pathToFileURL(entryOf(plugin)).href);
    } catch (error) {
      throw failed(plugin, `cannot be imported: ${messageOf(error)}.`, error);
    }
    if (!isPluginModule(module)) throw failed(plugin, "does not export register and dispose.");

    const { dataSources, dataRetrievals } = this;
    const context = { container, dataSources, dataRetrievals };
    plugin.loaded = { module, context }; // also if it fails half-way, because it must then be disposed of
    try {
      await module.register(context);
    } catch (error) {
      throw isMonitorError(error) ? error : failed(plugin, `cannot register: ${messageOf(error)}.`, error);
    }
    const missing = [
      ...manifest.provides.dataSources.filter(({ name }) => !dataSources.names().includes(name)),
      ...manifest.provides.dataRetrievals.filter(({ name }) => !dataRetrievals.names().includes(name)),
    ].map(({ name }) => name);
    if (missing.length > 0)
      throw failed(plugin, `did not register ${missing.join(", ")}, which its manifest lists.`);
  }
}

/** @throws {HostError} HOST_INCOMPATIBLE with every service that is missing */
function checkServices({ id, requires }: Manifest, container: ServiceContainer): void {
  const missing = requires.filter((name) => !container.isRegistered(Symbol.for(name), true));
  if (missing.length === 0) return;
  throw new HostError(
    "HOST_INCOMPATIBLE",
    `Plugin '${id}' needs ${missing.join(", ")}, which this host does not provide. Use a host that does.`,
  );
}

function retrievalNames({ provides }: Manifest): string[] {
  return provides.dataRetrievals.map(({ name }) => name);
}

function entryOf({ manifest, path }: Plugin): string {
  return resolve(dirname(path), manifest.main);
}

/** @param reason  ends with a full stop */
function failed(plugin: Plugin, reason: string, cause?: unknown): HostError {
  return new HostError(
    "HOST_PLUGIN_FAILED",
    `Plugin '${plugin.manifest.id}' (${entryOf(plugin)}) ${reason} Reinstall it, or ask its author.`,
    { cause },
  );
}

function isPluginModule(module: Partial<PluginModule>): module is PluginModule {
  return typeof module.register === "function" && typeof module.dispose === "function";
}
