import "reflect-metadata";
import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { container } from "tsyringe";
import { readManifest } from "./manifest.mjs";
import { YamlParameters } from "./yaml-parameters.mjs";

const NODE = { nodeRank: 1, nodePoolSize: 2 };
export const VERSIONS = { node: process.versions.node, monitorApi: "1.1.0" };

/** A monitor host that shares no line with the plugin's repository. It knows the manifest and the contract. */
export class ForeignHost {
  /** What the plugins log, as `level message`. */
  log = [];
  /** The functions that tell how the streams are doing. */
  statusSources = new Set();
  #versions;
  #services;
  #plugins = [];
  #registries = { dataSources: new Registry(), dataRetrievals: new Registry() };

  /**
   * @param versions  other versions than this host's own
   * @param replaced  values by token that plugins find in their container, in place of what they would make themselves
   */
  constructor({ versions = {}, replaced = {} } = {}) {
    this.#versions = { ...VERSIONS, ...versions };
    const logger = ["debug", "info", "warn", "error"].map((level) => [
      level,
      (message) => this.log.push(`${level} ${message}`),
    ]);
    this.#services = {
      "om-monitor/Logger": Object.fromEntries(logger),
      "om-monitor/Clock": { nowSeconds: () => Date.now() / 1000 },
      "om-monitor/StatusRegistry": {
        addStatusSource: (read) => {
          this.statusSources.add(read);
          return () => this.statusSources.delete(read);
        },
      },
      ...replaced,
    };
  }

  /** Read a manifest. Nothing of the plugin is loaded. */
  addPlugin(path) {
    const manifest = readManifest(path, {
      versions: this.#versions,
      services: Object.keys(this.#services),
    });
    if (this.#plugins.some((plugin) => plugin.manifest.id === manifest.id)) {
      throw new Error(`${path}: there is a plugin with the id ${manifest.id} already`);
    }
    this.#plugins.push({ manifest, path });
    return manifest;
  }

  /** Build one data source by its name. */
  async dataSource(name, args) {
    await this.#load(this.#providerOf("dataSources", name));
    return this.#registries.dataSources.get(name)(args);
  }

  /** Build and initialise what a configuration names, with the plugins that it lists; gives the event handler. */
  async monitor(configuration, source) {
    const monitorParameters = new YamlParameters(configuration);
    const listed = monitorParameters.getParameter({
      group: "om",
      parameter: "plugins",
      parameterType: "string[]",
      default: [],
    });
    for (const path of listed) this.addPlugin(monitorParameters.resolvePath(path));
    const name = monitorParameters.getParameter({
      group: "om",
      parameter: "data_retrieval_layer",
      parameterType: "string",
      required: true,
    });
    this.#providerOf("dataRetrievals", name);
    // It may be made of the data sources of any.
    for (const plugin of this.#plugins) await this.#load(plugin);
    const retrieval = this.#registries.dataRetrievals.get(name)({ source, monitorParameters });
    const handler = retrieval.getDataEventHandler();
    await handler.initializeEventHandlingOnProcessingNode(NODE);
    return handler;
  }

  async dispose() {
    for (const { module, context } of this.#plugins) await module?.dispose(context);
  }

  #providerOf(kind, name) {
    const plugin = this.#plugins.find(({ manifest }) =>
      manifest.provides[kind].some((provided) => provided.name === name),
    );
    if (plugin === undefined) throw new Error(`no plugin provides ${name}`);
    return plugin;
  }

  async #load(plugin) {
    if (plugin.module !== undefined) return;
    const services = container.createChildContainer();
    for (const [token, useValue] of Object.entries(this.#services)) {
      services.register(Symbol.for(token), { useValue });
    }
    plugin.context = { container: services, ...this.#registries };
    plugin.module = await import(pathToFileURL(resolve(dirname(plugin.path), plugin.manifest.main)));
    await plugin.module.register(plugin.context);
  }
}

/** The events of a handler, each with its data, until the caller breaks off. */
export async function* eventsOf(handler, signal) {
  for await (const event of handler.eventGenerator({ ...NODE, signal })) {
    handler.openEvent({ event });
    try {
      yield { event, data: handler.extractData({ event }) };
    } finally {
      handler.closeEvent({ event });
    }
  }
}

class Registry {
  #factories = new Map();

  register(name, factory) {
    if (this.#factories.has(name)) throw new Error(`${name} is registered already`);
    this.#factories.set(name, factory);
  }

  get(name) {
    const factory = this.#factories.get(name);
    if (factory === undefined) throw new Error(`nobody registered ${name}`);
    return factory;
  }

  names() {
    return [...this.#factories.keys()];
  }
}
