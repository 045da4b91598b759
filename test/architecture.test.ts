import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import test from "ava";
import { inPackage } from "./helpers/package-root.js";

/** What each part of src may import besides itself: never anything that imports it. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  "detector.ts": [],
  "error-codes.ts": [],
  "errors.ts": ["error-codes.ts"],
  "injection.ts": [],
  files: [],
  statistics: [],
  "web-assembly": [],
  api: [],
  settings: ["api", "errors.ts", "detector.ts"],
  stream: ["api", "errors.ts", "detector.ts"],
  security: ["errors.ts", "files", "stream"],
  events: ["api", "errors.ts", "detector.ts", "statistics", "settings", "stream"],
  constants: ["error-codes.ts", "errors.ts", "detector.ts", "files"],
  calibration: ["errors.ts", "detector.ts", "statistics", "web-assembly", "constants"],
  "data-sources": [
    "api",
    "errors.ts",
    "detector.ts",
    "injection.ts",
    "settings",
    "stream",
    "events",
    "constants",
    "calibration",
  ],
  recordings: ["api", "errors.ts", "detector.ts", "files", "constants", "stream"],
  retrieval: [
    "api",
    "errors.ts",
    "detector.ts",
    "injection.ts",
    "settings",
    "stream",
    "security",
    "events",
    "recordings",
  ],
  "plugin.ts": [
    "api",
    "errors.ts",
    "detector.ts",
    "injection.ts",
    "stream",
    "constants",
    "calibration",
    "data-sources",
    "retrieval",
  ],
  "index.ts": [
    "error-codes.ts",
    "errors.ts",
    "stream",
    "events",
    "constants",
    "calibration",
    "data-sources",
    "plugin.ts",
  ],
  darks: ["detector.ts", "statistics", "web-assembly", "constants", "stream"],
  receiver: ["api", "errors.ts", "detector.ts", "stream", "security", "events", "recordings"],
  simulator: ["api", "errors.ts", "detector.ts", "files", "security", "constants", "stream", "recordings"],
  configuration: ["api", "errors.ts", "files"],
  host: ["api", "errors.ts", "files", "settings", "configuration"],
  http: ["errors.ts"],
  sums: ["web-assembly"],
  nats: ["api", "errors.ts", "files", "host", "sums"],
  viewer: [
    "api",
    "error-codes.ts",
    "errors.ts",
    "detector.ts",
    "constants",
    "calibration",
    "host",
    "http",
    "sums",
  ],
  page: ["viewer"],
  outputs: ["api", "errors.ts", "files", "stream", "host", "http", "nats", "viewer", "sums"],
  testing: ["api", "detector.ts", "stream", "events", "constants", "configuration", "host"],
  cli: [
    "api",
    "errors.ts",
    "detector.ts",
    "settings",
    "constants",
    "darks",
    "stream",
    "recordings",
    "security",
    "receiver",
    "simulator",
    "configuration",
    "host",
    "http",
    "nats",
    "outputs",
  ],
};

/** Packages that only some files may import. */
const PACKAGE_USERS: Readonly<Record<string, readonly string[]>> = {
  zeromq: [
    "outputs/published-frames.ts",
    "receiver/monitor-count.ts",
    "receiver/push-output.ts",
    "security/zmq-security.ts",
    "simulator/publisher.ts",
    "stream/connection.ts",
    "stream/port-messages.ts",
    "stream/refusal.ts",
    "stream/sockets.ts",
  ],
  "@nats-io/transport-node": ["nats/nats-connection.ts"],
  "js-yaml": ["configuration/yaml.ts"],
  "h5wasm/node": ["constants/hdf5-find.ts", "constants/hdf5-library.ts", "constants/hdf5.ts"],
  "h5wasm-plugins": ["constants/hdf5-filters.ts"],
  tsyringe: ["host/monitor-host.ts", "injection.ts"],
  commander: [
    "cli/commands/check.ts",
    "cli/commands/dark.ts",
    "cli/commands/demo.ts",
    "cli/commands/keygen.ts",
    "cli/commands/monitor.ts",
    "cli/commands/receive.ts",
    "cli/commands/record.ts",
    "cli/commands/replay.ts",
    "cli/commands/shared.ts",
    "cli/commands/show.ts",
    "cli/commands/simulate.ts",
    "cli/commands/view.ts",
    "cli/main.ts",
    "cli/option-values.ts",
  ],
  "prom-client": ["outputs/metrics.ts", "outputs/signal-metrics.ts"],
  ws: ["viewer/server/pages.ts", "viewer/server/view-server.ts"],
};

const IMPORT = /(?:from|import|import\.meta\.resolve)\s*\(?\s*"([^"]+)"/g;

const files = readdirSync(inPackage("src"), { recursive: true, encoding: "utf8" })
  .filter((path) => /\.tsx?$/.test(path))
  .sort();
