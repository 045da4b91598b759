import {
  boolYaml11Tag,
  defineScalarTag,
  EVENT_ID,
  floatCoreTag,
  getScalarValue,
  load,
  NOT_RESOLVED,
  parseEvents,
  YAML11_SCHEMA,
  YAMLException,
} from "js-yaml";
import { ConfigurationError } from "../errors.js";

/** A parsed YAML file. */
export interface YamlDocument {
  readonly content: unknown;
  /** One-based lines of the keys, by their path joined with "\n": `data_retrieval_layer\nrequired_data`. */
  readonly keyLines: ReadonlyMap<string, number>;
}

/** As PyYAML reads booleans: unlike in YAML 1.1, `y` and `n` are texts. */
const boolPyYamlTag = defineScalarTag(boolYaml11Tag.tagName, {
  ...boolYaml11Tag,
  resolve: (source, ...rest) => (source.length === 1 ? NOT_RESOLVED : boolYaml11Tag.resolve(source, ...rest)),
});

/**
 * YAML 1.1, as PyYAML reads it and so OM: `yes`, `no`, `on`, `off` are booleans. PyYAML takes `1e3` for text; that
 * surprises everybody, so floats of YAML 1.2 are numbers here.
 */
const SCHEMA = YAML11_SCHEMA.withTags(boolPyYamlTag, floatCoreTag);

/**
 * Parse one YAML document.
 *
 * @param filename  for messages
 * @throws {ConfigurationError} CONFIGURATION_EMPTY, CONFIGURATION_SYNTAX with file and line
 */
export function parseYaml(source: string, filename: string): YamlDocument {
  try {
    const events = parseEvents(source, {});
    if (events.length === 0) {
      throw new ConfigurationError(
        "CONFIGURATION_EMPTY",
        `${filename} is empty. Write a monitor configuration, for example a copy of monitor.yaml.example.`,
      );
    }
    return { content: load(source, { schema: SCHEMA }), keyLines: linesOfKeys(source, events) };
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const line = error.mark === undefined ? "" : `:${error.mark.line + 1}`;
    throw new ConfigurationError(
      "CONFIGURATION_SYNTAX",
      `${filename}${line}: not valid YAML: ${error.reason}. ${mendOf(error, source)}`,
      { cause: error },
    );
  }
}

function mendOf({ mark }: YAMLException, source: string): string {
  if (mark === undefined) return "Keep one document in the file.";
  // In a list, the brace begins a map.
  const hasVariable = source.split("\n")[mark.line]?.includes(`\${`);
  return hasVariable
    ? `Variables such as \${DATA} are not expanded: write the value itself.`
    : "Correct this line.";
}

/** js-yaml builds values without positions, but its events have them. */
function linesOfKeys(source: string, events: ReturnType<typeof parseEvents>): Map<string, number> {
  const lines = new Map<string, number>();
  const lineOf = (position: number) => source.slice(0, position).split("\n").length;
  // One entry for each open collection. In a mapping, `key` is the key whose value is to come.
  const open: { isMapping: boolean; path: string[]; key: string | undefined }[] = [];

  const enter = (isMapping: boolean) => {
    const parent = open.at(-1);
    const path = parent === undefined ? [] : [...parent.path, parent.key ?? ""];
    open.push({ isMapping, path, key: undefined });
  };
  const valueSeen = () => {
    const parent = open.at(-1);
    if (parent !== undefined) parent.key = undefined;
  };

  for (const event of events) {
    const inside = open.at(-1);
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        open.push({ isMapping: false, path: [], key: undefined });
        break;
      case EVENT_ID.MAPPING:
      case EVENT_ID.SEQUENCE:
        enter(event.type === EVENT_ID.MAPPING);
        break;
      case EVENT_ID.POP:
        open.pop();
        valueSeen();
        break;
      case EVENT_ID.SCALAR:
        if (inside?.isMapping && inside.key === undefined) {
          inside.key = getScalarValue(source, event);
          lines.set([...inside.path.slice(1), inside.key].join("\n"), lineOf(event.valueStart));
        } else {
          valueSeen();
        }
        break;
      case EVENT_ID.ALIAS:
        valueSeen();
        break;
    }
  }
  return lines;
}
