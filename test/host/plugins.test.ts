import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import type { ServiceContainer } from "../../src/api/index.js";
import { Plugins } from "../../src/host/plugins.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { irregularFiles } from "../helpers/irregular-files.js";

const HOST = { node: "20.19.0", monitorApi: "1.0.0" };
const container = {
  isRegistered: (token, recursive) => recursive === true && token === Symbol.for("om-monitor/Logger"),
} as ServiceContainer;

/** A folder with a plugin of a few lines. */
async function plugin(
  t: ExecutionContext,
  main: string,
  fields: Record<string, unknown> = {},
): Promise<string> {
  const folder = await temporaryFolder(t);
  const manifest = {
    manifestVersion: 2,
    id: "diode",
    name: "Diode",
    version: "1.0.0",
    license: "MIT",
    main: "./main.mjs",
    engines: { node: ">=20", monitorApi: "^1.0.0" },
    provides: { dataSources: [], dataRetrievals: [{ name: "DiodeRetrieval", description: "x" }] },
    configuration: {},
    requires: [],
    ...fields,
  };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "plugin.manifest.json"), JSON.stringify(manifest));
  await writeFile(join(folder, "main.mjs"), main);
  return join(folder, "plugin.manifest.json");
}

const GOOD = `
globalThis.diodeLog = globalThis.diodeLog ?? [];
globalThis.diodeLog.push("imported");
export function register({ dataRetrievals }) { dataRetrievals.register("DiodeRetrieval", () => "built"); }
export function dispose() { globalThis.diodeLog.push("disposed"); }
`;

test.serial(
  "a plugin's code is imported when one of its names is asked for, and disposed of once",
  async (t) => {
    const log: string[] = [];
    Object.assign(globalThis, { diodeLog: log });
    const plugins = new Plugins(HOST, () => container);
    plugins.add(await plugin(t, GOOD));
    t.deepEqual(log, []);
    const factory = await plugins.dataRetrieval("DiodeRetrieval", "here");
    await plugins.dataRetrieval("DiodeRetrieval", "here");
    t.is(factory({} as never) as unknown, "built");
    t.deepEqual(log, ["imported"]);
    await plugins.dispose();
    await plugins.dispose();
    t.deepEqual(log, ["imported", "disposed"]);
  },
);

test("an unknown name answers with the known ones, and its place", async (t) => {
  const plugins = new Plugins(HOST, () => container);
  plugins.add(await plugin(t, GOOD));
  await t.throwsAsync(plugins.dataRetrieval("Diode", "monitor.yaml:2: om.data_retrieval_layer"), {
    code: "HOST_UNKNOWN_NAME",
    message:
      "monitor.yaml:2: om.data_retrieval_layer: there is no data retrieval 'Diode'. Known names: DiodeRetrieval.",
  });
});

test.serial("a plugin whose services the host lacks is refused before it is imported", async (t) => {
  const log: string[] = [];
  Object.assign(globalThis, { diodeLog: log });
  const plugins = new Plugins(HOST, () => container);
  const requires = ["om-monitor/Weather", "om-monitor/Logger", "om-monitor/Beam"];
  plugins.add(await plugin(t, GOOD, { requires }));
  await t.throwsAsync(plugins.dataRetrieval("DiodeRetrieval", "here"), {
    code: "HOST_INCOMPATIBLE",
    message:
      "Plugin 'diode' needs om-monitor/Weather, om-monitor/Beam, which this host does not provide. " +
      "Use a host that does.",
  });
  t.deepEqual(log, []);
});

test.serial("a plugin gets what it requires", async (t) => {
  const plugins = new Plugins(HOST, () => container);
  plugins.add(await plugin(t, GOOD, { requires: ["om-monitor/Logger"] }));
  await t.notThrowsAsync(plugins.dataRetrieval("DiodeRetrieval", "here"));
});

test("an id that is taken is refused", async (t) => {
  const plugins = new Plugins(HOST, () => container);
  plugins.add(await plugin(t, GOOD));
  const second = await plugin(t, GOOD);
  t.throws(() => plugins.add(second), { code: "HOST_NAME_TAKEN", message: /'diode'/ });
});

const broken: [string, string, RegExp][] = [
  ["cannot be parsed", "export const = 5;", /cannot be imported/],
  ["throws when it is imported", "throw new Error('bang');", /cannot be imported: bang/],
  ["exports nothing", "", /does not export register and dispose/],
  [
    "cannot register",
    "export function register() { throw new Error('bang'); } export function dispose() {}",
    /cannot register: bang/,
  ],
  [
    "does not keep its manifest's promise",
    "export function register() {} export function dispose() {}",
    /did not register DiodeRetrieval/,
  ],
];
for (const [what, main, message] of broken) {
  test(`a plugin that ${what}`, async (t) => {
    const plugins = new Plugins(HOST, () => container);
    plugins.add(await plugin(t, main));
    await t.throwsAsync(plugins.dataRetrieval("DiodeRetrieval", "here"), {
      code: "HOST_PLUGIN_FAILED",
      message,
    });
  });
}

test.serial("a plugin that cannot be disposed of is told, and keeps no other from it", async (t) => {
  const log: string[] = [];
  Object.assign(globalThis, { diodeLog: log });
  const plugins = new Plugins(HOST, () => container);
  plugins.add(await plugin(t, GOOD));
  const other = GOOD.replace("DiodeRetrieval", "Other").replace(
    'globalThis.diodeLog.push("disposed")',
    "throw new Error('no')",
  );
  plugins.add(
    await plugin(t, other, {
      id: "other",
      provides: { dataSources: [], dataRetrievals: [{ name: "Other", description: "x" }] },
    }),
  );
  await plugins.dataRetrieval("DiodeRetrieval", "here");
  await plugins.dataRetrieval("Other", "here");
  await t.throwsAsync(plugins.dispose(), {
    code: "HOST_PLUGIN_FAILED",
    message: /cannot be disposed of: no/,
  });
  t.true(log.includes("disposed"));
});

test("a plugin whose entry is a pipe is not imported, which would never end", async (t) => {
  const pipe = (await irregularFiles(t)).find(([kind]) => kind === "a pipe (FIFO)")?.[1];
  const plugins = new Plugins(HOST, () => container);
  plugins.add(await plugin(t, GOOD, { main: pipe }));
  await t.throwsAsync(plugins.dataRetrieval("DiodeRetrieval", "monitor.yaml:2"), {
    code: "HOST_PLUGIN_FAILED",
    message: `Plugin 'diode' (${pipe}) cannot be imported: it is a pipe (FIFO), not a regular file. Reinstall it, or ask its author.`,
  });
});
