import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { promisify } from "node:util";
import test from "ava";
import { type DataEvent, MONITOR_API_VERSION, STATUS_REGISTRY } from "../src/api/index.js";
import { readManifest } from "../src/host/manifest.js";
import { dispose, READ_CONSTANTS, register } from "../src/index.js";
import { constantsInMemory, flatConstants } from "./helpers/calibrators.js";
import { parametersOf, registerPlugin } from "./helpers/fakes.js";
import { inPackage } from "./helpers/package-root.js";

const manifest = readManifest(inPackage("plugin.manifest.json"), {
  node: "20.19.0",
  monitorApi: MONITOR_API_VERSION,
});
const packageJson = JSON.parse(readFileSync(inPackage("package.json"), "utf8"));

test("registers what the manifest promises, and nothing else", (t) => {
  const { context } = registerPlugin();
  t.deepEqual(
    context.dataSources.names(),
    manifest.provides.dataSources.map(({ name }) => name),
  );
  t.deepEqual(
    context.dataRetrievals.names(),
    manifest.provides.dataRetrievals.map(({ name }) => name),
  );
});

// Serial: another test disposes of every plugin.
test.serial("sources return what the manifest says, and all of it", async (t) => {
  const { context } = registerPlugin(new Map([[READ_CONSTANTS, constantsInMemory(flatConstants())]]));
  const configurations = ["units: photons", "rounded: yes", "units: keV", "units: adu", "calibration: no"];
  for (const { name, returns } of manifest.provides.dataSources) {
    const described = configurations.map(async (setting) => {
      const monitorParameters = parametersOf(
        `data_retrieval_layer: {number: 5, number_entry: detSpec1, number_rows: [0, 1], number_columns: [0, 1], ` +
          `number_threshold: 1, number_minimum: 1, number_beam_centre: [0, 0], number_${setting}}\n` +
          "calibration: {dark_filenames: [a, b], gain_filenames: [c, d], photon_energy_kev: 12.4}",
      );
      const source = context.dataSources.get(name)({ dataSourceName: "number", monitorParameters });
      await source.initializeDataSource();
      const description = source.describe?.();
      source.dispose?.();
      return description?.returns;
    });
    const all = await Promise.all(described);
    if (returns === undefined) {
      t.true(
        all.every((one) => one === undefined),
        name,
      );
      continue;
    }
    const alternatives = (values: readonly (string | undefined)[]) => [...new Set(values)].sort();
    t.deepEqual(
      alternatives(all.flatMap((one) => one?.dtype.split(" | "))),
      returns?.dtype.split(" | ").sort(),
      name,
    );
    t.deepEqual(
      alternatives(all.map((one) => one?.unit)),
      alternatives(returns?.unit?.split(" | ") ?? [undefined]),
      name,
    );
    for (const one of all) t.deepEqual(one?.shape, returns?.shape, name);
  }
});

test("manifest and package.json agree", (t) => {
  t.is(manifest.id, packageJson.name);
  t.is(manifest.version, packageJson.version);
  t.is(manifest.license, packageJson.license);
  t.is(manifest.main, packageJson.exports["."].default);
  t.is(manifest.engines.node, packageJson.engines.node);
  // It needs nothing that a host of contract 1.0 does not have.
  t.is(manifest.engines.monitorApi, `^${MONITOR_API_VERSION.split(".")[0]}.0.0`);
});

test("needs the services that the manifest names, and says which is missing", (t) => {
  const { context } = registerPlugin();
  const has = new Set(manifest.requires);
  t.is(has.size, 3);
  for (const missing of manifest.requires) {
    const container = {
      ...context.container,
      isRegistered: (token: symbol) => token.description !== missing,
    };
    t.throws(() => register({ ...context, container }), {
      code: "HOST_INCOMPATIBLE",
      message: new RegExp(missing),
    });
  }
});

