import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import semver from "semver";
import { PLUGIN_FOLDER } from "./plugin-folder.mjs";

// A host checks with code of its own, before it trusts any of the plugin's: the schema and two version ranges say all.
// The schema's keyword `nullable` is Ajv's own, other checkers pass over it.
const schema = JSON.parse(readFileSync(`${PLUGIN_FOLDER}schema/plugin-manifest.schema.json`, "utf8"));
const isManifest = new Ajv2020({ allErrors: true }).compile(schema);

/**
 * Read a manifest and check that this host can run its plugin.
 *
 * @param offers  `versions`: what the host is, by the names of `engines`; `services`: tokens' descriptions
 * @throws every fault of its form; both versions where one does not fit; services that are not here
 */
export function readManifest(path, { versions, services }) {
  const manifest = JSON.parse(readFileSync(path, "utf8"));
  if (!isManifest(manifest)) {
    const faults = isManifest.errors.map(({ instancePath, message }) => `${instancePath || "/"} ${message}`);
    throw new Error(`${path} is broken: ${faults.join("; ")}`);
  }
  for (const [engine, version] of Object.entries(versions)) {
    const range = manifest.engines[engine];
    if (!semver.satisfies(version, range)) {
      throw new Error(`${manifest.id} needs ${engine} ${range}, this host has ${version}`);
    }
  }
  const missing = manifest.requires.filter((name) => !services.includes(name));
  if (missing.length > 0)
    throw new Error(`${manifest.id} needs ${missing.join(", ")}, which this host has not`);
  return manifest;
}
