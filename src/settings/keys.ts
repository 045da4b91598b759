import type { ParameterAddress } from "../api/index.js";
import { ADC_MASK, JUNGFRAU_1M } from "../detector.js";

/** A JSON Schema (draft 2020-12), or a part of one. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** One key of the configuration. */
export interface ConfigurationKey {
  readonly group: string;
  /** `<name>_…` is a template: the data source's name is the prefix. */
  readonly key: string;
  /** Default, choices and limits, which the reader enforces. */
  readonly schema: JsonSchema;
  /** Meaning and unit, in one line. */
  readonly description: string;
  /** Whether a monitor needs it. */
  readonly isRequired?: true;
  /** Unit of a number, for an error message. */
  readonly unit?: string;
  /** What to write, for an error message, if the schema does not express it well. */
  readonly write?: string;
  /** Question about a value above the maximum: what it was probably meant to be. */
  readonly tooLarge?: string;
}

export const DATA_RETRIEVAL_LAYER = "data_retrieval_layer";

const FILES = {
  type: "array",
  items: { type: "string" },
  minItems: 1,
  maxItems: JUNGFRAU_1M.modules,
} as const;

/** A value above the maximum was meant in eV: silicon detects no photons of such energies. */
const PHOTON_ENERGY_KEV = { type: "number", exclusiveMinimum: 0, maximum: 200 } as const;

/** Like a slice in numpy: the first is included, the last is not. */
const PIXEL_RANGE = {
  type: "array",
  items: { type: "integer", minimum: 0 },
  minItems: 2,
  maxItems: 2,
} as const;
const OF_PIXEL_RANGE = { write: "two whole numbers, the second of them larger, such as [400, 500]" } as const;

/** Has limits, because NaN and infinity would never raise an alarm. */
const ALARM_LIMIT = { type: "number", minimum: -1e15, maximum: 1e15 } as const;

/** Texts for error messages about {@link FILES} and {@link PHOTON_ENERGY_KEV}. */
const OF_FILES = { write: "one file per module, top module first, or a single file for both" } as const;
const OF_PHOTON_ENERGY = { unit: "keV", tooLarge: "Was it meant in eV?" } as const;

/** More than any machine could hold, 1 MiB each. */
const MAX_MESSAGES = 100_000;

/**
 * All keys that this plugin and the reference host read, in the order of the documentation. This is their single
 * definition for readers, schema, manifest and documentation.
 */