test("unknown names answer with the known ones", (t) => {
  const { context } = registerPlugin();
  t.throws(() => context.dataSources.get("Jungfrau1M"), {
    code: "HOST_UNKNOWN_NAME",
    message:
      "there is no data source 'Jungfrau1M'. Known names: Jungfrau1MZmq, TimestampJungfrau1MZmq, EventIdJungfrau1MZmq, " +
      "HeaderEntryJungfrau1MZmq, FloatEntryFromConfiguration, RegionOfInterestJungfrau1MZmq, LitPixelsJungfrau1MZmq, " +
      "SaturationJungfrau1MZmq, RadialProfileJungfrau1MZmq. Did you mean 'Jungfrau1MZmq'?",
  });
});

test("two hosts side by side do not meet, and disposing is harmless when repeated", (t) => {
  const first = registerPlugin();
  const second = registerPlugin();
  t.not(first.context.dataSources.get("Jungfrau1MZmq"), second.context.dataSources.get("Jungfrau1MZmq"));
  first.dispose();
  first.dispose();
  t.notThrows(() => second.context.dataSources.get("Jungfrau1MZmq"));
  dispose();
  dispose();
});

test("one that cannot be disposed of does not keep the others, and all that failed is told", async (t) => {
  let removals = 0;
  const remove = () => {
    removals += 1;
    throw new Error(`stuck ${removals}`);
  };
  const { context, dispose } = registerPlugin(
    new Map([[STATUS_REGISTRY, { addStatusSource: () => remove }]]),
  );
  const monitorParameters = parametersOf("data_retrieval_layer: {detector_calibration: false}");
  const source = context.dataSources.get("Jungfrau1MZmq")({ dataSourceName: "detector", monitorParameters });
  await source.initializeDataSource();
  const retrieval = context.dataRetrievals.get("Jungfrau1MZmqDataRetrieval");
  for (let time = 0; time < 2; time++) retrieval({ source: undefined, monitorParameters });
  const error = t.throws(dispose, { instanceOf: AggregateError, message: "stuck 1; stuck 2" });
  t.is(error?.errors.length, 2);
  const event = { frameNumber: 1n, timestampSeconds: 0, frames: [], incomplete: false } as DataEvent;
  t.throws(() => source.getData({ event }), { code: "HOST_NOT_INITIALIZED" });
  t.notThrows(dispose);
});

test("nothing is loaded before something is built and initialised", async (t) => {
  // A process of its own, which tells every module that it loads.
  const hooks = `
    import { writeSync } from "node:fs";
    export async function load(url, context, next) {
      if (/node_modules\\/(zeromq|h5wasm)\\//.test(url)) writeSync(1, "loaded " + url + "\\n");
      return next(url, context);
    }`;
  const script = `
    import { register as hook } from "node:module";
    hook("data:text/javascript," + encodeURIComponent(${JSON.stringify(hooks)}));
    const { registerPlugin, parametersOf } = await import("./helpers/fakes.js");
    const { context } = registerPlugin();
    const monitorParameters = parametersOf("data_retrieval_layer: {required_data: [event_id]}");
    const source = "tcp://127.0.0.1:9,tcp://127.0.0.1:10";
    const node = { nodeRank: 1, nodePoolSize: 2 };
    context.dataSources.get("Jungfrau1MZmq")({ dataSourceName: "detector", monitorParameters });
    const handler = context.dataRetrievals.get("Jungfrau1MZmqDataRetrieval")({ source, monitorParameters }).getDataEventHandler();
    await handler.initializeEventHandlingOnProcessingNode(node);
    console.log("initialised");
    await handler.eventGenerator({ ...node, signal: AbortSignal.abort() }).next();
  `;
  const path = inPackage("dist", "test", "lazy-loading.mjs");
  await writeFile(path, script);
  t.teardown(() => rm(path));
  const { stdout } = await promisify(execFile)(process.execPath, [path]);
  const lines = stdout.trim().split("\n");
  t.is(lines[0], "initialised", stdout);
  // The proof that the hooks see what they should: the generator needs ZeroMQ, and nobody needs HDF5.
  t.true(lines.some((line) => line.includes("/zeromq/")));
  t.false(lines.some((line) => line.includes("/h5wasm/")));
});
