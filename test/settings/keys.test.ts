import { Ajv2020 } from "ajv/dist/2020.js";
import test from "ava";
import { CREATE_KERNEL, kernelCreator } from "../../src/calibration/index.js";
import { READ_CONSTANTS } from "../../src/constants/index.js";
import { JUNGFRAU_1M } from "../../src/detector.js";
import {
  addressOf,
  CONFIGURATION_KEYS,
  type ConfigurationKey,
  type JsonSchema,
} from "../../src/settings/keys.js";
import { configurationSchema } from "../helpers/configuration-schema.js";
import { parametersOf, registerPlugin } from "../helpers/fakes.js";
import { codesAndMessages } from "../helpers/faults.js";

const isConfiguration = new Ajv2020({ allErrors: true, allowMatchingProperties: true }).compile(
  configurationSchema(),
);

/** Values at the limits of a schema, and one step beyond. */
function valuesAround(schema: JsonSchema): unknown[] {
  const { type, enum: choices, default: usual, items, minItems, maxItems, properties } = schema;
  const values: unknown[] = usual === undefined ? [] : [usual];
  if (Array.isArray(choices)) values.push(...choices, "bananas");
  for (const name of ["minimum", "maximum", "exclusiveMinimum"]) {
    const limit = schema[name];
    if (typeof limit === "number") values.push(limit - 1, limit, limit + 1, limit + 0.5);
  }
  if (items !== undefined) {
    for (const value of valuesAround(items as JsonSchema)) values.push([value]);
    for (const limit of [minItems, maxItems]) {
      if (typeof limit !== "number") continue;
      const isText = (items as JsonSchema).type === "string";
      for (const length of [limit - 1, limit, limit + 1])
        values.push(Array.from({ length }, (_, index) => (isText ? "a.h5" : index)));
    }
  }
  for (const [name, property] of Object.entries(properties ?? {})) {
    for (const value of valuesAround(property)) values.push({ [name]: value });
  }
  if (schema.additionalProperties === false) values.push({}, { bananas: 1 });
  if (type === "boolean") values.push(true, false, "bananas");
  if (type === "number" || type === "integer") values.push("bananas");
  if (type === "string") values.push(5);
  return values;
}

// One for all, as no frame is calibrated.
const kernel = kernelCreator(JUNGFRAU_1M, "scalar")(() => undefined);

/** Codes of what the monitor finds wrong with a configuration whose files hold no constants. */
async function faultsOf(configuration: unknown): Promise<string[]> {
  const { context, dispose } = registerPlugin(
    new Map<symbol, unknown>([
      [READ_CONSTANTS, async () => undefined],
      [CREATE_KERNEL, () => kernel],
    ]),
  );
  const retrieval = context.dataRetrievals.get("Jungfrau1MZmqDataRetrieval")({
    source: undefined,
    // JSON is YAML, too.
    monitorParameters: parametersOf(JSON.stringify(configuration)),
  });
  const initialize = async () =>
    retrieval.getDataEventHandler().initializeEventHandlingOnProcessingNode({ nodeRank: 1, nodePoolSize: 2 });
  const faults = await codesAndMessages(initialize());
  dispose();
  return faults.map(([code]) => code);
}

/** Data sources whose keys are those of no frame. */
const SIGNALS = new Map<ConfigurationKey, string>([
  [CONFIGURATION_KEYS.signalFrame, "SaturationJungfrau1MZmq"],
  [CONFIGURATION_KEYS.regionRows, "RegionOfInterestJungfrau1MZmq"],
  [CONFIGURATION_KEYS.regionColumns, "RegionOfInterestJungfrau1MZmq"],
  [CONFIGURATION_KEYS.litThreshold, "LitPixelsJungfrau1MZmq"],
  [CONFIGURATION_KEYS.litMinimum, "LitPixelsJungfrau1MZmq"],
  [CONFIGURATION_KEYS.saturationMargin, "SaturationJungfrau1MZmq"],
  [CONFIGURATION_KEYS.beamCentre, "RadialProfileJungfrau1MZmq"],
  [CONFIGURATION_KEYS.radialBins, "RadialProfileJungfrau1MZmq"],
  [CONFIGURATION_KEYS.radialDistanceMm, "RadialProfileJungfrau1MZmq"],
]);
const SIGNAL_KEYS = {
  detector_rows: [0, 1],
  detector_columns: [0, 1],
  detector_threshold: 1,
  detector_minimum: 1,
  detector_beam_centre: [0, 0],
};

/** A configuration without a fault, and with a value for one key. */
function withValue(key: ConfigurationKey, value: unknown) {
  const signal = SIGNALS.get(key);
  const configuration: Record<string, Record<string, unknown>> = {
    data_retrieval_layer: {
      required_data: [
        "beam_energy",
        "detector_distance",
        // Only where it is looked at: it takes time.
        ...(key.group === "calibration" || key.key.startsWith("<name>") ? ["detector_data"] : []),
        ...(signal === undefined ? [] : ["detector"]),
      ],
      ...(signal !== undefined && { data_sources: { detector: signal }, ...SIGNAL_KEYS }),
      // Each number in the spelling that is looked at.
      [key.key.startsWith("fallback_beam_energy") ? key.key : "fallback_beam_energy"]: 12400,
      [key.key.startsWith("fallback_detector_distance") ? key.key : "fallback_detector_distance"]: 150,
    },
    calibration: { dark_filenames: ["d.h5"], gain_filenames: ["g.h5"], photon_energy_kev: 12.4 },
  };
  const { group, parameter } = addressOf(key, "detector");
  configuration[group] = { ...configuration[group], [parameter]: value };
  return configuration;
}

// Those of the host, whose values are names, and those of key files, which would have to be there.
const ELSEWHERE: readonly ConfigurationKey[] = [
  CONFIGURATION_KEYS.dataRetrieval,
  CONFIGURATION_KEYS.plugins,
  CONFIGURATION_KEYS.requiredData,
  CONFIGURATION_KEYS.dataSources,
  CONFIGURATION_KEYS.headerEntry,
  CONFIGURATION_KEYS.curveServerKeyFile,
  CONFIGURATION_KEYS.curveKeyFile,
  CONFIGURATION_KEYS.alarm,
];
for (const key of Object.values<ConfigurationKey>(CONFIGURATION_KEYS)) {
  if (ELSEWHERE.includes(key)) continue;
  test(`the monitor takes and refuses what the schema does: ${key.group}.${key.key}`, async (t) => {
    const values = valuesAround(key.schema);
    t.true(values.length > 0);
    for (const value of values) {
      const configuration = withValue(key, value);
      const faults = await faultsOf(configuration);
      t.is(faults.length === 0, isConfiguration(configuration), `${JSON.stringify(value)}: ${faults}`);
    }
  });
}
