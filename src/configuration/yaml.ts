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

/** Deeper than any configuration. */
const MAX_DEPTH = 20;
/** Maximum number of values in a file; values that aliases (`*name`) repeat are counted each time. */
const MAX_VALUES = 50_000;

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
 * YAML 1.1, as PyYAML and OM read it: `yes`, `no`, `on`, `off` are booleans. PyYAML reads `1e3` as text, which
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
    const content = load(source, { schema: SCHEMA });
    requireBounds(content, filename);
    return { content, keyLines: linesOfKeys(source, events) };
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

/** Afterwards, iterating over the content is finite and fast. */
function requireBounds(content: unknown, filename: string): void {
  let values = 0;
  const fault = (what: string) =>
    new ConfigurationError(
      "CONFIGURATION_SYNTAX",
      `${filename}: ${what}. Write the values themselves where they are needed, and only those.`,
    );
  const visit = (value: unknown, ancestors: readonly unknown[]): void => {
    values += 1;
    if (values > MAX_VALUES)
      throw fault(`it holds more than ${MAX_VALUES} values, those of aliases (*name) included`);
    if (typeof value !== "object" || value === null) return;
    if (ancestors.includes(value)) throw fault("an alias (*name) refers to what it is a part of");
    if (ancestors.length >= MAX_DEPTH) throw fault(`its maps and lists are more than ${MAX_DEPTH} deep`);
    for (const inner of Object.values(value)) visit(inner, [...ancestors, value]);
  };
  visit(content, []);
}

function mendOf({ mark }: YAMLException, source: string): string {
  if (mark === undefined) return "Keep one document in the file.";
  // Inside a list, the brace begins a map.
  const hasVariable = source.split("\n")[mark.line]?.includes(`\${`);
  return hasVariable
    ? `Variables such as \${DATA} are not expanded: write the value itself.`
    : "Correct this line.";
}

/** js-yaml builds values without positions, but its events have positions. */
function linesOfKeys(source: string, events: ReturnType<typeof parseEvents>): Map<string, number> {
  const lines = new Map<string, number>();
  // Events are in the order of the text.
  const newlines = [...source.matchAll(/\n/g)].map(({ index }) => index);
  let line = 1;
  const lineOf = (position: number) => {
    while ((newlines[line - 1] ?? position) < position) line += 1;
    return line;
  };
  // One entry per open collection. In a mapping, `key` is the key whose value comes next.
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
