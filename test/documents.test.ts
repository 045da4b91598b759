import { readdirSync, readFileSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import test from "ava";
import { readMonitorParameters, YamlMonitorParameters } from "../src/configuration/index.js";
import { ERROR_CODES } from "../src/error-codes.js";
import { CONFIGURATION_KEYS } from "../src/settings/keys.js";
import { DEFAULT_SCENE, makeScene, writeSceneFiles } from "../src/simulator/index.js";
import { configurationSchema } from "./helpers/configuration-schema.js";
import { foldersWith } from "./helpers/constants-files.js";
import { BLOCKS } from "./helpers/documents.js";
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

const sceneFolder = foldersWith(
  (folder) => writeSceneFiles(folder, makeScene({ ...DEFAULT_SCENE, seed: 2, imageCount: 1 })),
  { linked: true },
);

test("the example configuration runs a monitor on the simulator's files", async (t) => {
  const folder = await sceneFolder(t);
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
    source: "tcp://127.0.0.1:1,tcp://127.0.0.1:2",
    monitorParameters: parameters,
  }).getDataEventHandler();
  await t.notThrowsAsync(async () =>
    handler.initializeEventHandlingOnProcessingNode({ nodeRank: 1, nodePoolSize: 2 }),
  );
});

test("the example configuration fits its schema, and shows every key", (t) => {
  const parameters = readMonitorParameters(example);
  const groups = ["om", "data_retrieval_layer"];
  const content = Object.fromEntries(groups.map((group) => [group, parameters.getParameterGroup({ group })]));
  // A number in YAML, but not in JSON, and so not for the schema's checker.
  const { detector_fill_value: fillValue, ...rest } = content.data_retrieval_layer ?? {};
  t.is(fillValue, Number.NaN);
  content.data_retrieval_layer = rest;
  isConfiguration(content);
  t.deepEqual(isConfiguration.errors, null);
  const text = readFileSync(example, "utf8");
  for (const { key } of Object.values(CONFIGURATION_KEYS)) {
    t.regex(text, new RegExp(`^ *(# *)?(.*\\b)?${key.replace("<name>", "\\w+")}\\b`, "m"));
  }
});

/** What OM's Python cannot do without, and what it takes `required_data` to hold. */
const NEEDED_BY_OM: Readonly<Record<string, readonly string[]>> = {
  timestamp: [],
  event_id: [],
  detector_data: ["detector_dark_filenames", "detector_gain_filenames", "detector_photon_energy_kev"],
  beam_energy: ["fallback_beam_energy"],
  detector_distance: ["fallback_detector_distance"],
};

test("what is written for people to begin with runs in OM's Python, too", async (t) => {
  const simulated = join(await sceneFolder(t), "monitor.yaml");
  const documented = BLOCKS.filter(({ name }) => name === "monitor.yaml").map(({ document, text: yaml }) => ({
    name: document,
    yaml,
  }));
  t.true(documented.length >= 2);
  const read = (path: string) => ({ name: path, yaml: readFileSync(path, "utf8") });
  for (const { name, yaml } of [read(example), read(simulated), ...documented]) {
    const group = new YamlMonitorParameters(yaml, name).getParameterGroup({ group: "data_retrieval_layer" });
    for (const required of group.required_data as string[]) {
      t.true(required in NEEDED_BY_OM, `${name}: ${required}`);
      for (const key of NEEDED_BY_OM[required] ?? []) t.true(key in group, `${name}: ${key}`);
    }
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
