/**
 * Messages between the live view's server and its pages. Browsers load this: it uses nothing of Node.js.
 *
 * A page opens a WebSocket at {@link LIVE_PATH}. It requests an image when it has drawn the last one, and
 * gets one as soon as there is a newer one; text messages come unrequested.
 */
import { BAD_PIXEL_REASONS, type BadPixelReason, PIXEL_STATUS } from "../calibration/pixel-status.js";
import { ADC_MASK, GAIN_BITS_SHIFT, KEV_ANGSTROM, PIXEL_SIZE_MM } from "../detector.js";
import { encodeNpy } from "../host/npy.js";

// Everything that a page needs from the rest of this package.
export {
  ADC_MASK,
  BAD_PIXEL_REASONS,
  type BadPixelReason,
  encodeNpy,
  GAIN_BITS_SHIFT,
  KEV_ANGSTROM,
  PIXEL_SIZE_MM,
  PIXEL_STATUS,
};

export const LIVE_PATH = "/api/live";
/**
 * POST writes the frames that the monitor keeps to its disk; the response is a {@link SavedFrames} as JSON.
 */
export const SAVE_FRAMES_PATH = "/api/save-frames";

/**
 * GET returns an image as an HDF5 file: the newest, `?image=NAME`. POST returns an image that is sent in the form
 * in which pages get it: a paused page shows one that the monitor no longer has.
 */
export const HDF5_PATH = "/api/frame.h5";

/**
 * Name of an image: the newest frame, calibrated or as raw words; or the sum or maximum of calibrated frames.
 */
export const IMAGE_NAMES = ["calibrated", "raw", "sum", "maximum"] as const;
export type ImageName = (typeof IMAGE_NAMES)[number];

/** Rows, and columns, per value, which is the greatest of their good pixels. 1 is full resolution. */
export const BINNINGS = [1, 2] as const;
export type Binning = (typeof BINNINGS)[number];

/** A page's message, as JSON. */
export type PageMessage =
  /**
   * Send the image as soon as its `sequence` differs from `after`; replaces an unanswered request. In full
   * resolution unless a binning is given.
   */
  | {
      readonly type: "image";
      readonly image: ImageName;
      readonly after: number | null;
      readonly binning?: Binning | undefined;
    }
  /** Restart sum and maximum, for all pages. */
  | { readonly type: "reset" }
  /** Sum and maximum over about the last so many frames, or since the last reset if null; for all pages. */
  | { readonly type: "window"; readonly frames: number | null }
  /** Reset the pedestals to those of the dark files, if {@link Hello.canResetPedestals}. */
  | { readonly type: "resetPedestals" }
  /** Control the playback of the recording, for all pages. */
  | { readonly type: "playback"; readonly command: PlaybackCommand };

/** Commands of a page for a playback. Exposures are counted from 0. */
export type PlaybackCommand =
  | { readonly action: "play" }
  | { readonly action: "pause" }
  /** Go to an exposure. */
  | { readonly action: "seek"; readonly exposure: number }
  /** Pause, and move so many exposures forward, or back. */
  | { readonly action: "step"; readonly exposures: number };

/** The server's text messages, as JSON. An image is a binary message instead: see {@link decodeImage}. */
export type ServerMessage = Hello | Report | PlaybackReport;

/** The first message of a connection. */
export interface Hello {
  readonly type: "hello";
  /** The images of this monitor. Raw frames have no sums. */
  readonly images: readonly ImageName[];
  /** Whether pedestals follow the frames. */
  readonly canResetPedestals: boolean;
  /** Samples of the last two minutes, at most two per second, oldest first. */
  readonly history: readonly Sample[];
  /** Number of raw frames that the monitor keeps, for {@link SAVE_FRAMES_PATH}; absent if it keeps none. */
  readonly keeps?: number;
  readonly identity: MonitorIdentity;
  /** Sum and maximum are those of other monitors, and cannot be restarted from here. */
  readonly hasGivenSums?: true;
}

