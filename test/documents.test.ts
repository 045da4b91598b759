import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { Ajv2020 } from "ajv/dist/2020.js";
import test from "ava";
import { MONITOR_API_VERSION } from "../src/api/index.js";
import { readMonitorParameters } from "../src/configuration/index.js";
import { CONFIGURATION_KEYS } from "../src/configuration-keys.js";
import { ERROR_CODES } from "../src/error-codes.js";
import { Plugins } from "../src/host/plugins.js";
import { makeScene, writeSceneFiles } from "../src/simulator/index.js";
import { configurationSchema } from "./helpers/configuration-schema.js";
import { temporaryFolder } from "./helpers/constants-files.js";
import { registerPlugin } from "./helpers/fakes.js";
import { generatedFiles } from "./helpers/generated-files.js";
import { inPackage } from "./helpers/package-root.js";

const isConfiguration = new Ajv2020({ allErrors: true, allowMatchingProperties: true }).compile(
  configurationSchema(),
);
const example = inPackage("monitor.yaml.example");

for (const [path, text] of await generatedFiles()) {
  test(`${path} is as 'npm run generate' writes it`, (t) => {
    // Manifest and schemas are laid out by the formatter, so their contents are compared.
    const file = readFileSync(inPackage(path), "utf8");
    if (path.endsWith(".json")) t.deepEqual(JSON.parse(file), JSON.parse(text));
    else t.is(file, text);
  });
}

test("the example configuration runs a monitor on the simulator's files", async (t) => {
  const folder = await temporaryFolder(t);
  const scene = makeScene({ seed: 2, imageCount: 1, photonEnergyKeV: 12.4 });
  await writeSceneFiles(folder, scene);
  await copyFile(example, join(folder, "example.yaml"));
  const parameters = readMonitorParameters(join(folder, "example.yaml"));
  const { context } = registerPlugin();
  const name = parameters.getParameter({
    group: "om",
    parameter: "data_retrieval_layer",
    parameterType: "string",
    required: true,
  });
  const make = context.dataRetrievals.get(name);
  const handler = make({
    source: "tcp://a:1,tcp://b:2",
    monitorParameters: parameters,
  }).getDataEventHandler();
  await t.notThrowsAsync(async () =>
    handler.initializeEventHandlingOnProcessingNode({ nodeRank: 1, nodePoolSize: 2 }),
  );
});

test("the example configuration fits its schema, and shows every key but second spellings", (t) => {
  const parameters = readMonitorParameters(example);
  const groups = ["om", "data_retrieval_layer", "calibration"];
  const content = Object.fromEntries(groups.map((group) => [group, parameters.getParameterGroup({ group })]));
  // A number in YAML, but not in JSON, and so not for the schema's checker.
  const { detector_fill_value: fillValue, ...rest } = content.data_retrieval_layer ?? {};
  t.is(fillValue, Number.NaN);
  content.data_retrieval_layer = rest;
  isConfiguration(content);
  t.deepEqual(isConfiguration.errors, null);
  const text = readFileSync(example, "utf8");
  const spelledByOm =
    /^<name>_(dark_filenames|gain_filenames|mask_filenames|photon_energy_kev)$|^fallback_[a-z]+_[a-z]+$/;
  for (const { key } of Object.values(CONFIGURATION_KEYS)) {
    if (!spelledByOm.test(key))
      t.regex(text, new RegExp(`^ *(# )?${key.replace("<name>", "detector")}:`, "m"));
  }
});

test("every error code is thrown somewhere", (t) => {
  const files = readdirSync(inPackage("src"), { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && file !== "error-codes.ts",
  );
  const code = files.map((file) => readFileSync(inPackage("src", file), "utf8")).join("\n");
  t.deepEqual(
    Object.keys(ERROR_CODES).filter((name) => !code.includes(`"${name}"`)),
    [],
  );
});

test("an error code begins with the class that it is thrown as", (t) => {
  const files = readdirSync(inPackage("src"), { recursive: true, encoding: "utf8" });
  const thrown = files
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => [
      ...readFileSync(inPackage("src", file), "utf8").matchAll(/(\w+)Error\(\s*"([A-Z]+)_[A-Z0-9_]+"/g),
    ])
    .map(([, className, prefix]) => [className?.toUpperCase(), prefix]);
  t.true(thrown.length > 80);
  t.deepEqual(
    thrown.filter(([className, prefix]) => className !== prefix),
    [],
  );
});

test("the README's example of a host runs as it stands", async (t) => {
  const readme = readFileSync(inPackage("README.md"), "utf8");
  const [, code] = /```js\n([\s\S]*?)```/.exec(readme) ?? [];
  // Inside the package, so that it finds itself by its name.
  const path = inPackage("dist", "readme-example.mjs");
  await writeFile(path, code ?? "");
  t.teardown(() => rm(path));
  const { stdout } = await promisify(execFile)(process.execPath, [path]);
  for (const name of ["Jungfrau1MZmq", "EventIdJungfrau1MZmq", "Jungfrau1MZmqDataRetrieval"])
    t.true(stdout.includes(`'${name}'`));
});

/** Code blocks of the documents that name a file after their language. */
const codeFiles = ["docs/testing.md", "docs/writing-a-plugin.md"].map((document) => {
  const blocks = readFileSync(inPackage(document), "utf8").matchAll(/```\w+ (\S+)\n([\s\S]*?)```/g);
  return { document, files: [...blocks].map(([, name, code]) => [name, code] as [string, string]) };
});

for (const { document, files } of codeFiles) {
  test(`the code of ${document} runs as it stands`, async (t) => {
    // Inside the package, so that it finds itself by its name.
    const folder = await mkdtemp(inPackage("dist", "document-"));
    t.teardown(() => rm(folder, { recursive: true }));
    for (const [name, code] of files) await writeFile(join(folder, name), code);
    const tests = files.map(([name]) => name).filter((name) => name.endsWith(".test.mjs"));
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--test", "--test-reporter=tap", ...tests],
      {
        cwd: folder,
      },
    );
    t.regex(stdout, /^# pass [1-9]/m);
    t.regex(stdout, /^# fail 0$/m);
  });
}

test("the first test takes less than 20 lines, the diode less than 60", (t) => {
  const lines = new Map(
    codeFiles.flatMap(({ files }) => files.map(([name, code]) => [name, code.split("\n").length])),
  );
  t.true((lines.get("first.test.mjs") ?? 99) < 20);
  t.true((lines.get("diode.mjs") ?? 99) < 60);
});

test("a host takes the diode's manifest, and its source", async (t) => {
  const folder = await temporaryFolder(t);
  const [, { files }] = codeFiles as [unknown, (typeof codeFiles)[number]];
  for (const [name, code] of files) await writeFile(join(folder, name), code);
  const { context } = registerPlugin();
  const plugins = new Plugins(
    { node: process.versions.node, monitorApi: MONITOR_API_VERSION },
    () => context.container,
  );
  plugins.add(join(folder, "diode.manifest.json"));
  t.deepEqual(
    plugins.manifests().map(({ id }) => id),
    ["diode"],
  );
});

test("README and CI name the same commands, and they exist", (t) => {
  const readme = readFileSync(inPackage("README.md"), "utf8");
  const { scripts } = JSON.parse(readFileSync(inPackage("package.json"), "utf8"));
  t.true(readme.includes("    npm ci && npm start\n") && readme.includes("    npm cit\n"));
  t.regex(readFileSync(inPackage(".ci", "run"), "utf8"), /npm cit[\s\S]*npm start/);
  for (const [, script] of readme.matchAll(/npm run ([\w:-]+)/g)) t.truthy(scripts[script as string], script);
});