const imports = files.flatMap((file) =>
  [...readFileSync(inPackage("src", file), "utf8").matchAll(IMPORT)].map(([, target]) => ({
    file,
    target: target as string,
  })),
);
const partOf = (path: string) => path.split("/")[0] as string;
const resolved = (file: string, target: string) =>
  normalize(join(dirname(file), target)).replace(/\.js$/, ".ts");
const internal = imports
  .filter(({ target }) => target.startsWith("."))
  .map(({ file, target }) => ({ file, target: resolved(file, target) }));

test("each part imports only what it may", (t) => {
  t.true(internal.length > 100);
  const violations = internal.filter(
    ({ file, target }) =>
      partOf(file) !== partOf(target) && !MAY_IMPORT[partOf(file)]?.includes(partOf(target)),
  );
  t.deepEqual(violations, []);
  t.deepEqual([...new Set(files.map(partOf))].sort(), Object.keys(MAY_IMPORT).sort());
});

test("src has folders, and only these files beside them", (t) => {
  const loose = ["detector.ts", "error-codes.ts", "errors.ts", "index.ts", "injection.ts", "plugin.ts"];
  t.deepEqual(
    files.filter((file) => !file.includes("/")),
    loose,
  );
});

/** What the page and the view's server say to each other: the page's only door, without anything of Node.js. */
const PROTOCOL = "viewer/protocol.ts";

/** Files of the command line that are loaded before it is known which command runs. */
const START_UP = [
  "cli/fault-help.ts",
  "cli/main.ts",
  "cli/option-values.ts",
  "cli/terminal/stderr-logger.ts",
];

test("a part is imported by its index, except in a browser, in its server, at the start-up, and for a registry without its host", (t) => {
  const inner = internal.filter(
    ({ file, target }) =>
      partOf(file) !== partOf(target) &&
      target.includes("/") &&
      !target.endsWith("/index.ts") &&
      !(partOf(file) === "page" && target === PROTOCOL) &&
      !START_UP.includes(file),
  );
  t.deepEqual(
    [...new Set(inner.map(({ file, target }) => `${file} ${target}`))],
    [
      "testing/fake-host.ts host/registry.ts",
      "testing/fake-host.ts host/status-sources.ts",
      `${PROTOCOL} calibration/pixel-status.ts`,
      `${PROTOCOL} host/npy.ts`,
      "viewer/server/thread.ts host/alarms.ts",
      "viewer/server/view-server.ts host/npy.ts",
    ],
  );
});

/** Packages and files of our own that a built file loads; the compiler has taken out what is only types. */
function loadedBy(...file: string[]): { readonly packages: string[]; readonly files: string[] } {
  const packages = new Set<string>();
  const visited = new Set<string>();
  const visit = (path: string): void => {
    if (visited.has(path)) return;
    visited.add(path);
    for (const [, target = ""] of readFileSync(path, "utf8").matchAll(/\bfrom "([^"]+)"/g)) {
      if (target.startsWith(".")) visit(join(dirname(path), target));
      else if (!target.startsWith("node:")) packages.add(target);
    }
  };
  visit(inPackage("dist", "src", ...file));
  return { packages: [...packages].sort(), files: [...visited] };
}

test("whoever tests a plugin loads what reads a configuration, and no more", (t) => {
  const { packages, files } = loadedBy("testing", "index.js");
  t.true(files.length > 10);
  t.deepEqual(packages, ["fastest-levenshtein", "js-yaml"]);
});

test("help and wrong usage are answered before anything is loaded that a command needs", (t) => {
  const { packages, files } = loadedBy("cli", "main.js");
  t.true(files.length > 10);
  t.deepEqual(packages, ["commander", "fastest-levenshtein"]);
});

test("the view's thread loads what serves pages, and no more", (t) => {
  t.deepEqual(loadedBy("viewer", "server", "thread.js").packages, ["ws"]);
});

test("what runs in a browser imports nothing that needs Node.js", (t) => {
  const reached = new Set(files.filter((file) => partOf(file) === "page" || file === PROTOCOL));
  for (const file of reached) {
    for (const one of imports.filter((one) => one.file === file && one.target.startsWith("."))) {
      if (!/\.(css|svg)$/.test(one.target)) reached.add(resolved(file, one.target));
    }
  }
  const packages = imports.filter(({ file, target }) => reached.has(file) && !target.startsWith("."));
  t.deepEqual([...new Set(packages.map(({ target }) => target.split("/").slice(0, 2).join("/")))].sort(), [
    "@h5web/lib",
    "@react-three/fiber",
    "react",
    "react-dom/client",
    "three",
    "uplot",
    "uplot/dist",
    "vite",
  ]);
  t.deepEqual(
    packages.filter(({ file }) => partOf(file) !== "page" || file.startsWith("page/display/")),
    [],
  );
});

