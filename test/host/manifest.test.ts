import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import test, { type ExecutionContext } from "ava";
import { manifestSchema, readManifest } from "../../src/host/manifest.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { irregularFiles } from "../helpers/irregular-files.js";
import { inPackage } from "../helpers/package-root.js";

const THIS_HOST = { node: "20.19.0", monitorApi: "1.0.0" };
const good = JSON.parse(readFileSync(inPackage("plugin.manifest.json"), "utf8"));

async function written(t: ExecutionContext, content: unknown): Promise<string> {
  const path = join(await temporaryFolder(t), "plugin.manifest.json");
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

test("the schema of a manifest is valid", (t) => {
  const ajv = new Ajv2020();
  t.true(ajv.validateSchema(manifestSchema), ajv.errorsText());
  t.false(ajv.validateSchema({ ...manifestSchema, type: "bananas" }));
});

test("a host with other versions is refused, and both versions are named", (t) => {
  const path = inPackage("plugin.manifest.json");
  t.throws(() => readManifest(path, { ...THIS_HOST, monitorApi: "2.0.0" }), {
    code: "HOST_INCOMPATIBLE",
    message:
      "Plugin 'om-jungfrau-zmq' needs the monitor contract ^1.0.0, this is 2.0.0. Install a version that fits.",
  });
  t.throws(() => readManifest(path, { ...THIS_HOST, node: "18.20.0" }), {
    code: "HOST_INCOMPATIBLE",
    message: /needs Node\.js .*\^22\.20\.0.*, this is 18\.20\.0/,
  });
  for (const node of ["20.19.0", "22.20.0", "24.1.0", "26.0.0"]) {
    t.notThrows(() => readManifest(path, { ...THIS_HOST, node }));
  }
});

const broken: [string, unknown, RegExp][] = [
  ["no JSON", "{", /Cannot read the manifest .*JSON/],
  ["a list", [], /the manifest must be object/],
  [
    "another manifest version",
    { ...good, manifestVersion: 1 },
    /\/manifestVersion must be equal to constant 2/,
  ],
  ["no main", { ...good, main: undefined }, /required.*main/],
  ["a bad id", { ...good, id: "Bad Id" }, /\/id /],
  [
    "a source without a name",
    { ...good, provides: { ...good.provides, dataSources: [{ description: "x" }] } },
    /dataSources\/0/,
  ],
];
for (const [what, content, message] of broken) {
  test(`a manifest with ${what} is refused`, async (t) => {
    const path = await written(t, content);
    t.throws(() => readManifest(path, THIS_HOST), { code: "HOST_BAD_MANIFEST", message });
  });
}

test("every fault of a manifest is named", async (t) => {
  const path = await written(t, { ...good, id: 5, version: "x", engines: {} });
  t.throws(() => readManifest(path, THIS_HOST), {
    code: "HOST_BAD_MANIFEST",
    message: /\/id .*\/version .*|\/engines .*\/id .*/,
  });
});

test("a manifest that is not there", (t) => {
  t.throws(() => readManifest("/nowhere/plugin.manifest.json", THIS_HOST), {
    code: "HOST_BAD_MANIFEST",
    message: /ENOENT/,
  });
});

test("pipes, sockets, devices and folders are no manifests", async (t) => {
  for (const [kind, path] of await irregularFiles(t)) {
    t.throws(() => readManifest(path, THIS_HOST), {
      code: "HOST_BAD_MANIFEST",
      message:
        `Cannot read the manifest '${path}': it is ${kind}, not a regular file. Check om.plugins; its paths refer to the ` +
        "configuration's folder.",
    });
  }
});
