import { Ajv2020, type JSONSchemaType } from "ajv/dist/2020.js";
// Not the whole package, which has 50 files.
import satisfies from "semver/functions/satisfies.js";
import { HostError, messageOf } from "../errors.js";
import { readTextFile } from "../files/index.js";

/** This plugin's manifest has 20 kB. */
const MAX_BYTES = 2 ** 20;

/** One registered name, and what it returns. */
interface Provided {
  readonly name: string;
  readonly description: string;
  readonly returns?: {
    readonly dtype: string;
    readonly shape: readonly number[];
    readonly unit?: string;
  };
}

/** The manifest, which a host reads before it loads any code of a plugin. */
export interface Manifest {
  readonly $schema?: string;
  readonly manifestVersion: number;
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly main: string;
  readonly engines: { readonly node: string; readonly monitorApi: string };
  readonly provides: {
    readonly dataSources: readonly Provided[];
    readonly dataRetrievals: readonly Provided[];
  };
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly requires: readonly string[];
}

const text = (description: string) => ({ type: "string", minLength: 1, description }) as const;

const provided: JSONSchemaType<Provided> = {
  type: "object",
  required: ["name", "description"],
  properties: {
    name: text("The name that a configuration or a host uses."),
    description: { type: "string" },
    returns: {
      type: "object",
      nullable: true,
      required: ["dtype", "shape"],
      properties: {
        dtype: text("Element type, such as float32 or uint16; several separated by |."),
        shape: {
          type: "array",
          items: { type: "integer", minimum: 0 },
          description: "[] for a single value.",
        },
        unit: { type: "string", nullable: true, description: "Several separated by |." },
      },
    },
  },
};

/**
 * The schema of a manifest. The compiler checks it against {@link Manifest}; schema/plugin-manifest.schema.json is
 * generated from it.
 */
export const manifestSchema: JSONSchemaType<Manifest> = {
  title: "Monitor plugin manifest",
  type: "object",
  required: [
    "manifestVersion",
    "id",
    "name",
    "version",
    "license",
    "main",
    "engines",
    "provides",
    "configuration",
    "requires",
  ],
  properties: {
    $schema: { type: "string", nullable: true },
    manifestVersion: { type: "integer", const: 2 },
    id: { type: "string", pattern: "^[a-z0-9][a-z0-9.-]*$", description: "Unique among a host's plugins." },
    name: text("For people."),
    version: {
      type: "string",
      pattern: "^\\d+\\.\\d+\\.\\d+",
      description: "Equals the version in package.json.",
    },
    license: text("SPDX identifier."),
    main: text(
      "The plugin's entry, an ES module, relative to the manifest. It is not imported before the first data retrieval or data source is built.",
    ),
    engines: {
      type: "object",
      required: ["node", "monitorApi"],
      properties: {
        node: text("Versions of Node.js that the plugin runs on: a semver range."),
        monitorApi: text("Versions of the monitor contract that the plugin supports: a semver range."),
      },
    },
    provides: {
      type: "object",
      required: ["dataSources", "dataRetrievals"],
      properties: {
        dataSources: { type: "array", items: provided },
        dataRetrievals: { type: "array", items: provided },
      },
    },
    configuration: {
      type: "object",
      required: [],
      description: "JSON Schema of the keys that the plugin reads.",
    },
    requires: {
      type: "array",
      items: { type: "string" },
      description: "Services that the host must provide: descriptions of tokens.",
    },
  },
};

/** The versions that a host offers. */
export interface HostVersions {
  readonly node: string;
  readonly monitorApi: string;
}

/**
 * Read a manifest and check that it fits this host.
 *
 * @throws {HostError} HOST_BAD_MANIFEST with every fault; HOST_INCOMPATIBLE with both versions
 */
export function readManifest(path: string, host: HostVersions): Manifest {
  let content: unknown;
  try {
    content = JSON.parse(readTextFile(path, MAX_BYTES).text);
  } catch (error) {
    throw new HostError(
      "HOST_BAD_MANIFEST",
      `Cannot read the manifest '${path}': ${messageOf(error)}. Check om.plugins; its paths refer to the ` +
        "configuration's folder.",
      { cause: error },
    );
  }
  // Tests validate the schema; at every start that would take 0.1 s.
  const isManifest = new Ajv2020({ allErrors: true, validateSchema: false, meta: false }).compile(
    manifestSchema,
  );
  if (!isManifest(content)) {
    const faults = (isManifest.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${instancePath || "the manifest"} ${message}${"allowedValue" in params ? ` ${params.allowedValue}` : ""}`,
    );
    throw new HostError(
      "HOST_BAD_MANIFEST",
      `The manifest '${path}' is not valid: ${faults.join("; ")}. Correct these fields.`,
    );
  }
  const manifest = content;
  checkEngine(manifest, "node", host.node, "Node.js");
  checkEngine(manifest, "monitorApi", host.monitorApi, "the monitor contract");
  return manifest;
}

function checkEngine(manifest: Manifest, engine: keyof HostVersions, version: string, what: string): void {
  const range = manifest.engines[engine];
  if (satisfies(version, range, { includePrerelease: true })) return;
  throw new HostError(
    "HOST_INCOMPATIBLE",
    `Plugin '${manifest.id}' needs ${what} ${range}, this is ${version}. Install a version that fits.`,
  );
}
