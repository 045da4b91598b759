import assert from "node:assert/strict";
import test from "node:test";
import { eventsOf, ForeignHost } from "./foreign-host.mjs";
import { watchModules } from "./loaded-modules.mjs";
import { MANIFEST, PLUGIN_FOLDER } from "./plugin-folder.mjs";
import { HANGS, startSimulator } from "./simulator.mjs";
import { temporaryFile } from "./temporary-files.mjs";
import { YamlParameters } from "./yaml-parameters.mjs";

const loaded = watchModules();

/** Which of these parts of the plugin are loaded. */
function loadedParts() {
  const parts = {
    plugin: PLUGIN_FOLDER,
    zeromq: "/node_modules/zeromq/",
    h5wasm: "/node_modules/h5wasm/",
    kernel: "/calibration/kernel/kernel-module.js",
  };
  const modules = loaded();
  return Object.keys(parts).filter((name) => modules.some((module) => module.includes(parts[name])));
}

test("each part of the plugin is loaded when it is needed, and not before", HANGS, async (t) => {
  const { source, configuration } = await startSimulator(t);
  const host = new ForeignHost();
  t.after(() => host.dispose());

  host.addPlugin(MANIFEST);
  assert.deepEqual(loadedParts(), []);

  const unknown = temporaryFile(t, "monitor.yaml", "om: {data_retrieval_layer: Another}");
  await assert.rejects(host.monitor(unknown, source), { message: "no plugin provides Another" });
  assert.deepEqual(loadedParts(), []);

  const parameters = new YamlParameters(configuration);
  const detector = await host.dataSource("Jungfrau1MZmq", {
    dataSourceName: "detector",
    monitorParameters: parameters,
  });
  assert.deepEqual(loadedParts(), ["plugin"]);

  const raw = temporaryFile(
    t,
    "monitor.yaml",
    `om: {data_retrieval_layer: Jungfrau1MZmqDataRetrieval}
data_retrieval_layer: {required_data: [event_id, detector_data], detector_calibration: false}`,
  );
  const handler = await host.monitor(raw, source);
  assert.deepEqual(loadedParts(), ["plugin"]);

  await detector.initializeDataSource();
  // HDF5 is loaded in the thread that reads constants, and goes with it.
  assert.deepEqual(loadedParts(), ["plugin", "kernel"]);

  for await (const { data } of eventsOf(handler)) {
    assert.match(data.event_id, /^\d+$/);
    break;
  }
  assert.deepEqual(loadedParts(), ["plugin", "zeromq", "kernel"]);
});
