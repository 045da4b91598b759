import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, symlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import test from "ava";
import { MONITOR_API_VERSION } from "../../src/api/index.js";
import { Plugins } from "../../src/host/plugins.js";
import { DEFAULT_SCENE, makeScene, writeSceneFiles } from "../../src/simulator/index.js";
import { Command } from "../helpers/command.js";
import { foldersWith } from "../helpers/constants-files.js";
import { BLOCKS, commandsOf, DOCUMENTS, folderOf, titleOf } from "../helpers/documents.js";
import { registerPlugin } from "../helpers/fakes.js";

const node = (args: readonly string[], cwd: string) => promisify(execFile)(process.execPath, args, { cwd });

test("every block of the documents has a language that is tested", (t) => {
  t.true(BLOCKS.length > 20);
  for (const block of BLOCKS) {
    // Others than js, json and yaml are looked after by commands.test.ts, samples.test.ts, and read-event.ts of the tools.
    t.true(["js", "json", "yaml", "sh", "text", "python"].includes(block.language), titleOf(block));
    if (block.language === "js") t.regex(block.name, /^[\w./-]+\.[cm]js$/, titleOf(block));
    if (block.name.endsWith(".json")) t.is(block.name, "diode/plugin.manifest.json");
    if (block.language === "yaml") t.regex(block.name, /^[\w.-]+\.yaml$/, titleOf(block));
    if (block.language === "python") t.is(titleOf(block), titleOf({ ...block, name: "read-event.py" }));
  }
  for (const { path, prose } of DOCUMENTS) {
    t.notRegex(prose, /```|~~~/, `${path} has a fence that is not closed, or is indented`);
    t.notRegex(prose, /\n\n(?: {4}|\t)\S/, `${path} has a block without a language`);
  }
});

for (const { path, blocks } of DOCUMENTS) {
  const scripts = blocks.filter(({ language }) => language === "js");
  if (scripts.length === 0) continue;
  const inSessions = blocks.filter(({ language }) => language === "sh").flatMap(commandsOf);
  const isRunByOthers = (name: string) =>
    scripts.some(({ text }) => text.includes(`from "./${basename(name)}"`)) ||
    inSessions.some((command) => command.startsWith(`node ${name} `));

  test(`the code of ${path} runs as it stands`, async (t) => {
    const folder = await folderOf(t, path);
    const tests = scripts.map(({ name }) => name).filter((name) => name.endsWith(".test.mjs"));
    if (tests.length > 0) {
      const { stdout } = await node(["--test", "--test-reporter=tap", ...tests], folder);
      t.regex(stdout, /^# pass [1-9]/m);
      t.regex(stdout, /^# fail 0$/m);
    }
    for (const { name } of scripts) {
      if (!tests.includes(name) && !isRunByOthers(name))
        t.true((await node([name], folder)).stdout.length > 0);
    }
    t.pass();
  });
}

test("a host takes the diode's manifest, and the file that it names is there", async (t) => {
  const folder = await folderOf(t, "docs/writing-a-plugin.md");
  const { context } = registerPlugin();
  const versions = { node: process.versions.node, monitorApi: MONITOR_API_VERSION };
  const plugins = new Plugins(versions, () => context.container);
  const path = join(folder, "diode", "plugin.manifest.json");
  plugins.add(path);
  const [manifest] = plugins.manifests();
  t.is(manifest?.id, "diode");
  t.true(existsSync(join(dirname(path), manifest?.main ?? "")));
});

test("the host that is shown speaks this version of the contract", (t) => {
  const { text = "" } = DOCUMENTS.find(({ path }) => path === "docs/writing-a-host.md") ?? {};
  t.true(text.includes(`monitorApi: "${MONITOR_API_VERSION}"`));
  t.true(text.includes(`version ${MONITOR_API_VERSION.replace(/\.\d+$/, "")}.`));
});

test("the first test takes less than 20 lines, the diode less than 60", (t) => {
  const lines = new Map(BLOCKS.map(({ name, text }) => [name, text.split("\n").length]));
  t.true((lines.get("first.test.mjs") ?? 99) < 20);
  t.true((lines.get("diode/diode.mjs") ?? 99) < 60);
});

const constantsFolder = foldersWith(
  (folder) => writeSceneFiles(folder, makeScene({ ...DEFAULT_SCENE, seed: 3, imageCount: 1 })),
  { linked: true },
);

for (const block of BLOCKS.filter(({ language }) => language === "yaml")) {
  test(`a monitor would start on ${titleOf(block)}`, async (t) => {
    const constants = await constantsFolder(t);
    const folder = await folderOf(t, block.document);
    for (const name of await readdir(constants)) {
      if (/\.(?:h5|bin)$/.test(name)) await symlink(join(constants, name), join(folder, name));
    }
    const check = new Command(t, ["check", "--json", "-c", join(folder, block.name)]);
    t.is(await check.ended(), 0, check.stderr);
    const { faults, warnings, data } = JSON.parse(check.stdout[0] ?? "");
    t.deepEqual([faults, warnings], [[], []]);
    t.deepEqual(data.detector_data.returns, { dtype: "float32", shape: [1024, 1024], unit: "photons" });
  });
}
