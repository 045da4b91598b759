import { readFileSync } from "node:fs";
import { CONFIGURATION_KEYS, configurationSchema } from "../../src/configuration/index.js";
import { ERROR_CODES } from "../../src/error-codes.js";
import { manifestSchema } from "../../src/host/index.js";
import { compiledKernelModule } from "./compile-kernel.js";
import { inPackage } from "./package-root.js";

const DRAFT = "https://json-schema.org/draft/2020-12/schema";

/** Files that are made from the code: `npm run generate` writes them, a test compares. Text by path. */
export async function generatedFiles(): Promise<Map<string, string>> {
  const manifest = JSON.parse(readFileSync(inPackage("plugin.manifest.json"), "utf8"));
  return new Map([
    ["schema/configuration.schema.json", json({ $schema: DRAFT, ...configurationSchema() })],
    ["schema/plugin-manifest.schema.json", json({ $schema: DRAFT, ...manifestSchema })],
    ["plugin.manifest.json", json({ ...manifest, configuration: configurationSchema() })],
    ["README.md", withTable("README.md", "configuration", configurationTable())],
    ["src/calibration/kernel/kernel-module.ts", await compiledKernelModule()],
    ["docs/errors.md", withTable("docs/errors.md", "errors", errorTable())],
  ]);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** A document with the text between its two marks for `name` replaced. */
function withTable(path: string, name: string, table: string): string {
  const [start, end] = [`<!-- ${name}: written by npm run generate -->`, `<!-- end of ${name} -->`];
  const text = readFileSync(inPackage(path), "utf8");
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${path} has no marks for '${name}'`);
  return `${text.slice(0, from + start.length)}\n${table}\n${text.slice(to)}`;
}

function configurationTable(): string {
  const rows = CONFIGURATION_KEYS.map(
    ({ group, key, description }) => `| ${group} | \`${key}\` | ${escaped(description)} |`,
  );
  return ["| group | key | meaning |", "|---|---|---|", ...rows].join("\n");
}

function errorTable(): string {
  const rows = Object.entries(ERROR_CODES).map(
    ([code, { cause, mend }]) => `| \`${code}\` | ${escaped(cause)} | ${escaped(mend)} |`,
  );
  return ["| code | cause | mend |", "|---|---|---|", ...rows].join("\n");
}

function escaped(text: string): string {
  return text.replaceAll("|", "\\|");
}
