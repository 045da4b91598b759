import { CONFIGURATION_KEYS, type ConfigurationKey, type JsonSchema } from "../../src/settings/keys.js";

/** What stands before the rest of a template key, such as `detector` in `detector_units`. */
const NAME_PATTERN = "[A-Za-z][A-Za-z0-9_]*";

const KEYS: readonly ConfigurationKey[] = Object.values(CONFIGURATION_KEYS);

/** JSON Schema (draft 2020-12) of a monitor configuration, open for the groups and keys of others. */
export function configurationSchema(): JsonSchema {
  const groups = [...new Set(KEYS.map(({ group }) => group))];
  return {
    title: "Monitor configuration",
    type: "object",
    properties: Object.fromEntries(groups.map((group) => [group, groupSchema(group)])),
  };
}

function groupSchema(group: string): JsonSchema {
  const schemas = (isTemplate: boolean) =>
    KEYS.filter((key) => key.group === group && key.key.startsWith("<name>") === isTemplate).map(
      ({ key, schema, description }) => [
        isTemplate ? `^${key.replace("<name>", NAME_PATTERN)}$` : key,
        { description, ...schema },
      ],
    );
  return {
    type: "object",
    properties: Object.fromEntries(schemas(false)),
    patternProperties: Object.fromEntries(schemas(true)),
  };
}
