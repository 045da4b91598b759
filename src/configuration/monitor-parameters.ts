import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import type {
  MonitorParameters,
  ParameterAddress,
  ParameterQuery,
  ParameterTypeName,
  ParameterTypes,
} from "../api/index.js";
import { ConfigurationError, FaultCollector, messageOf } from "../errors.js";
import { NotRegularFileError, readTextFile } from "../files/index.js";
import { parseYaml } from "./yaml.js";

/** A shell's variable in a path: `${DATA}` anywhere, or `$HOME` in front. A `$` elsewhere may be part of a name. */
const VARIABLE = /\$\{[^}]*\}?|^\$\w+(?=\/)/;
/** The home folder; not that of another user, `~name`. */
const LEADING_TILDE = /^~(?=\/|$)/;

/** The longest configurations have some hundred lines. */
const MAX_BYTES = 2 ** 18;

type Group = Readonly<Record<string, unknown>>;

/**
 * A monitor's configuration, read from YAML.
 *
 * It records which keys were looked up, so that a misspelt key can be distinguished from an unneeded one.
 */
export class YamlMonitorParameters implements MonitorParameters {
  readonly #path: string;
  readonly #groups: ReadonlyMap<string, Group>;
  readonly #keyLines: ReadonlyMap<string, number>;
  readonly #lookedUp = new Map<string, ParameterAddress>();
  readonly #overrides = new Map<string, { readonly value: unknown; readonly place: string }>();

