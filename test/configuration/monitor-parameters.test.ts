import { mkdir, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { readMonitorParameters } from "../../src/configuration/index.js";
import { faultsOf, isMonitorError } from "../../src/errors.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { parametersOf } from "../helpers/fakes.js";
import { irregularFiles } from "../helpers/irregular-files.js";

test("looks parameters up with type, default and place", (t) => {
  const parameters = parametersOf(
    "om:\n  plugins: [a, b]\n\ncalibration:\n  photon_energy_kev: 12.4\n  name: x\n",
  );
  t.is(
    parameters.getParameter({
      group: "calibration",
      parameter: "photon_energy_kev",
      parameterType: "number",
    }),
    12.4,
  );
  t.deepEqual(parameters.getParameter({ group: "om", parameter: "plugins", parameterType: "string[]" }), [
    "a",
    "b",
  ]);
  t.is(parameters.getParameter({ group: "om", parameter: "no", parameterType: "string" }), undefined);
  t.is(
    parameters.getParameter({ group: "none", parameter: "no", parameterType: "string", default: "x" }),
    "x",
  );
  t.deepEqual(parameters.getParameterGroup({ group: "calibration" }), { photon_energy_kev: 12.4, name: "x" });
  t.deepEqual(parameters.getParameterGroup({ group: "none" }), {});
  t.is(parameters.locate({ group: "calibration", parameter: "name" }), "monitor.yaml:6: calibration.name");
  t.is(
    parameters.locate({ group: "calibration", parameter: "absent" }),
    "monitor.yaml:4: calibration.absent",
  );
  t.is(parameters.locate({ group: "none", parameter: "absent" }), "monitor.yaml: none.absent");
});

test("relative file names refer to the configuration's folder", (t) => {
  const parameters = parametersOf("om: {}");
  t.is(parameters.resolvePath("dark.h5"), "/beamline/dark.h5");
  t.is(parameters.resolvePath("/data/dark.h5"), "/data/dark.h5");
});

for (const [text, value] of [
  ["yes", true],
  ["no", false],
  ["on", true],
  ["Off", false],
  ["true", true],
  ["FALSE", false],
] as const) {
  test(`${text} is a boolean, as in OM`, (t) => {
    t.is(
      parametersOf(`g: {k: ${text}}`).getParameter({ group: "g", parameter: "k", parameterType: "boolean" }),
      value,
    );
  });
}

for (const [text, value] of [
  ["1e3", 1000],
  ["1.5e-3", 0.0015],
  ["12", 12],
  [".nan", Number.NaN],
  ["-.inf", Number.NEGATIVE_INFINITY],
  ["0x10", 16],
] as const) {
  test(`${text} is a number`, (t) => {
    t.is(
      parametersOf(`g: {k: ${text}}`).getParameter({ group: "g", parameter: "k", parameterType: "number" }),
      value,
    );
  });
}

test("a key or a group without a value counts as absent", (t) => {
  const parameters = parametersOf("a:\nb:\n  k:\n");
  t.is(parameters.getParameter({ group: "b", parameter: "k", parameterType: "string", default: "x" }), "x");
  t.deepEqual(parameters.getParameterGroup({ group: "a" }), {});
  t.throws(
    () => parameters.getParameter({ group: "b", parameter: "k", parameterType: "string", required: true }),
    {
      code: "CONFIGURATION_MISSING_KEY",
      message: "monitor.yaml:3: b.k is missing. Add it: a string is needed.",
    },
  );
});

test("y and n are texts, as in OM", (t) => {
  t.deepEqual(
    parametersOf("g: {k: [y, n, Y, N]}").getParameter({
      group: "g",
      parameter: "k",
      parameterType: "string[]",
    }),
    ["y", "n", "Y", "N"],
  );
});

const wrongTypes: [string, "boolean" | "number" | "string" | "string[]" | "number[]", string][] = [
  [
    "'12.4'",
    "number",
    "monitor.yaml:2: g.k is the string '12.4'. Write a number such as 12.4 (or .nan, with its dot), without quotes or unit.",
  ],
  ["12.4", "string", "monitor.yaml:2: g.k is the number 12.4. Write text."],
  ["1", "boolean", "monitor.yaml:2: g.k is the number 1. Write true or false."],
  ["text", "string[]", "monitor.yaml:2: g.k is the string 'text'. Write a list of texts: [first, second]."],
  [
    "[a, 5]",
    "string[]",
    "monitor.yaml:2: g.k is a list that holds the number 5. Write a list of texts: [first, second].",
  ],
  [
    "[400, a]",
    "number[]",
    "monitor.yaml:2: g.k is a list that holds the string 'a'. Write a list of numbers: [400, 500].",
  ],
  [
    "{a: 1}",
    "number",
    "monitor.yaml:2: g.k is a map. Write a number such as 12.4 (or .nan, with its dot), without quotes or unit.",
  ],
  [
    "[a]",
    "number",
    "monitor.yaml:2: g.k is a list. Write a number such as 12.4 (or .nan, with its dot), without quotes or unit.",
  ],
  ["2026-01-02", "string", "monitor.yaml:2: g.k is the date 2026-01-02T00:00:00.000Z. Write text."],
];
for (const [text, parameterType, message] of wrongTypes) {
  test(`${text} is no ${parameterType}`, (t) => {
    const parameters = parametersOf(`g:\n  k: ${text}\n`);
    t.throws(() => parameters.getParameter({ group: "g", parameter: "k", parameterType }), {
      code: "CONFIGURATION_WRONG_TYPE",
      message,
    });
  });
}

const badTexts: [string, string, string, RegExp][] = [
  ["nothing", "", "CONFIGURATION_EMPTY", /^monitor\.yaml is empty/],
  ["only a comment", "# nothing\n", "CONFIGURATION_EMPTY", /^monitor\.yaml is empty/],
  ["a tab", "om:\n\tplugins: []\n", "CONFIGURATION_SYNTAX", /^monitor\.yaml:2: .*tab/],
  ["a key twice", "om:\n  a: 1\n  a: 2\n", "CONFIGURATION_SYNTAX", /^monitor\.yaml:3: .*duplicated/],
  ["an open bracket", "om:\n  a: [1\n", "CONFIGURATION_SYNTAX", /^monitor\.yaml:3: /],
  ["two documents", "a: {}\n---\nb: {}\n", "CONFIGURATION_SYNTAX", /^monitor\.yaml: .*single document/],
  [
    "a variable in a list",
    `c:\n  f: [\${DATA}/a.h5]\n`,
    "CONFIGURATION_SYNTAX",
    /^monitor\.yaml:2: .*\. Variables such as \$\{DATA\} are not expanded: write the value itself\.$/,
  ],
  ["a Python object", "a: !!python/object:os.x {}\n", "CONFIGURATION_SYNTAX", /^monitor\.yaml:1: .*unknown/],
  ["a list", "- om\n", "CONFIGURATION_NOT_A_MAP", /^monitor\.yaml:1: the file is a list/],
  ["a single text", "hello\n", "CONFIGURATION_NOT_A_MAP", /^monitor\.yaml:1: the file is the string 'hello'/],
  ["a list for a group", "om:\n  - a\n", "CONFIGURATION_NOT_A_MAP", /^monitor\.yaml:1: group 'om' is a list/],
  [
    "a value for a group",
    "a: {}\nom: 5\n",
    "CONFIGURATION_NOT_A_MAP",
    /^monitor\.yaml:2: group 'om' is the number 5/,
  ],
];
for (const [what, text, code, message] of badTexts) {
  test(`a file that holds ${what}`, (t) => {
    t.throws(() => parametersOf(text), { code, message });
  });
}

test("every group that is no map is told", (t) => {
  const error = t.throws(() => parametersOf("a: 1\nb: {}\nc: [2]\n"));
  t.true(isMonitorError(error));
  t.is(isMonitorError(error) ? faultsOf(error).length : 0, 2);
});

const paths: [string, string][] = [
  ["dark.h5", "/beamline/dark.h5"],
  ["~/dark.h5", join(homedir(), "dark.h5")],
  ["~", homedir()],
  ["~old/dark.h5", "/beamline/~old/dark.h5"],
  ["data/~/dark.h5", "/beamline/data/~/dark.h5"],
  ["./~/dark.h5", "/beamline/~/dark.h5"],
  ["cost-$5/dark.h5", "/beamline/cost-$5/dark.h5"],
  ["/data/$run/dark.h5", "/data/$run/dark.h5"],
];
for (const [filename, path] of paths) {
  test(`the path of '${filename}' is ${path}`, (t) => {
    t.is(parametersOf("a: {}").resolvePath(filename, { group: "g", parameter: "k" }), path);
  });
}

for (const [filename, variable] of [
  [`\${DATA}/dark.h5`, `\${DATA}`],
  [`/data/run-\${RUN:-1}.h5`, `\${RUN:-1}`],
  ["$HOME/dark.h5", "$HOME"],
] as const) {
  test(`a path with a variable is refused: ${filename}`, (t) => {
    const parameters = parametersOf(`g:\n  k: ${filename}\n`);
    t.throws(() => parameters.resolvePath(filename, { group: "g", parameter: "k" }), {
      code: "CONFIGURATION_BAD_VALUE",
      message:
        `monitor.yaml:2: g.k has the path '${filename}', but variables such as ${variable} are not expanded. Write the ` +
        "path itself; a leading ~/ is the home folder, and relative paths refer to the configuration's folder.",
    });
  });
}

test("aliases and merge keys do not shift the lines", (t) => {
  const parameters = parametersOf("base: &b\n  k: [1, {x: 2}]\nom:\n  <<: *b\n  plugins: *b\n  last: 5\n");
  t.is(parameters.locate({ group: "om", parameter: "last" }), "monitor.yaml:6: om.last");
});

test("a file that cannot be read", async (t) => {
  const folder = await temporaryFolder(t);
  const none = join(folder, "none.yaml");
  const code = "CONFIGURATION_NOT_READABLE";
  t.throws(() => readMonitorParameters(none), {
    code,
    message:
      `Cannot read the configuration '${none}': ${folder} has no file of that name. Copy monitor.yaml.example of the ` +
      "package om-jungfrau-zmq to it, or give the path of another file with -c.",
  });
  t.throws(() => readMonitorParameters("none.yaml"), {
    code,
    message: new RegExp(
      `^Cannot read the configuration 'none\\.yaml': ${process.cwd()} has no file of that name\\.`,
    ),
  });
  const other = join(folder, "other");
  t.throws(() => readMonitorParameters(join(other, "none.yaml")), {
    code,
    message: new RegExp(`: there is no folder ${other}\\. .* with -c\\.$`),
  });
  await mkdir(join(folder, "folder.yaml"));
  t.throws(() => readMonitorParameters(join(folder, "folder.yaml")), {
    code,
    message:
      /folder\.yaml': it is a folder\. Give the path of a YAML file with -c, such as '.*folder\.yaml\/monitor\.yaml'\.$/,
  });
  for (const [kind, path] of await irregularFiles(t)) {
    if (kind === "a folder") continue;
    t.throws(() => readMonitorParameters(path), {
      code,
      message: `Cannot read the configuration '${path}': it is ${kind}, not a regular file. Give the path of a YAML file with -c.`,
    });
  }
  await writeFile(join(folder, "large.yaml"), `om: {}\n${"#".repeat(300_000)}`);
  t.throws(() => readMonitorParameters(join(folder, "large.yaml")), {
    code,
    message: /it holds more than 262144 bytes\. Give the path of a YAML file with -c\.$/,
  });
  await writeFile(join(folder, "good.yaml"), "om: {}");
  t.notThrows(() => readMonitorParameters(join(folder, "good.yaml")));
});

const NESTED = `${"[".repeat(25)}${"]".repeat(25)}`;
const REPEATED = Array.from(
  { length: 9 },
  (_, index) => `  k${index + 1}: &k${index + 1} [${`*k${index}, `.repeat(9)}]\n`,
);
const UNBOUNDED: readonly (readonly [what: string, yaml: string, message: string])[] = [
  ["that is a part of itself", "om: &om {plugins: *om}\n", "an alias (*name) refers to what it is a part of"],
  [
    "with a list in itself",
    "om:\n  plugins: &list [a, *list]\n",
    "an alias (*name) refers to what it is a part of",
  ],
  [
    "whose aliases repeat aliases",
    `om:\n  k0: &k0 [1]\n${REPEATED.join("")}`,
    "it holds more than 50000 values, those of aliases (*name) included",
  ],
  ["that is deep", `om: {plugins: ${NESTED}}\n`, "its maps and lists are more than 20 deep"],
];
for (const [what, yaml, message] of UNBOUNDED) {
  test(`a file ${what} is refused`, (t) => {
    t.throws(() => parametersOf(yaml), {
      code: "CONFIGURATION_SYNTAX",
      message: `monitor.yaml: ${message}. Write the values themselves where they are needed, and only those.`,
    });
  });
}

test("an alias that repeats a value is read", (t) => {
  const parameters = parametersOf("om:\n  plugins: &list [a]\n  others: *list\n");
  t.deepEqual(parameters.getParameterGroup({ group: "om" }), { plugins: ["a"], others: ["a"] });
});
