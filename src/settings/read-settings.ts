import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import type { MonitorParameters, ParameterAddress, ParameterTypeName } from "../api/index.js";
import { ConfigurationError, FaultCollector } from "../errors.js";
import { addressOf, type ConfigurationKey, dotted, type JsonSchema } from "./keys.js";

/** The type of values that a schema allows. */
type ValueOf<S> = S extends { readonly enum: readonly (infer Choice)[] }
  ? Choice
  : S extends { readonly type: "boolean" }
    ? boolean
    : S extends { readonly type: "number" | "integer" }
      ? number
      : S extends { readonly type: "string" }
        ? string
        : S extends { readonly type: "array"; readonly items: infer Item }
          ? readonly ValueOf<Item>[]
          : S extends { readonly properties: infer Properties }
            ? { readonly [Name in keyof Properties]: ValueOf<Properties[Name]> }
            : S extends { readonly additionalProperties: infer Value }
              ? Readonly<Record<string, ValueOf<Value>>>
              : never;

/** The value of a key: undefined only where it is neither required nor has a default. */
type Setting<K extends ConfigurationKey> = K extends
  | { readonly isRequired: true }
  | { readonly schema: { readonly default: unknown } }
  ? ValueOf<K["schema"]>
  : ValueOf<K["schema"]> | undefined;

type Keys = Readonly<Record<string, ConfigurationKey>>;

/** Values of keys, by the reader's names for them. */
type Settings<T extends Keys> = { readonly [Name in keyof T]: Setting<T[Name]> };

// In YAML, NaN and infinity are numbers; limits refuse them. The schemas are this package's own, and its tests validate
// them; at every start that would take 0.2 s.
const ajv = new Ajv2020({
  allErrors: true,
  strictNumbers: false,
  useDefaults: true,
  verbose: true,
  validateSchema: false,
  meta: false,
});
const validators = new WeakMap<JsonSchema, ValidateFunction>();

/**
 * Read keys, each according to its schema.
 *
 * @param name  of the data source, for templates
 * @throws every fault of the keys together: CONFIGURATION_MISSING_KEY, _WRONG_TYPE, _BAD_VALUE
 */
export function readSettings<const T extends Keys>(
  parameters: MonitorParameters,
  keys: T,
  name?: string,
): Settings<T> {
  const faults = new FaultCollector();
  const settings = Object.entries(keys).map(([as, key]) => [
    as,
    faults.attempt(() => readSetting(parameters, key, name)),
  ]);
  faults.throwIfAny();
  return Object.fromEntries(settings) as Settings<T>;
}

/** {@link readSettings} of one key. */
export function readSetting<const K extends ConfigurationKey>(
  parameters: MonitorParameters,
  key: K,
  name?: string,
): Setting<K> {
  const written = writtenValue(parameters, key, name);
  const read = written === undefined ? {} : { value: written };
  const validate = validatorOf(key.schema);
  // Fills in missing values from the schema's defaults.
  if (validate(read)) return read.value as Setting<K>;
  const faults = new FaultCollector();
  // Only the first fault of each place: a value that is not a whole number need not also be reported as too small.
  const errors = new Map((validate.errors ?? []).toReversed().map((error) => [placeIn(error), error]));
  for (const [place, error] of [...errors].toReversed()) {
    const where = `${parameters.locate(addressOf(key, name))}${place}`;
    faults.add(new ConfigurationError("CONFIGURATION_BAD_VALUE", `${where}${faultText(error, key)}`));
  }
  faults.throwIfAny();
  throw new Error(`${dotted(key, name)} has a fault without a message`);
}

/** A key whose values follow a schema. */
type KeyOf<S extends JsonSchema> = ConfigurationKey & { readonly schema: S };

/**
 * Read a key that has two spellings.
 *
 * @param spellings  the one with precedence comes first
 * @param warn       called if both exist and differ
 * @returns existing values: none, one, or both, with the effective one first
 * @throws as {@link readSettings}
 */
