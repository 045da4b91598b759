import { readFileSync } from "node:fs";
import { COUNTERS } from "../../src/api/index.js";
import { ERROR_CODES } from "../../src/error-codes.js";
import { manifestSchema } from "../../src/host/index.js";
import { CONFIGURATION_KEYS, type ConfigurationKey, type JsonSchema } from "../../src/settings/keys.js";
import { SIMULATED_FAULTS } from "../../src/simulator/index.js";
import { everyCommandHelp, type HelpOption } from "./command-help.js";
import { compiledKernelModules } from "./compile-kernel.js";
import { configurationSchema } from "./configuration-schema.js";
import { inPackage } from "./package-root.js";

const DRAFT = "https://json-schema.org/draft/2020-12/schema";

/** Files that are made from the code: `npm run generate` writes them, a test compares. Text by path. */
export async function generatedFiles(): Promise<Map<string, string>> {
  const manifest = JSON.parse(readFileSync(inPackage("plugin.manifest.json"), "utf8"));
  return new Map([
    ["schema/configuration.schema.json", json({ $schema: DRAFT, ...configurationSchema() })],
    ["schema/plugin-manifest.schema.json", json({ $schema: DRAFT, ...manifestSchema })],
    ["plugin.manifest.json", json({ ...manifest, configuration: configurationSchema() })],
    ["docs/configuration.md", withTables("docs/configuration.md", { configuration: configurationTable() })],
    ...(await compiledKernelModules()),
    ["docs/simulated-faults.md", withTables("docs/simulated-faults.md", { faults: faultTable() })],
    ["docs/errors.md", withTables("docs/errors.md", { errors: errorTable() })],
    [
      "docs/running.md",
      withTables("docs/running.md", { ...(await optionTables()), counters: counterTable() }),
    ],
  ]);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** A document with the text between the two marks of each name replaced. */
function withTables(path: string, tables: Readonly<Record<string, string>>): string {
  let text = readFileSync(inPackage(path), "utf8");
  for (const [name, table] of Object.entries(tables)) {
    const [start, end] = [`<!-- ${name}: written by npm run generate -->`, `<!-- end of ${name} -->`];
    const from = text.indexOf(start);
    const to = text.indexOf(end);
    if (from < 0 || to < from) throw new Error(`${path} has no marks for '${name}'`);
    text = `${text.slice(0, from + start.length)}\n${table}\n${text.slice(to)}`;
  }
  return text;
}

/** The options of each command that has any, as `--help` has them. */
async function optionTables(): Promise<Record<string, string>> {
  const commands = (await everyCommandHelp()).filter(({ options }) => options.length > 0);
  return Object.fromEntries(
    commands.map(({ name, options }) => [
      `options of ${name}`,
      ["| option | what it does |", "|---|---|", ...options.map(optionRow)].join("\n"),
    ]),
  );
}

function optionRow({ flags, description }: HelpOption): string {
  const each = flags.split(", ").map((flag) => `\`${flag}\``);
  return `| ${each.join(", ")} | ${escaped(description.replaceAll("<", "&lt;"))} |`;
}

function configurationTable(): string {
  const rows = Object.values<ConfigurationKey>(CONFIGURATION_KEYS).map(
    ({ group, key, schema, description }) =>
      `| ${group} | \`${key}\` | ${escaped(valuesOf(schema))} | ${escaped(defaultOf(schema))} | ${escaped(description)} |`,
  );
  return ["| group | key | value | default | meaning |", "|---|---|---|---|---|", ...rows].join("\n");
}

/** What a key may be, as people say it. */
function valuesOf(schema: JsonSchema): string {
  const {
    type,
    enum: choices,
    items,
    properties,
    minimum,
    maximum,
    exclusiveMinimum,
  } = schema as {
    readonly type?: string;
    readonly enum?: readonly string[];
    readonly items?: JsonSchema;
    readonly properties?: JsonSchema;
    readonly minimum?: number;
    readonly maximum?: number;
    readonly exclusiveMinimum?: number;
  };
  if (choices !== undefined) return choices.join(", ");
  if (items !== undefined) return `list of ${valuesOf(items)}`;
  if (properties !== undefined) return `map of ${Object.keys(properties).join(", ")}`;
  if (minimum !== undefined)
    return `${type}, ${minimum} ${maximum === undefined ? "or more" : `to ${maximum}`}`;
  if (exclusiveMinimum !== undefined)
    return `${type} above ${exclusiveMinimum}${maximum === undefined ? "" : `, up to ${maximum}`}`;
  return type === "string" ? "text" : String(type);
}

function defaultOf({ default: value }: JsonSchema): string {
  return value === undefined ? "" : `\`${typeof value === "object" ? JSON.stringify(value) : value}\``;
}

function counterTable(): string {
  const rows = Object.entries(COUNTERS).map(([name, { counts }]) => `| \`${name}\` | ${escaped(counts)} |`);
  return ["| counter | counts |", "|---|---|", ...rows].join("\n");
}

function faultTable(): string {
  const rows = Object.entries(SIMULATED_FAULTS).map(([name, kind]) => {
    const [value, usual] =
      "value" in kind ? [kind.value.name, `\`${kind.value.format(kind.usual)}\``] : ["", ""];
    const counted = "counted" in kind ? `\`${kind.counted}\`` : "";
    return `| \`${name}\` | ${value} | ${usual} | ${escaped(kind.does)} | ${counted} |`;
  });
  return ["| fault | value | default | what happens | counted as |", "|---|---|---|---|---|", ...rows].join(
    "\n",
  );
}

function errorTable(): string {
  const rows = Object.entries(ERROR_CODES).map(
    ([code, { cause, remedy }]) => `| \`${code}\` | ${escaped(cause)} | ${escaped(remedy)} |`,
  );
  return ["| code | cause | what to do |", "|---|---|---|", ...rows].join("\n");
}

function escaped(text: string): string {
  return text.replaceAll("|", "\\|");
}
