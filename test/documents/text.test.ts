import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "ava";
import { ERROR_CODES } from "../../src/error-codes.js";
import { zeroCounters } from "../../src/events/counters.js";
import { CONFIGURATION_KEYS, type ConfigurationKey } from "../../src/settings/keys.js";
import { type CommandHelp, everyCommandHelp } from "../helpers/command-help.js";
import { DOCUMENTS } from "../helpers/documents.js";
import { inPackage } from "../helpers/package-root.js";

const { scripts } = JSON.parse(readFileSync(inPackage("package.json"), "utf8"));
const commands = new Map((await everyCommandHelp()).map((help) => [help.name, help]));
const longOptions = ({ options }: CommandHelp) =>
  options.flatMap(({ flags }) => flags.match(/--[\w-]+/g) ?? []);
/** Commands of npm itself; any other is a script of package.json. */
const COMMANDS_OF_NPM = ["ci", "cit", "install", "publish", "sbom", "version"];
const keys: readonly ConfigurationKey[] = Object.values(CONFIGURATION_KEYS);
const running = DOCUMENTS.find(({ path }) => path === "docs/running.md");

/** Names of a document's headings, as links have them. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    (heading as string)
      .toLowerCase()
      .replaceAll(/[^\w -]/g, "")
      .replaceAll(" ", "-"),
  );
}

test("links of the documents lead somewhere", (t) => {
  const links = DOCUMENTS.flatMap(({ path, prose }) =>
    [...prose.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => ({ path, link: link as string })),
  );
  t.true(links.length > 30);
  for (const { path, link } of links) {
    const [file, anchor] = link.split("#") as [string, string?];
    const target = inPackage(file === "" ? path : join(dirname(path), file));
    t.true(existsSync(target), `${path}: ${link}`);
    if (anchor !== undefined)
      t.true(anchorsOf(readFileSync(target, "utf8")).includes(anchor), `${path}: ${link}`);
  }
});

test("commands, options, scripts, files and codes in the text exist", (t) => {
  const codes = DOCUMENTS.flatMap(({ path, prose }) =>
    [...prose.matchAll(/`([^`]+)`/g)].map(([, code]) => ({
      code: code as string,
      where: `${path}: ${code}`,
    })),
  );
  t.true(codes.length > 300);
  for (const { code, where } of codes) {
    const [, name, args = ""] = /^(?:npx )?om-jungfrau ([a-z]+)(.*)$/.exec(code) ?? [];
    const known = name === undefined ? [...commands.values()] : [commands.get(name)];
    for (const help of known) t.truthy(help, where);
    const options = /^--[a-z]/.test(code) ? code : args;
    for (const [option] of options.matchAll(/--[\w-]+\w/g)) {
      if (option !== "--help")
        t.true(
          known.some((help) => help && longOptions(help).includes(option)),
          where,
        );
    }
    const [, script] = /^npm (?:run )?([\w:-]+)/.exec(code) ?? [];
    if (script !== undefined && !COMMANDS_OF_NPM.includes(script)) t.truthy(scripts[script], where);
    if (/^(?:src|test|schema|docs|\.ci)\/\S+$/.test(code)) t.true(existsSync(inPackage(code)), where);
    if (/^(?:CONFIGURATION|STREAM|SECURITY|CALIBRATION|HOST|RECEIVER|SIMULATOR|MANY)_[A-Z_]+$/.test(code))
      t.true(code in ERROR_CODES, where);
  }
});

test("defaults beside OM's are those of the schema", (t) => {
  const text = DOCUMENTS.find(({ path }) => path === "docs/differences-from-om.md")?.text ?? "";
  const [, section = ""] = /^## Defaults\n([\s\S]*?)^## /m.exec(text) ?? [];
  const defaults = [...section.matchAll(/`([\w<>]+): ([^`]+)`/g)];
  t.true(defaults.length >= 4);
  for (const [all, key, value] of defaults) {
    const found = keys.find((one) => one.key === key);
    t.is(String(found?.schema.default), value as string, all);
  }
});

test("each command has a section that tells its options", (t) => {
  t.true(commands.size >= 6);
  for (const { name, options } of commands.values()) {
    const [, section = ""] =
      new RegExp(`^## ${name}\\n([\\s\\S]*?)(?=^## |(?![\\s\\S]))`, "m").exec(running?.text ?? "") ?? [];
    t.true(section.length > 0, name);
    for (const { flags } of options)
      for (const flag of flags.split(", ")) t.true(section.includes(`\`${flag}\``), `${name} ${flag}`);
  }
});

test("each counter is explained", (t) => {
  const names = Object.keys(zeroCounters()).map((name) =>
    name.replaceAll(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
  );
  t.true(names.length > 10);
  for (const name of names) t.regex(running?.text ?? "", new RegExp(`^\\|.*\`${name}\`.*\\|`, "m"));
});

test("the README takes five minutes", (t) => {
  t.true((DOCUMENTS[0]?.text.split(/\s+/).length ?? Number.NaN) <= 1200);
});

test("each key of the example configuration has its explanation in the line above", (t) => {
  const names = new Set(keys.map(({ key }) => key.replace("<name>", "detector")));
  const sharing = ["curve_key_file", "fallback_detector_distance", "raw_calibration"]; // with the key before
  const keyOf = (line = "") => /^ {2}(?:# )?(\w+):/.exec(line)?.[1] ?? "";
  const lines = readFileSync(inPackage("monitor.yaml.example"), "utf8").split("\n");
  const shown = [...lines.entries()].filter(([, line]) => names.has(keyOf(line)));
  t.true(shown.length >= 20);
  for (const [index, line] of shown) {
    const above = lines[index - (sharing.includes(keyOf(line)) ? 2 : 1)] ?? "";
    t.true(/^ {2}# \S/.test(above) && !names.has(keyOf(above)), line);
  }
});