export function readSpellings<const S extends JsonSchema>(
  parameters: MonitorParameters,
  spellings: readonly [KeyOf<S>, KeyOf<S>],
  name: string,
  warn: (message: string) => void,
): { readonly key: ConfigurationKey; readonly value: ValueOf<S> }[] {
  const found = spellings.flatMap((key) => {
    const value = readSetting(parameters, key, name);
    return value === undefined ? [] : [{ key, value: value as ValueOf<S> }];
  });
  const [used, other] = found;
  if (used !== undefined && other !== undefined && String(used.value) !== String(other.value)) {
    warn(differenceText(parameters, addressOf(used.key, name), addressOf(other.key, name)));
  }
  return found;
}

/** A warning that two spellings of a key have different values. */
export function differenceText(
  parameters: MonitorParameters,
  used: ParameterAddress,
  other: ParameterAddress,
): string {
  return `${parameters.locate(used)} and ${parameters.locate(other)} have different values. The first is used: remove the other.`;
}

/** A copy of the written value; undefined if there is none. */
function writtenValue(parameters: MonitorParameters, key: ConfigurationKey, name?: string): unknown {
  const query = { ...addressOf(key, name), parameterType: typeName(key.schema) };
  const required = key.isRequired ?? false;
  return structuredClone(parameters.getParameter({ ...query, required }));
}

function typeName({ type, items }: JsonSchema): ParameterTypeName {
  if (type === "integer" || type === "number") return "number";
  if (type === "array") return typeName(items as JsonSchema) === "number" ? "number[]" : "string[]";
  if (type === "object") return "map";
  return type === "boolean" ? "boolean" : "string";
}

function validatorOf(schema: JsonSchema): ValidateFunction {
  const validate = validators.get(schema) ?? ajv.compile({ type: "object", properties: { value: schema } });
  validators.set(schema, validate);
  return validate;
}

/** `.module_gap_rows` for an error in a map; empty for the value itself. */
function placeIn({ instancePath }: ErrorObject): string {
  return instancePath.replace("/value", "").replaceAll("/", ".");
}

/** The fault and what to write: the rest of a sentence that begins with the place. */
function faultText({ keyword, params, data, parentSchema = {} }: ErrorObject, key: ConfigurationKey): string {
  switch (keyword) {
    case "additionalProperties": {
      const known = new Intl.ListFormat("en-GB").format(Object.keys(parentSchema.properties ?? {}));
      return ` has a key '${params.additionalProperty}'. Known keys: ${known}.`;
    }
    case "required":
      return ` has no '${params.missingProperty}'. Add it.`;
    case "propertyNames":
    case "pattern":
      if (params.propertyName === undefined && typeof data === "string" && key.schema.type === "object") {
        return ` has the name '${data}'. Write ${key.write}.`;
      }
      break;
    case "minItems":
    case "maxItems":
      return ` has ${(data as unknown[]).length} entries. Write ${key.write ?? allowed(parentSchema, key)}.`;
  }
  const question = keyword === "maximum" && key.tooLarge ? ` ${key.tooLarge}` : "";
  return ` is ${valueText(data)}. Write ${key.write ?? allowed(parentSchema, key)}.${question}`;
}

/** The allowed values of a schema, in words. */
function allowed(schema: JsonSchema, { unit }: ConfigurationKey): string {
  const { enum: choices, type, minimum, maximum, exclusiveMinimum } = schema as NumberSchema;
  if (choices !== undefined) return choices.join(" or ");
  if (type === "boolean") return "true or false";
  if (type === "string") return "text";
  const what = `${type === "integer" ? "a whole number" : "a number"}${unit === undefined ? "" : ` of ${unit}`}`;
  if (minimum !== undefined)
    return `${what}, ${minimum} ${maximum === undefined ? "or more" : `to ${maximum}`}`;
  const top = maximum === undefined ? "" : ` and up to ${maximum}`;
  return exclusiveMinimum === undefined ? what : `${what} above ${exclusiveMinimum}${top}`;
}

interface NumberSchema {
  readonly enum?: readonly string[];
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
}

function valueText(value: unknown): string {
  return typeof value === "string"
    ? `'${value}'`
    : typeof value === "number"
      ? String(value)
      : JSON.stringify(value);
}