test("data sources know events by their types alone", (t) => {
  for (const file of files.filter((path) => partOf(path) === "data-sources")) {
    const text = readFileSync(inPackage("src", file), "utf8");
    t.notRegex(text, /import (?!type)[^;]*from "(?:\.\.\/)+events/, file);
  }
});

test("there is no cycle between files", (t) => {
  const targets = new Map(
    files.map((file) => [file, internal.filter((one) => one.file === file).map(({ target }) => target)]),
  );
  const finished = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    t.false(path.includes(file), [...path, file].join(" → "));
    if (path.includes(file) || finished.has(file)) return;
    for (const target of targets.get(file) ?? []) visit(target, [...path, file]);
    finished.add(file);
  };
  for (const file of files) visit(file, []);
});

for (const [name, users] of Object.entries(PACKAGE_USERS)) {
  test(`${name} is imported in ${users.join(" and ")} alone`, (t) => {
    t.deepEqual([...new Set(imports.filter(({ target }) => target === name).map(({ file }) => file))], users);
  });
}

test("only the command line and standard output speak with the process, but for one variable that the plugin reads", (t) => {
  const users = files.filter((file) => /\bprocess\.[a-z]/.test(readFileSync(inPackage("src", file), "utf8")));
  t.deepEqual(
    users.filter((file) => partOf(file) !== "cli"),
    ["outputs/stdout.ts", "plugin.ts"],
  );
  const plugin = readFileSync(inPackage("src", "plugin.ts"), "utf8");
  t.deepEqual(plugin.match(/\bprocess\..*/g), ["process.env[KERNEL_VARIABLE]),"]);
});

test("no socket conflates: that keeps one part of a message, and aborts the process", (t) => {
  const users = files.filter((file) => /conflate/i.test(readFileSync(inPackage("src", file), "utf8")));
  t.deepEqual(users, []);
});

test("time and chance are injected", (t) => {
  const users = files.filter((file) =>
    /Date\.now|new Date\(\)|Math\.random/.test(readFileSync(inPackage("src", file), "utf8")),
  );
  t.deepEqual(users, []);
});

/** Where the plugin and what comes with it are told which detector they are for. */
const NAME_THE_DETECTOR = [
  "calibration/kernel/create-kernel.ts",
  "cli/dark.ts",
  "cli/demo.ts",
  "cli/option-values.ts",
  "cli/receive.ts",
  "cli/record.ts",
  "cli/replay.ts",
  "cli/share.ts",
  "cli/simulate.ts",
  "cli/view.ts",
  "plugin.ts",
  "settings/keys.ts",
  "simulator/scene.ts",
  "testing/constants-in-memory.ts",
  "testing/module-frames.ts",
  "viewer/server/thread.ts",
];

/** Where such a number is the width of a module, or the size of a buffer, a message, or a memory of what has come. */
const OTHER_SIZES = [
  "detector.ts",
  "events/exposure.ts",
  "receiver/push-output.ts",
  "stream/socket-options.ts",
  "viewer/server/view-server.ts",
];

/** AssemblyScript, whose memory is laid out when it is compiled. */
const KERNEL_SOURCE = "calibration/kernel/assembly/";

/** The detector's size as it would stand in code that does not ask its layout. */
const KNOWN_SIZES: Readonly<Record<string, RegExp>> = {
  "a constant of the whole detector": /\b(?:MODULE_COUNT|PORT_COUNTS?|DETECTOR_(?:ROWS|COLUMNS|PIXELS))\b/,
  "some modules": /\b\d+ \* MODULE_(?:ROWS|COLUMNS|PIXELS)\b|\bMODULE_(?:ROWS|COLUMNS|PIXELS) \* \d/,
  "as many rows as columns": /\bMODULE_COLUMNS \* MODULE_COLUMNS\b|\bMODULE_COLUMNS \*\* 2\b/,
  "module 0 and module 1": /\[0, 1\](?:\.|\))/,
  "how many modules or ports there are":
    /(?:(?:module|port|stream|file|url|addresse)(?:s|Count)(?:\.length)?|frames\.length) (?:[=!]==|[<>%/*]) [24]\b|\? [24] : \w*(?:module|port|stream)/i,
  "rows or pixels": /\b(?:1024|524_?288|1_?048_?576)\b/,
};

/** What runs of a file: no comments, and of the strings only what templates compute. */
function codeOf(file: string): string {
  return readFileSync(inPackage("src", file), "utf8")
    .replace(/"[^"\n]*"/g, '""')
    .replace(/\/\*[\s\S]*?\*\/|(?<![:\w])\/\/.*/g, "");
}

test("the size of the detector is known to its layout alone", (t) => {
  const users = files.filter((file) => file !== "detector.ts" && /\bJUNGFRAU_1M\b/.test(codeOf(file)));
  t.deepEqual(users, NAME_THE_DETECTOR);
  const checked = files.filter((file) => !file.startsWith(KERNEL_SOURCE));
  for (const [what, pattern] of Object.entries(KNOWN_SIZES)) {
    const allowed = what === "rows or pixels" ? OTHER_SIZES : [];
    t.deepEqual(
      checked.filter((file) => pattern.test(codeOf(file))),
      allowed,
      what,
    );
  }
});
