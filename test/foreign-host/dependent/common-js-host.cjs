// A host in CommonJS, in a package that depends on the plugin and shares its copies of tsyringe and reflect-metadata.
const assert = require("node:assert/strict");
require("reflect-metadata");
const { container } = require("tsyringe");
const manifest = require("om-jungfrau-zmq/plugin.manifest.json");

const NODE = { nodeRank: 1, nodePoolSize: 2 };
const SOURCE = "tcp://fake:30001,tcp://fake:30002";
const CONFIGURATION = {
  data_retrieval_layer: { required_data: ["event_id"], delivery: "all" },
};

const parameters = {
  getParameterGroup: ({ group }) => CONFIGURATION[group] ?? {},
  getParameter: ({ group, parameter, default: value }) => CONFIGURATION[group]?.[parameter] ?? value,
  locate: ({ group, parameter }) => `${group}.${parameter}`,
  resolvePath: (path) => path,
};

function registry() {
  const factories = new Map();
  return {
    register: (name, factory) => factories.set(name, factory),
    get: (name) => factories.get(name),
    names: () => [...factories.keys()],
  };
}

/** Run the plugin as a module and the contract's tokens were loaded, for one event. */
async function runOneEvent({ register, dispose, OPEN_MODULE_STREAM }, { LOGGER, CLOCK, STATUS_REGISTRY }) {
  const { fakeStreams } = await import("../host/fake-streams.mjs");
  const services = container.createChildContainer();
  const ignore = () => {};
  services.register(LOGGER, { useValue: { debug: ignore, info: ignore, warn: ignore, error: ignore } });
  services.register(CLOCK, { useValue: { nowSeconds: () => 1_700_000_000 } });
  services.register(STATUS_REGISTRY, { useValue: { addStatusSource: () => ignore } });
  services.register(OPEN_MODULE_STREAM, { useValue: fakeStreams(1) });
  const context = { container: services, dataSources: registry(), dataRetrievals: registry() };
  register(context);
  for (const kind of ["dataSources", "dataRetrievals"]) {
    assert.deepEqual(
      context[kind].names(),
      manifest.provides[kind].map(({ name }) => name),
    );
  }

  const build = context.dataRetrievals.get("Jungfrau1MZmqDataRetrieval");
  const handler = build({ source: SOURCE, monitorParameters: parameters }).getDataEventHandler();
  await handler.initializeEventHandlingOnProcessingNode(NODE);
  const events = handler.eventGenerator(NODE);
  const { value: event } = await events.next();
  assert.deepEqual(handler.extractData({ event }), { event_id: "1" });
  dispose(context);
  dispose(context);
  assert.equal((await events.next()).done, true);
}

module.exports = { runOneEvent };
