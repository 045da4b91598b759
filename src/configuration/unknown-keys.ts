import type { YamlMonitorParameters } from "./monitor-parameters.js";
import { nearName } from "./near-name.js";

/** The part of a group's JSON Schema that defines its keys. */
interface GroupSchema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly patternProperties?: Readonly<Record<string, unknown>>;
}

/** A schema of the configuration, as in a manifest. */
export interface KeySchema {
  readonly properties?: Readonly<Record<string, GroupSchema>>;
}

/** Names of data sources; the keys of a source are known whether it is built or not. */
const NAMES = { group: "data_retrieval_layer", parameter: "data_sources" };

/** With more names than this, similar ones are not searched for, because it takes long with many data sources. */
const MAX_SEARCHES = 100;

/** This group has other keys of OM, which are not mistakes. */
const SHARED_GROUP = "om";

/**
 * Warnings about keys that nothing reads, with the most similar known name.
 *
 * A key is known if it was looked up, or if the schema has it. A template (`<name>_calibration`) covers only names
 * that were looked up or are in `data_sources`: with a source called `detector`, `dectector_calibration` is a
 * misspelling.
 *
 * @param parameters  after the sources were initialised, or failed to be
 * @param schemas     of all plugins, with the groups to check; other groups are ignored
 */
export function unknownKeyWarnings(
  parameters: YamlMonitorParameters,
  schemas: readonly KeySchema[],
): string[] {
  const groups = groupsOf(schemas);
  let searches = 0;
  const near = (name: string, known: () => readonly string[]) => {
    searches += 1;
    return searches > MAX_SEARCHES ? undefined : nearName(name, known());
  };
  const misspeltGroups = parameters
    .groupNames()
    .filter((group) => !(group in groups))
    .flatMap((group) => {
      const nearest = near(group, () => Object.keys(groups));
      if (nearest === undefined) return [];
      return [`${parameters.locateGroup(group)} is not read by anything. Did you mean '${nearest}'?`];
    });
  const misspeltKeys = Object.entries(groups).flatMap(([group, groupSchema]) => {
    const known = knownKeys(group, groupSchema, parameters);
    return Object.keys(parameters.getParameterGroup({ group }))
      .filter((parameter) => !known.has(parameter))
      .flatMap((parameter) => {
        const nearest = near(parameter, () => [...known]);
        if (group === SHARED_GROUP && nearest === undefined) return [];
        const hint = nearest === undefined ? "" : ` Did you mean '${nearest}'?`;
        return [`${parameters.locate({ group, parameter })} is not read by anything.${hint}`];
      });
  });
  return [...misspeltGroups, ...misspeltKeys];
}

/** A group that several plugins read has the keys of all of them. */
function groupsOf(schemas: readonly KeySchema[]): Record<string, GroupSchema> {
  const groups: Record<string, GroupSchema> = {};
  for (const [group, { properties, patternProperties }] of schemas.flatMap((schema) =>
    Object.entries(schema.properties ?? {}),
  )) {
    const others = groups[group];
    groups[group] = {
      properties: { ...others?.properties, ...properties },
      patternProperties: { ...others?.patternProperties, ...patternProperties },
    };
  }
  return groups;
}

function knownKeys(group: string, schema: GroupSchema, parameters: YamlMonitorParameters): Set<string> {
  const lookedUp = parameters
    .lookedUpParameters()
    .filter((address) => address.group === group)
    .map(({ parameter }) => parameter);
  // "^NAME_calibration$" → "_calibration"
  const suffixes = Object.keys(schema.patternProperties ?? {}).map((pattern) =>
    pattern.slice(pattern.lastIndexOf("*") + 1, -1),
  );
  const declared = parameters.getParameterGroup({ group: NAMES.group })[NAMES.parameter];
  const names = new Set([
    ...(group === NAMES.group ? Object.keys(declared ?? {}) : []),
    ...suffixes.flatMap((suffix) =>
      lookedUp.filter((key) => key.endsWith(suffix)).map((key) => key.slice(0, -suffix.length)),
    ),
  ]);
  const templated = [...names].flatMap((name) => suffixes.map((suffix) => name + suffix));
  return new Set([...Object.keys(schema.properties ?? {}), ...lookedUp, ...templated]);
}