  /**
   * @param source  the YAML text
   * @param path    path of the file: for messages and relative file names
   * @throws {ConfigurationError} CONFIGURATION_EMPTY, CONFIGURATION_SYNTAX, CONFIGURATION_NOT_A_MAP
   */
  constructor(source: string, path: string) {
    this.#path = path;
    const { content, keyLines } = parseYaml(source, basename(path));
    this.#keyLines = keyLines;
    const faults = new FaultCollector();
    this.#groups = new Map(
      Object.entries(this.#map(content, undefined)).map(([name, group]) => [
        name,
        faults.attempt(() => this.#map(group, name)) ?? {},
      ]),
    );
    faults.throwIfAny();
  }

  /**
   * Override a value of the file.
   *
   * @param place  origin of the new value, such as an option's name: for messages
   */
  override({ group, parameter }: ParameterAddress, value: unknown, place: string): void {
    this.#overrides.set(`${group}\n${parameter}`, { value, place });
  }

  getParameterGroup({ group }: { group: string }): Group {
    return this.#groups.get(group) ?? {};
  }

  getParameter<N extends ParameterTypeName>(
    query: ParameterQuery<N> & ({ readonly required: true } | { readonly default: ParameterTypes[N] }),
  ): ParameterTypes[N];
  getParameter<N extends ParameterTypeName>(query: ParameterQuery<N>): ParameterTypes[N] | undefined;
  getParameter<N extends ParameterTypeName>(query: ParameterQuery<N>): ParameterTypes[N] | undefined {
    const { group, parameter, parameterType } = query;
    this.#lookedUp.set(`${group}\n${parameter}`, { group, parameter });
    const override = this.#overrides.get(`${group}\n${parameter}`);
    const value = override?.value ?? this.getParameterGroup({ group })[parameter] ?? undefined;
    if (value === undefined) {
      if (query.default !== undefined || !query.required) return query.default;
      throw new ConfigurationError(
        "CONFIGURATION_MISSING_KEY",
        `${this.locate(query)} is missing. Add it: a ${parameterType} is needed.`,
      );
    }
    if (!IS_OF_TYPE[parameterType](value)) {
      throw new ConfigurationError(
        "CONFIGURATION_WRONG_TYPE",
        `${this.locate(query)} is ${describe(value, parameterType)}. Write ${EXAMPLE[parameterType]}.`,
      );
    }
    return value as ParameterTypes[N];
  }

  locate({ group, parameter }: ParameterAddress): string {
    const override = this.#overrides.get(`${group}\n${parameter}`);
    if (override !== undefined) return override.place;
    const line = this.#keyLines.get(`${group}\n${parameter}`) ?? this.#keyLines.get(group);
    return `${this.#where(line)}: ${group}.${parameter}`;
  }

  resolvePath(filename: string, address?: ParameterAddress): string {
    const [variable] = VARIABLE.exec(filename) ?? [];
    if (variable !== undefined) {
      throw new ConfigurationError(
        "CONFIGURATION_BAD_VALUE",
        `${address === undefined ? basename(this.#path) : this.locate(address)} has the path '${filename}', but variables ` +
          `such as ${variable} are not expanded. Write the path itself; a leading ~/ is the home folder, and relative ` +
          "paths refer to the configuration's folder.",
      );
    }
    return resolve(
      dirname(this.#path),
      filename.replace(LEADING_TILDE, () => homedir()),
    );
  }

  groupNames(): readonly string[] {
    return [...this.#groups.keys()];
  }

  /** The place of a group, for an error message. */
  locateGroup(group: string): string {
    return `${this.#where(this.#keyLines.get(group))}: group '${group}'`;
  }

  /** The keys that were looked up so far, present or not. */
  lookedUpParameters(): readonly ParameterAddress[] {
    return [...this.#lookedUp.values()];
  }

  #where(line: number | undefined): string {
    return line === undefined ? basename(this.#path) : `${basename(this.#path)}:${line}`;
  }

  /** A group, or the file itself (`name` undefined), must be a map. An empty group (`group:`) is one. */
  #map(value: unknown, name: string | undefined): Group {
    if (value === null && name !== undefined) return {};
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Group;
    const what = name === undefined ? "the file" : `group '${name}'`;
    throw new ConfigurationError(
      "CONFIGURATION_NOT_A_MAP",
      `${this.#where(name === undefined ? 1 : this.#keyLines.get(name))}: ${what} is ${describe(value)}. ` +
        `Write ${name === undefined ? "groups" : "its parameters"} as 'key: value' lines.`,
    );
  }
}

/**
 * Read a monitor's configuration file.
 *
 * @throws {ConfigurationError} CONFIGURATION_NOT_READABLE, and those of {@link YamlMonitorParameters}
 */
export function readMonitorParameters(path: string): YamlMonitorParameters {
  let source: string;
  try {
    source = readTextFile(path, MAX_BYTES).text;
  } catch (error) {
    throw new ConfigurationError(
      "CONFIGURATION_NOT_READABLE",
      `Cannot read the configuration '${path}': ${whyUnreadable(path, error)}`,
      { cause: error },
    );
  }
  return new YamlMonitorParameters(source, path);
}

/** Why a configuration cannot be read, and what to do: the end of an error message. */
function whyUnreadable(path: string, error: unknown): string {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") {
    const folder = dirname(resolve(path));
    const reason = existsSync(folder) ? `${folder} has no file of that name` : `there is no folder ${folder}`;
    return (
      `${reason}. Copy monitor.yaml.example of the package om-jungfrau-zmq to it, or give the path of another file ` +
      "with -c."
    );
  }
  if (error instanceof NotRegularFileError && error.isFolder)
    return `it is a folder. Give the path of a YAML file with -c, such as '${join(path, "monitor.yaml")}'.`;
  return `${messageOf(error)}. Give the path of a YAML file with -c.`;
}

const IS_OF_TYPE: { readonly [N in ParameterTypeName]: (value: unknown) => boolean } = {
  boolean: (value) => typeof value === "boolean",
  number: (value) => typeof value === "number",
  string: (value) => typeof value === "string",
  "string[]": (value) => Array.isArray(value) && value.every((item) => typeof item === "string"),
  "number[]": (value) => Array.isArray(value) && value.every((item) => typeof item === "number"),
  map: (value) =>
    typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date),
};

const EXAMPLE: { readonly [N in ParameterTypeName]: string } = {
  boolean: "true or false",
  number: "a number such as 12.4 (or .nan, with its dot), without quotes or unit",
  string: "text",
  "string[]": "a list of texts: [first, second]",
  "number[]": "a list of numbers: [400, 500]",
  map: "a map: {key: value}",
};

function describe(value: unknown, parameterType?: ParameterTypeName): string {
  if (Array.isArray(value)) {
    const itemType = parameterType === "number[]" ? "number" : "string";
    const odd = value.find((item) => typeof item !== itemType);
    return odd === undefined ? "a list" : `a list that holds ${describe(odd)}`;
  }
  if (value === null) return "empty";
  if (value instanceof Date) return `the date ${value.toISOString()}`;
  if (typeof value === "object") return "a map";
  return `the ${typeof value} ${typeof value === "string" ? `'${value}'` : String(value)}`;
}
