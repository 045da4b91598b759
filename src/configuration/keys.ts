/** A JSON Schema (draft 2020-12), or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** One key of the configuration: the single definition behind schema, manifest and documentation. */
export interface ConfigurationKey {
  readonly group: string;
  /** `<name>_…` is a template: the data source's name goes in front. */
  readonly key: string;
  readonly schema: JsonSchema;
  /** One line for people, with unit and meaning. */
  readonly description: string;
}

/** One a module, or a single one for both. */
const files = { type: "array", items: { type: "string" }, minItems: 1, maxItems: 2 };

/** All keys that this plugin and the reference host read, in the order of the documentation. */
export const CONFIGURATION_KEYS: readonly ConfigurationKey[] = [
  {
    group: "om",
    key: "data_retrieval_layer",
    schema: { type: "string" },
    description: "The data retrieval to run: Jungfrau1MZmqDataRetrieval.",
  },
  {
    group: "om",
    key: "plugins",
    schema: { type: "array", items: { type: "string" } },
    description: "Manifests of the plugins to load. The reference host's default is this plugin.",
  },
  {
    group: "data_retrieval_layer",
    key: "required_data",
    schema: {
      type: "array",
      items: { enum: ["timestamp", "event_id", "detector_data", "beam_energy", "detector_distance"] },
    },
    description:
      "What to extract from each event: timestamp, event_id, detector_data, beam_energy, detector_distance.",
  },
  {
    group: "data_retrieval_layer",
    key: "<name>_calibration",
    schema: { type: "boolean", default: true },
    description: "Calibrated frames (float32) or raw words (uint16).",
  },
  {
    group: "data_retrieval_layer",
    key: "<name>_dark_filenames",
    schema: files,
    description: "OM's spelling of calibration.dark_filenames. Used first.",
  },
  {
    group: "data_retrieval_layer",
    key: "<name>_gain_filenames",
    schema: files,
    description: "OM's spelling of calibration.gain_filenames. Used first.",
  },
  {
    group: "data_retrieval_layer",
    key: "<name>_photon_energy_kev",
    schema: { type: "number", exclusiveMinimum: 0 },
    description: "OM's spelling of calibration.photon_energy_kev, in keV. Used first.",
  },
  {
    group: "data_retrieval_layer",
    key: "<name>_mask_filenames",
    schema: files,
    description: "The same as calibration.mask_filenames. Used first.",
  },
  {
    group: "data_retrieval_layer",
    key: "<name>_fill_value",
    schema: { type: "number" },
    description:
      "What bad pixels hold in a calibrated frame. Default .nan, and -2147483648 for rounded photons.",
  },
  {
    group: "data_retrieval_layer",
    key: "<name>_units",
    schema: { enum: ["photons", "keV", "adu"], default: "photons" },
    description: "Unit of calibrated frames: photons, keV, or adu (pedestal subtracted).",
  },
  {
    group: "data_retrieval_layer",
    key: "<name>_rounded",
    schema: { type: "boolean", default: false },
    description: "Photons rounded to whole numbers, int32, halves to even.",
  },
  {
    group: "data_retrieval_layer",
    key: "<name>_geometry",
    schema: {
      type: "object",
      properties: {
        module_gap_rows: { type: "integer", minimum: 0, maximum: 4096, default: 0 },
        double_pixels: { enum: ["pack", "keep", "mask"], default: "pack" },
      },
      additionalProperties: false,
    },
    description:
      "Gaps in the frame: module_gap_rows between the modules; double_pixels: keep puts the 2 pixels between chips that their wide border pixels take, mask marks those bad too, in calibrated frames, pack (default) does neither.",
  },
  {
    group: "data_retrieval_layer",
    key: "delivery",
    schema: { enum: ["latest", "all"], default: "latest" },
    description:
      "latest: the newest event, skipping what came meanwhile. all: every event; the sender drops if that is too slow.",
  },
  {
    group: "data_retrieval_layer",
    key: "incomplete_frames",
    schema: { enum: ["mark", "drop"], default: "mark" },
    description:
      "What to do with frames that lost packets: deliver them, with missing pixels bad, or drop them.",
  },
  {
    group: "data_retrieval_layer",
    key: "pairing_window",
    schema: { type: "integer", minimum: 1, maximum: 100_000, default: 64 },
    description: "Frame numbers that may wait for the other module at a time; up to 1.5 MiB of memory each.",
  },
  {
    group: "data_retrieval_layer",
    key: "delivery_queue_mib",
    schema: { type: "number", exclusiveMinimum: 0, default: 64 },
    description: "Events that may wait when delivery is all, in MiB; an event takes 2.",
  },
  {
    group: "data_retrieval_layer",
    key: "receive_high_water_mark",
    schema: { type: "integer", minimum: 1, maximum: 100_000, default: 64 },
    description: "Messages that may wait in the socket of each stream; up to 1 MiB each.",
  },
  {
    group: "data_retrieval_layer",
    key: "curve_server_key_file",
    schema: { type: "string" },
    description:
      "Public key of the streams' sender: connections are encrypted with ZeroMQ's CURVE, to it alone.",
  },
  {
    group: "data_retrieval_layer",
    key: "curve_key_file",
    schema: { type: "string" },
    description: "This monitor's own key pair (.key_secret), where the sender lets only some in.",
  },
  {
    group: "data_retrieval_layer",
    key: "fallback_beam_energy_in_eV",
    schema: { type: "number" },
    description: "Value of beam_energy, in eV.",
  },
  {
    group: "data_retrieval_layer",
    key: "fallback_beam_energy",
    schema: { type: "number" },
    description: "The same, in OM's older spelling.",
  },
  {
    group: "data_retrieval_layer",
    key: "fallback_detector_distance_in_mm",
    schema: { type: "number" },
    description: "Value of detector_distance, in mm.",
  },
  {
    group: "data_retrieval_layer",
    key: "fallback_detector_distance",
    schema: { type: "number" },
    description: "The same, in OM's older spelling.",
  },
  {
    group: "calibration",
    key: "dark_filenames",
    schema: files,
    description:
      "HDF5 files of pedestals, of OM or PSI, one a module, top module first; or one for both. Needed for calibrated frames.",
  },
  {
    group: "calibration",
    key: "gain_filenames",
    schema: files,
    description:
      "Files of gains in ADU/keV, of PSI, .bin or HDF5, one a module, top module first; or one for both. Needed for calibrated frames but in adu.",
  },
  {
    group: "calibration",
    key: "mask_filenames",
    schema: files,
    description:
      "HDF5 files of pixels to leave out: /pixel_mask (0 is good), or OM's /data/data (1 is good).",
  },
  {
    group: "calibration",
    key: "photon_energy_kev",
    schema: { type: "number", exclusiveMinimum: 0 },
    description: "Photon energy in keV. Needed for photons.",
  },
];

/** What stands before the rest of a template key, such as `detector` in `detector_units`. */
const NAME_PATTERN = "[A-Za-z][A-Za-z0-9_]*";

/** JSON Schema (draft 2020-12) of a monitor configuration, open for the groups and keys of others. */
export function configurationSchema(): JsonSchema {
  const groups = [...new Set(CONFIGURATION_KEYS.map(({ group }) => group))];
  return {
    title: "Monitor configuration",
    type: "object",
    properties: Object.fromEntries(groups.map((group) => [group, groupSchema(group)])),
  };
}

function groupSchema(group: string): JsonSchema {
  const schemas = (isTemplate: boolean) =>
    CONFIGURATION_KEYS.filter(
      (key) => key.group === group && key.key.startsWith("<name>") === isTemplate,
    ).map(({ key, schema, description }) => [
      isTemplate ? `^${key.replace("<name>", NAME_PATTERN)}$` : key,
      { description, ...schema },
    ]);
  return {
    type: "object",
    properties: Object.fromEntries(schemas(false)),
    patternProperties: Object.fromEntries(schemas(true)),
  };
}
