import { readFileSync } from "node:fs";
import semver from "semver";
import Type, { type Static } from "typebox";
import { Errors } from "typebox/value";
import { MONITOR_API_VERSION } from "../api/index.js";
import { HostError, messageOf } from "../errors.js";

const semverRange = (description: string) => Type.String({ minLength: 1, description });

/** One registered name and what it gives. */
const provided = Type.Object({
  name: Type.String({ minLength: 1 }),
  description: Type.String(),
  returns: Type.Optional(
    Type.Object({
      dtype: Type.String({ description: "Element type, such as float32 or uint16; several separated by |." }),
      shape: Type.Array(Type.Integer({ minimum: 0 }), { description: "[] for a single value." }),
      unit: Type.Optional(Type.String()),
    }),
  ),
});

/** The one definition of a plugin manifest: schema/plugin-manifest.schema.json and {@link Manifest} come from it. */
export const manifestSchema = Type.Object(
  {
    $schema: Type.Optional(Type.String()),
    manifestVersion: Type.Literal(1),
    id: Type.String({ pattern: "^[a-z0-9][a-z0-9.-]*$", description: "Unique among a host's plugins." }),
    name: Type.String({ minLength: 1 }),
    version: Type.String({
      pattern: "^\\d+\\.\\d+\\.\\d+",
      description: "Equals the version in package.json.",
    }),
    license: Type.String(),
    main: Type.String({
      minLength: 1,
      description: "The plugin's entry, an ES module, relative to the manifest.",
    }),
    engines: Type.Object({
      node: semverRange("Versions of Node.js that the plugin runs on."),
      monitorApi: semverRange("Versions of the monitor contract that the plugin speaks."),
    }),
    provides: Type.Object({
      dataSources: Type.Array(provided),
      dataRetrievals: Type.Array(provided),
    }),
    configuration: Type.Object({}, { description: "JSON Schema of the keys that the plugin reads." }),
    requires: Type.Array(Type.String(), {
      description: "Services that the host must provide: descriptions of tokens.",
    }),
    activation: Type.Literal("by-name", {
      description: "The entry is not imported before a configuration asks for one of the provided names.",
    }),
  },
  { title: "Monitor plugin manifest" },
);

/** What a host reads before it loads a line of a plugin's code. */
export type Manifest = Static<typeof manifestSchema>;

/** The versions that a host offers. */
export interface HostVersions {
  readonly node: string;
  readonly monitorApi: string;
}

export const THIS_HOST: HostVersions = { node: process.versions.node, monitorApi: MONITOR_API_VERSION };

/**
 * Read a manifest and check that it fits this host.
 *
 * @throws {HostError} HOST_BAD_MANIFEST with every fault; HOST_INCOMPATIBLE with both versions
 */
export function readManifest(path: string, host: HostVersions = THIS_HOST): Manifest {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new HostError("HOST_BAD_MANIFEST", `Cannot read the manifest '${path}': ${messageOf(error)}`, {
      cause: error,
    });
  }
  const faults = [...Errors(manifestSchema, content)].map(
    ({ instancePath, message }) => `${instancePath || "the manifest"} ${message}`,
  );
  if (faults.length > 0) {
    throw new HostError("HOST_BAD_MANIFEST", `The manifest '${path}' is not valid: ${faults.join("; ")}`);
  }
  const manifest = content as Manifest;
  checkEngine(manifest, "node", host.node, "Node.js");
  checkEngine(manifest, "monitorApi", host.monitorApi, "the monitor contract");
  return manifest;
}

function checkEngine(manifest: Manifest, engine: keyof HostVersions, version: string, what: string): void {
  const range = manifest.engines[engine];
  if (semver.satisfies(version, range, { includePrerelease: true })) return;
  throw new HostError(
    "HOST_INCOMPATIBLE",
    `Plugin '${manifest.id}' needs ${what} ${range}, this is ${version}. Install a version that fits.`,
  );
}