export const CONFIGURATION_KEYS = {
  dataRetrieval: {
    group: "om",
    key: "data_retrieval_layer",
    schema: { type: "string" },
    isRequired: true,
    description: "The data retrieval to run: Jungfrau1MZmqDataRetrieval.",
  },
  plugins: {
    group: "om",
    key: "plugins",
    schema: { type: "array", items: { type: "string" } },
    description: "Manifests of more plugins to load. The reference host always loads this one.",
  },
  requiredData: {
    group: DATA_RETRIEVAL_LAYER,
    key: "required_data",
    schema: { type: "array", items: { type: "string" } },
    isRequired: true,
    description:
      "What to extract from each event, in this order: timestamp, event_id, detector_data, beam_energy, detector_distance, and names of data_sources.",
  },
  dataSources: {
    group: DATA_RETRIEVAL_LAYER,
    key: "data_sources",
    schema: {
      type: "object",
      // A name is part of keys, so it has their syntax.
      propertyNames: { pattern: "^[A-Za-z][A-Za-z0-9_]*$" },
      additionalProperties: { type: "string" },
      default: {},
    },
    write: "a name for the data (letters, digits and _) and the name of a data source: 'raw: Jungfrau1MZmq'",
    description:
      "More names for required_data, each with its data source, from any plugin: raw: Jungfrau1MZmq. The name is the prefix of that source's keys: raw_calibration.",
  },
  calibration: {
    group: DATA_RETRIEVAL_LAYER,
    key: "<name>_calibration",
    schema: { type: "boolean", default: true },
    description: "Calibrated frames (float32) or raw words (uint16).",
  },
  namedDarkFilenames: {
    group: DATA_RETRIEVAL_LAYER,
    key: "<name>_dark_filenames",
    schema: FILES,
    ...OF_FILES,
    description: "OM's spelling of calibration.dark_filenames. Takes precedence.",
  },
  namedGainFilenames: {
    group: DATA_RETRIEVAL_LAYER,
    key: "<name>_gain_filenames",
    schema: FILES,
    ...OF_FILES,
    description: "OM's spelling of calibration.gain_filenames. Takes precedence.",
  },
  namedPhotonEnergyKeV: {
    group: DATA_RETRIEVAL_LAYER,
    key: "<name>_photon_energy_kev",
    schema: PHOTON_ENERGY_KEV,
    ...OF_PHOTON_ENERGY,
    description: "OM's spelling of calibration.photon_energy_kev, in keV. Takes precedence.",
  },
  namedMaskFilenames: {
    group: DATA_RETRIEVAL_LAYER,
    key: "<name>_mask_filenames",
    schema: FILES,
    ...OF_FILES,
    description: "The same as calibration.mask_filenames. Takes precedence.",
  },
  fillValue: {
    group: DATA_RETRIEVAL_LAYER,
    key: "<name>_fill_value",
    schema: { type: "number" },
    description:
      "Value of bad pixels in a calibrated frame. Default .nan, or -2147483648 for rounded photons.",
  },
  units: {
    group: DATA_RETRIEVAL_LAYER,
    key: "<name>_units",
    schema: { enum: ["photons", "keV", "adu"], default: "photons" },
    description: "Unit of calibrated frames: photons, keV, or adu (pedestal subtracted).",
  },
  rounded: {
    group: DATA_RETRIEVAL_LAYER,
    key: "<name>_rounded",
    schema: { type: "boolean", default: false },
    description: "Round photons to whole numbers, int32, halves to even.",
  },
  geometry: {
    group: DATA_RETRIEVAL_LAYER,
    key: "<name>_geometry",
    schema: {
      type: "object",
      properties: {
        // More than any installation has, but small enough for memory.
        module_gap_rows: { type: "integer", minimum: 0, maximum: 4096, default: 0 },
        double_pixels: { enum: ["pack", "keep", "mask"], default: "pack" },
      },
      additionalProperties: false,
      default: {},
    },
    description:
      "Gaps in the frame. module_gap_rows: rows between the modules. double_pixels, for the wide border pixels of the chips: pack (default) leaves no gap, keep inserts a gap of 2 pixels, mask also marks the wide pixels bad in calibrated frames.",
  },
  pedestalTracking: {
    group: DATA_RETRIEVAL_LAYER,
    key: "<name>_pedestal_tracking",
    schema: { type: "boolean", default: false },
    description: "Whether the pedestals of G0 (in high gain, of HG0) follow the newest 1000 frames.",
  },
  pedestalTrackingLimitAdu: {
    group: DATA_RETRIEVAL_LAYER,
    key: "<name>_pedestal_tracking_limit_adu",
    schema: { type: "number", exclusiveMinimum: 0, maximum: 16383, default: 100 },
    unit: "ADU",
    description: "Limit of a pedestal's drift from the dark file, in ADU.",
  },
  headerEntry: {
    group: DATA_RETRIEVAL_LAYER,
    key: "<name>_entry",
    schema: { type: "string", pattern: "\\S" },
    isRequired: true,
    write: "a key of the frame's header, such as detSpec1, or one of rx_jsonpara",
    description:
      "Value that a HeaderEntryJungfrau1MZmq returns: a key of the frame's header or of its addJsonHeader, or bunchId, storageCell or gainMode.",
  },
  signalFrame: {
    group: DATA_RETRIEVAL_LAYER,
    key: "<name>_frame",
    schema: { type: "string", pattern: "\\S", default: "detector_data" },
    write: "a name in required_data whose data source is a Jungfrau1MZmq",
    description:
      "The frame of a signal: an earlier name in required_data, whose data source is a Jungfrau1MZmq.",
  },
  regionRows: {
    group: DATA_RETRIEVAL_LAYER,
    key: "<name>_rows",
    schema: PIXEL_RANGE,
    ...OF_PIXEL_RANGE,
    isRequired: true,
    description: "Rows of a RegionOfInterestJungfrau1MZmq: [from, to]; `to` is excluded, as in numpy.",
  },
  regionColumns: {
    group: DATA_RETRIEVAL_LAYER,
    key: "<name>_columns",
    schema: PIXEL_RANGE,
    ...OF_PIXEL_RANGE,
    isRequired: true,
    description: "Columns of a RegionOfInterestJungfrau1MZmq, likewise.",
  },
  litThreshold: {
    group: DATA_RETRIEVAL_LAYER,
    key: "<name>_threshold",
    schema: { type: "number", minimum: 0, maximum: 1e9 },
    isRequired: true,
    description: "For a LitPixelsJungfrau1MZmq: a pixel above this value is lit; in the unit of the frame.",
  },
  litMinimum: {
    group: DATA_RETRIEVAL_LAYER,
    key: "<name>_minimum",
    schema: { type: "integer", minimum: 1, maximum: 1e9 },
    isRequired: true,
    unit: "pixels",
    description: "A frame with at least this many lit pixels is a hit.",
  },
  saturationMargin: {
    group: DATA_RETRIEVAL_LAYER,
    key: "<name>_margin_adu",
    schema: { type: "integer", minimum: 0, maximum: ADC_MASK, default: 2000 },
    unit: "ADU",
    description:
      "For a SaturationJungfrau1MZmq: a pixel within this distance of the end of G2 (ADC value 0) counts as near_limit, in ADU.",
  },
  beamCentre: {
    group: DATA_RETRIEVAL_LAYER,
    key: "<name>_beam_centre",
    schema: {
      type: "array",
      items: { type: "number", minimum: -100_000, maximum: 100_000 },
      minItems: 2,
      maxItems: 2,
    },
    isRequired: true,
    write: "row and column, such as [511.5, 511.5]",
    description:
      "For a RadialProfileJungfrau1MZmq: position of the beam, [row, column] in pixels. [0, 0] is the centre of the first pixel. It may lie outside the frame.",
  },
  radialBins: {
    group: DATA_RETRIEVAL_LAYER,
    key: "<name>_bins",
    schema: { type: "integer", minimum: 1, maximum: 4096, default: 100 },
    unit: "rings",
    description: "Number of rings of equal width, from the beam centre to the furthest pixel.",
  },
  radialDistanceMm: {
    group: DATA_RETRIEVAL_LAYER,
    key: "<name>_distance_mm",
    schema: { type: "number", exclusiveMinimum: 0, maximum: 1e6 },
    unit: "mm",
    description:
      "Distance from sample to detector, for rings in 1/Å; default fallback_detector_distance. The photon energy is <name>_photon_energy_kev, calibration.photon_energy_kev or fallback_beam_energy.",
  },
  delivery: {
    group: DATA_RETRIEVAL_LAYER,
    key: "delivery",
    schema: { enum: ["latest", "all"], default: "latest" },
    description:
      "latest: the newest event; older ones are skipped. all: every event; if the monitor is too slow, the sender drops frames.",
  },
  incompleteFrames: {
    group: DATA_RETRIEVAL_LAYER,
    key: "incomplete_frames",
    schema: { enum: ["mark", "drop"], default: "mark" },
    description:
      "Exposures that lost packets or a module: mark delivers them with the missing pixels marked bad; drop does not deliver them.",
  },
  pairingWindow: {
    group: DATA_RETRIEVAL_LAYER,
    key: "pairing_window",
    schema: { type: "integer", minimum: 1, maximum: MAX_MESSAGES, default: 64 },
    unit: "exposures",
    description:
      "Maximum number of exposures that wait for their other module; up to 1.5 MiB of memory each.",
  },
  playback: {
    group: DATA_RETRIEVAL_LAYER,
    key: "playback",
    schema: {
      type: "object",
      properties: {
        // 0: by the detector's clock. The maximum is above the frame rate of any detector.
        rate_hz: { type: "number", minimum: 0, maximum: MAX_MESSAGES, default: 0 },
        unpaced: { type: "boolean", default: false },
        first: { type: "integer", minimum: 0, default: 0 },
        last: { type: "integer", minimum: 0, default: Number.MAX_SAFE_INTEGER },
        every: { type: "integer", minimum: 1, default: 1 },
        loop: { type: "boolean", default: false },
      },
      additionalProperties: false,
      default: {},
    },
    description:
      "How recordings are played: rate_hz (default 0: by the detector's clock), unpaced (as fast as possible), first and last frame number, every N-th exposure, loop. No effect on streams.",
  },
  deliveryQueueMiB: {
    group: DATA_RETRIEVAL_LAYER,
    key: "delivery_queue_mib",
    schema: { type: "number", exclusiveMinimum: 0, maximum: MAX_MESSAGES, default: 64 },
    unit: "MiB",
    description: "Maximum size of the events that wait if delivery is all, in MiB; an event takes 2.",
  },
  receiveHighWaterMark: {
    group: DATA_RETRIEVAL_LAYER,
    key: "receive_high_water_mark",
    // The default of ZeroMQ, 1000, would be 1 GB and seconds of stale frames.
    schema: { type: "integer", minimum: 1, maximum: MAX_MESSAGES, default: 64 },
    unit: "messages",
    description: "Maximum number of messages that wait in the socket of each stream; up to 1 MiB each.",
  },
  frameNumberStep: {
    group: DATA_RETRIEVAL_LAYER,
    key: "frame_number_step",
    schema: { type: "integer", minimum: 1, maximum: 256, default: 1 },
    description:
      "Step of the streams' frame numbers: N behind `receive --share N`, or with rx_zmqfreq N. Numbers in between do not count as missed.",
  },
  curveServerKeyFile: {
    group: DATA_RETRIEVAL_LAYER,
    key: "curve_server_key_file",
    schema: { type: "string" },
    description:
      "File with the public key of the streams' sender. Connections are encrypted with ZeroMQ's CURVE, and only this sender is accepted.",
  },
  curveKeyFile: {
    group: DATA_RETRIEVAL_LAYER,
    key: "curve_key_file",
    schema: { type: "string" },
    description: "File with this monitor's key pair (.key_secret), if the sender accepts only some monitors.",
  },
  fallbackBeamEnergyInEV: {
    group: DATA_RETRIEVAL_LAYER,
    key: "fallback_beam_energy_in_eV",
    schema: { type: "number" },
    description: "Value of beam_energy, in eV.",
  },
  fallbackBeamEnergy: {
    group: DATA_RETRIEVAL_LAYER,
    key: "fallback_beam_energy",
    schema: { type: "number" },
    description: "The same, in OM's older spelling.",
  },
  fallbackDetectorDistanceInMm: {
    group: DATA_RETRIEVAL_LAYER,
    key: "fallback_detector_distance_in_mm",
    schema: { type: "number" },
    description: "Value of detector_distance, in mm.",
  },
  fallbackDetectorDistance: {
    group: DATA_RETRIEVAL_LAYER,
    key: "fallback_detector_distance",
    schema: { type: "number" },
    description: "The same, in OM's older spelling.",
  },
  darkFilenames: {
    group: "calibration",
    key: "dark_filenames",
    schema: FILES,
    ...OF_FILES,
    description:
      "Pedestal files of OM, PSI or LCLS: one per module, top module first, or one for both. Required for calibrated frames.",
  },
  gainFilenames: {
    group: "calibration",
    key: "gain_filenames",
    schema: FILES,
    ...OF_FILES,
    description:
      "Gain files of PSI or LCLS, in ADU/keV: one per module, top module first, or one for both. Required for calibrated frames, except in adu.",
  },
  maskFilenames: {
    group: "calibration",
    key: "mask_filenames",
    schema: FILES,
    ...OF_FILES,
    description:
      "HDF5 files with pixels to mask: /pixel_mask (0 is good) of PSI or NeXus, or OM's /data/data (1 is good).",
  },
  photonEnergyKeV: {
    group: "calibration",
    key: "photon_energy_kev",
    schema: PHOTON_ENERGY_KEV,
    ...OF_PHOTON_ENERGY,
    description: "Photon energy in keV. Required for photons.",
  },
  alarm: {
    group: "alarms",
    key: "<name>",
    schema: {
      type: "object",
      properties: {
        signal: { type: "string", pattern: "\\S" },
        above: ALARM_LIMIT,
        below: ALARM_LIMIT,
        for_seconds: { type: "number", minimum: 0, maximum: 86_400, default: 0 },
        healthz: { type: "boolean", default: false },
      },
      required: ["signal"],
      additionalProperties: false,
    },
    description:
      "An alarm, raised while the signal is above or below a limit for at least for_seconds. With healthz, /healthz then returns 503. docs/signals.md lists the signals.",
  },
} as const satisfies Readonly<Record<string, ConfigurationKey>>;

/** The place of a key. @param name  of the data source, for a template */
export function addressOf({ group, key }: ConfigurationKey, name = ""): ParameterAddress {
  return { group, parameter: key.replace("<name>", name) };
}

/** A key in its written form: `calibration.dark_filenames`. @param name  of the data source, for a template */
export function dotted(key: ConfigurationKey, name?: string): string {
  const { group, parameter } = addressOf(key, name);
  return `${group}.${parameter}`;
}