/** Which monitor this is, and the settings of its frames; null where unknown. */
export interface MonitorIdentity {
  /** Name of its machine. */
  readonly host: string;
  /** Path of its configuration. */
  readonly configuration: string;
  /** Source of its frames, as it was given. */
  readonly source: string;
  readonly constants: readonly ConstantsAge[];
  readonly photonEnergyKeV: number | null;
  /** From sample to detector. */
  readonly distanceMm: number | null;
  /** In pixels of the frame; the centre of the first pixel is [0, 0]. */
  readonly beamCentre: readonly [row: number, column: number] | null;
}

/** A file of constants. */
export interface ConstantsAge {
  /** Absolute. */
  readonly path: string;
  /** Last change of the file, seconds since 1970; null if it is missing. */
  readonly modifiedSeconds: number | null;
}

/** Position in the recording that the monitor plays; sent after the hello, and on changes. */
export interface PlaybackReport {
  readonly type: "playback";
  /** From 0; null before the first exposure. */
  readonly position: number | null;
  /** Exposures of all played recordings. */
  readonly total: number;
  readonly isPaused: boolean;
}

/** A recording on the monitor's disk. */
export interface SavedFrames {
  /** Path of its master. */
  readonly path: string;
  readonly exposures: number;
}

/** Status of the monitor; sent twice per second. Also at `/api/status`. */
export interface Report {
  readonly type: "report";
  readonly state: "waiting" | "streaming" | "stalled" | "one_module_only";
  /** One sentence for people. */
  readonly message: string;
  /** Further warnings for people, one sentence each: darks that are too old, for example. */
  readonly warnings: readonly string[];
  /** Since the monitor's start, by snake_case name: `delivered`, `skipped`, `unpaired`, `incomplete` … */
  readonly counters: Readonly<Record<string, number>>;
  readonly sample: Sample;
  /** {@link ImageHeader.sequence} of the newest frame; 0 before the first. */
  readonly sequence: number;
  /** The signals in {@link Sample.signals}, in the order of display. */
  readonly signals: readonly SignalInfo[];
  /** Newest curves of data sources; they are read only while a page is open. */
  readonly profiles: readonly Profile[];
  /** The monitors that share the view; absent if there is only one. */
  readonly monitors?: readonly ViewMonitor[];
  /** Alarms that are currently raised. */
  readonly alarms: readonly ViewAlarm[];
  /** Bad pixels of the newest frame, by reason. */
  readonly badPixels: Readonly<Record<string, number>>;
  readonly accumulation: {
    /** Current number of frames in sum and maximum. */
    readonly frames: number;
    /** As requested; null for all since the last reset. */
    readonly window: number | null;
  };
  /** ADC values of the newest raw frame per gain stage, G0, G1, G2; null if there are no raw frames. */
  readonly adcHistograms: AdcHistograms | null;
}

export interface AdcHistograms {
  /** Width of a bin in ADU; the first starts at 0. */
  readonly binWidth: number;
  /** Counts per bin, for each gain stage. */
  readonly stages: readonly (readonly number[])[];
}

/** One of the monitors that share the view. */
export interface ViewMonitor {
  readonly name: string;
  /** A {@link Report.state}, `gone` for one that is no longer heard, or `ended`. */
  readonly state: string;
  /** One sentence for people. */
  readonly message: string;
  readonly eventsPerSecond: number;
}

/** A signal: a number or boolean of a data source for each event. */
export interface SignalInfo {
  /** Such as `roi.sum`. */
  readonly name: string;
  /**
   * True for a boolean: its level is the share of the last five seconds' events in which it was true, 0 to 1.
   */
  readonly isShare: boolean;
}

/** A curve, such as a radial profile. */
export interface Profile {
  readonly name: string;
  /** Unit of {@link centres}. */
  readonly unit: string;
  readonly centres: readonly number[];
  /** In the unit of the frame; null without good pixels. */
  readonly mean: readonly (number | null)[];
}

