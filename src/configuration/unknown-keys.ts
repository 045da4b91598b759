import type { YamlMonitorParameters } from "./monitor-parameters.js";
import { nearName } from "./near-name.js";

/** The part of a group's JSON Schema that says which keys there are. */
interface GroupSchema {
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly patternProperties?: Readonly<Record<string, unknown>>;
}

/** A schema of the configuration, as a manifest carries it. */
export interface KeySchema {
  readonly properties?: Readonly<Record<string, GroupSchema>>;
}

/** Names that data sources are given; whether a source is built or not, its keys are known. */
const NAMES = { group: "data_retrieval_layer", parameter: "data_sources" };

/** For more names than this, no near one is looked for: it takes long where there are many data sources. */
const MAX_SEARCHES = 100;

/** This group has other keys of OM, which are no mistakes. */
const SHARED_GROUP = "om";

/**
 * Warnings about keys that nobody reads, with the nearest known name.
 *
 * A key is known if it was looked up, or if the schema has it. A template (`<name>_calibration`) has it only for names
 * that were looked up, or that `data_sources` has: with a source called `detector`, `dectector_calibration` is a misspelling.
 *
 * @param parameters  after the sources were initialised, or failed to be
 * @param schemas     of all plugins, with the groups to judge; other groups belong to others
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

/** A group that several plugins read has the keys of them all. */
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
