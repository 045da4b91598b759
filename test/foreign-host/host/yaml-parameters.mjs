import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { load } from "js-yaml";

/** This mark makes an error one that the plugin reports together with its own. */
const MONITOR_ERROR = Symbol.for("om-monitor/MonitorError");

const IS_OF_TYPE = {
  boolean: (value) => typeof value === "boolean",
  number: (value) => typeof value === "number",
  string: (value) => typeof value === "string",
  "string[]": (value) => Array.isArray(value) && value.every((item) => typeof item === "string"),
  "number[]": (value) => Array.isArray(value) && value.every((item) => typeof item === "number"),
  map: (value) => typeof value === "object" && !Array.isArray(value),
};

/** The contract's MonitorParameters, as briefly as it can be done. */
export class YamlParameters {
  #path;
  #groups;

  constructor(path) {
    this.#path = path;
    this.#groups = load(readFileSync(path, "utf8"));
  }

  getParameterGroup({ group }) {
    return this.#groups[group] ?? {};
  }

  getParameter({ group, parameter, parameterType, required, default: defaultValue }) {
    const value = this.getParameterGroup({ group })[parameter] ?? undefined;
    const place = this.locate({ group, parameter });
    if (value === undefined) {
      if (required) throw fault("CONFIGURATION_MISSING_KEY", `${place} is missing`);
      return defaultValue;
    }
    if (!IS_OF_TYPE[parameterType](value)) {
      throw fault("CONFIGURATION_WRONG_TYPE", `${place} is not of type ${parameterType}`);
    }
    return value;
  }

  locate({ group, parameter }) {
    return `${this.#path}: ${group}.${parameter}`;
  }

  resolvePath(filename) {
    return resolve(dirname(this.#path), filename);
  }
}

function fault(code, message) {
  return Object.assign(new Error(message), { code, [MONITOR_ERROR]: true });
}