/** An alarm that is raised. */
export interface ViewAlarm {
  readonly name: string;
  /** `saturation.near_limit is 57, above 20`. */
  readonly message: string;
  /** Seconds since 1970. */
  readonly sinceSeconds: number;
}

/** Numbers at one time, for graphs. */
export interface Sample {
  /** Seconds since 1970. */
  readonly time: number;
  readonly eventsPerSecond: number;
  /** Detector's rate, delivered or not; null if unknown, and for recordings. */
  readonly detectedPerSecond: number | null;
  /** From the newest event's timestamp until its data were ready; null before the first event. */
  readonly lagSeconds: number | null;
  readonly skipped: number;
  readonly partial: number;
  readonly unpaired: number;
  readonly incomplete: number;
  readonly badPixels: number;
  /** Levels of signals by name; null if the newest event has no value. */
  readonly signals: Readonly<Record<string, number | null>>;
}

/** Description of an image, before its pixels. */
export interface ImageHeader {
  readonly image: ImageName;
  /** Increases with each frame; restarts with the monitor. */
  readonly sequence: number;
  readonly eventId: string;
  readonly timestampSeconds: number;
  readonly dtype: "float32" | "uint16" | "int32";
  /** Shape of the frame in full resolution; see {@link dataShape}. */
  readonly shape: readonly [rows: number, columns: number];
  readonly binning: Binning;
  /** Such as `photons`, `keV`, `adu` or `raw`. */
  readonly unit: string;
  /** For a frame: whether a module lost packets. */
  readonly incomplete: boolean;
  /** For a frame: whether the constants do not fit the detector's setting. */
  readonly wrongConstants: boolean;
  /** Frames in a sum or maximum; 1 for a frame. */
  readonly frames: number;
  /** For each two neighbouring modules, the first row of the gap, if any, and of the lower module. */
  readonly moduleBorders: readonly ModuleBorder[];
}

/** The border between two modules. */
export interface ModuleBorder {
  readonly from: number;
  readonly to: number;
}

/** An encoded image. */
export interface ViewImage {
  readonly header: ImageHeader;
  /** Shape as returned by {@link dataShape}. */
  readonly data: Float32Array | Uint16Array | Int32Array;
  /** Why each pixel is bad, uint8, in the shape of the data: a value of `PIXEL_STATUS`, 0 for a measurement. */
  readonly status: Uint8Array;
}

/** The shape of an image's data: the frame's in full resolution, else smaller, rounded up. */
export function dataShape({
  shape: [rows, columns],
  binning,
}: Pick<ImageHeader, "shape" | "binning">): [rows: number, columns: number] {
  return [Math.ceil(rows / binning), Math.ceil(columns / binning)];
}

/** Array types of pixels, by name. */
export const PIXEL_ARRAYS = { float32: Float32Array, uint16: Uint16Array, int32: Int32Array } as const;

/**
 * A binary message: the length of the header (uint32, little-endian), the header as JSON, padded with spaces
 * so that the data start at a multiple of 8 bytes, data and status. The arrays are views of the message.
 */
export function decodeImage(message: ArrayBuffer): ViewImage {
  const headerBytes = new DataView(message).getUint32(0, true);
  const header: ImageHeader = JSON.parse(new TextDecoder().decode(new Uint8Array(message, 4, headerBytes)));
  const [rows, columns] = dataShape(header);
  const pixels = rows * columns;
  const data = new PIXEL_ARRAYS[header.dtype](message, 4 + headerBytes, pixels);
  return { header, data, status: new Uint8Array(message, data.byteOffset + data.byteLength, pixels) };
}

/** The first part of a binary message: what {@link decodeImage} reads before data and status. */
export function encodeImageHeader(header: ImageHeader): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const size = Math.ceil((4 + json.length) / 8) * 8;
  const bytes = new Uint8Array(size).fill(" ".charCodeAt(0));
  new DataView(bytes.buffer).setUint32(0, size - 4, true);
  bytes.set(json, 4);
  return bytes;
}
