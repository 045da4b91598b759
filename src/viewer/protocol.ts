/**
 * What the live view's server and its pages say to each other. Pages are browsers: nothing of Node.js here.
 *
 * A page opens a WebSocket at {@link LIVE_PATH}. It asks for an image when it has drawn the last one, and gets one as
 * soon as there is a newer one; text messages come by themselves.
 */
import { BAD_PIXEL_REASONS, type BadPixelReason, PIXEL_STATUS } from "../calibration/pixel-status.js";
import { ADC_MASK, GAIN_BITS_SHIFT, KEV_ANGSTROM, PIXEL_SIZE_MM } from "../detector.js";
import { encodeNpy } from "../host/npy.js";

// What a page needs of the rest of this package, it has from here.
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
/** POST here writes the frames that the monitor keeps to its disk; the answer is a {@link SavedFrames} as JSON. */
export const SAVE_FRAMES_PATH = "/api/save-frames";

/**
 * GET here gives an image as an HDF5 file: the newest, `?image=NAME`. POST gives the one that is sent, as a page got it: a page
 * that is paused shows one that the monitor no longer has.
 */
export const HDF5_PATH = "/api/frame.h5";

/** Which image: the newest frame, calibrated or as raw words; or sum or maximum of calibrated frames. */
export const IMAGE_NAMES = ["calibrated", "raw", "sum", "maximum"] as const;
export type ImageName = (typeof IMAGE_NAMES)[number];

/** How many rows, and how many columns, one value stands for: the greatest of its good pixels. 1 is full resolution. */
export const BINNINGS = [1, 2] as const;
export type Binning = (typeof BINNINGS)[number];

/** What a page says, as JSON. */
export type PageMessage =
  /**
   * Send the image once its `sequence` is another than `after`; it takes the place of a request not yet answered. In full
   * resolution unless a binning is given.
   */
  | {
      readonly type: "image";
      readonly image: ImageName;
      readonly after: number | null;
      readonly binning?: Binning | undefined;
    }
  /** Begin sum and maximum again, for all pages. */
  | { readonly type: "reset" }
  /** Sum and maximum over about the last so many frames, or since the last reset if null; for all pages. */
  | { readonly type: "window"; readonly frames: number | null }
  /** Go back to the pedestals of the dark files, where {@link Hello.canResetPedestals}. */
  | { readonly type: "resetPedestals" }
  /** Steer the recording that the monitor plays, for all pages. */
  | { readonly type: "playback"; readonly command: PlaybackCommand };

/** What a page can ask of a playback. Exposures are counted from 0. */
export type PlaybackCommand =
  | { readonly action: "play" }
  | { readonly action: "pause" }
  /** Go to an exposure. */
  | { readonly action: "seek"; readonly exposure: number }
  /** Pause, and go so many exposures further, or back. */
  | { readonly action: "step"; readonly exposures: number };

/** What the server says, as JSON; an image comes as a binary message instead: see {@link decodeImage}. */
export type ServerMessage = Hello | Report | PlaybackReport;

/** The first message of a connection. */
export interface Hello {
  readonly type: "hello";
  /** The images that this monitor has. Raw frames alone have no sums. */
  readonly images: readonly ImageName[];
  /** Whether pedestals follow the frames. */
  readonly canResetPedestals: boolean;
  /** Two a second at most, oldest first: of the last two minutes. */
  readonly history: readonly Sample[];
  /** How many raw frames the monitor keeps, for {@link SAVE_FRAMES_PATH}; absent if it keeps none. */
  readonly keeps?: number;
  readonly identity: MonitorIdentity;
  /** Sum and maximum are those of other monitors, and cannot be begun again from here. */
  readonly hasGivenSums?: true;
}

/** Which monitor this is, and what its frames are made with; null where that is unknown. */
export interface MonitorIdentity {
  /** Name of its machine. */
  readonly host: string;
  /** Path of its configuration. */
  readonly configuration: string;
  /** Where its frames come from, as it was given. */
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
  /** When the file was last changed, seconds since 1970; null if it is gone. */
  readonly modifiedSeconds: number | null;
}

/** How far the recording is that the monitor plays; comes after the hello, and when it changes. */
export interface PlaybackReport {
  readonly type: "playback";
  /** From 0; null before the first exposure. */
  readonly position: number | null;
  /** Exposures of all recordings that are played. */
  readonly total: number;
  readonly isPaused: boolean;
}

/** A recording on the monitor's disk. */
export interface SavedFrames {
  /** Of its master. */
  readonly path: string;
  readonly exposures: number;
}

/** How the monitor is doing; comes twice a second. It is `/api/status`, too. */
export interface Report {
  readonly type: "report";
  readonly state: "waiting" | "streaming" | "stalled" | "one_module_only";
  /** One sentence for people. */
  readonly message: string;
  /** What people should know of besides, a sentence each: darks that are too old, for example. */
  readonly warnings: readonly string[];
  /** Since the monitor's start, by snake_case name: `delivered`, `skipped`, `unpaired`, `incomplete` … */
  readonly counters: Readonly<Record<string, number>>;
  readonly sample: Sample;
  /** {@link ImageHeader.sequence} of the newest frame; 0 before the first. */
  readonly sequence: number;
  /** What is in {@link Sample.signals}, in the order in which it is shown. */
  readonly signals: readonly SignalInfo[];
  /** Curves that data sources give, newest; they are read only while a page is open. */
  readonly profiles: readonly Profile[];
  /** The monitors that are shown together; absent in the view of a single one. */
  readonly monitors?: readonly ViewMonitor[];
  /** Alarms that are raised now. */
  readonly alarms: readonly ViewAlarm[];
  /** Bad pixels of the newest frame, by reason. */
  readonly badPixels: Readonly<Record<string, number>>;
  readonly accumulation: {
    /** Frames in sum and maximum now. */
    readonly frames: number;
    /** As it was asked for; null since the last reset. */
    readonly window: number | null;
  };
  /** ADC values of the newest raw frame per gain stage, G0 G1 G2; null if there are no raw frames. */
  readonly adcHistograms: AdcHistograms | null;
}

export interface AdcHistograms {
  /** Width of a bin in ADU; the first begins at 0. */
  readonly binWidth: number;
  /** Counts a bin, of each gain stage. */
  readonly stages: readonly (readonly number[])[];
}

/** One of the monitors that are shown together. */
export interface ViewMonitor {
  readonly name: string;
  /** A {@link Report.state}, `gone` for one that is not heard any more, or `ended`. */
  readonly state: string;
  /** For people. */
  readonly message: string;
  readonly eventsPerSecond: number;
}

/** A signal: a number or a boolean that a data source gives for each event. */
export interface SignalInfo {
  /** Such as `roi.sum`. */
  readonly name: string;
  /** Of a boolean: its level is the share of the events of the last five seconds in which it was true, 0 to 1. */
  readonly isShare: boolean;
}

/** A curve, such as a radial profile. */
export interface Profile {
  readonly name: string;
  /** Of {@link centres}. */
  readonly unit: string;
  readonly centres: readonly number[];
  /** In the unit of the frame; null where there is no good pixel. */
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
  /** What the detector makes, delivered or not; null where that is unknown, and of recordings. */
  readonly detectedPerSecond: number | null;
  /** From the newest event's timestamp until its data were there; null before the first event. */
  readonly lagSeconds: number | null;
  readonly skipped: number;
  readonly partial: number;
  readonly unpaired: number;
  readonly incomplete: number;
  readonly badPixels: number;
  /** Levels of signals by name; null where the newest event has none. */
  readonly signals: Readonly<Record<string, number | null>>;
}

/** What is said of an image, before its pixels. */
export interface ImageHeader {
  readonly image: ImageName;
  /** Goes up with each frame; begins again when the monitor is restarted. */
  readonly sequence: number;
  readonly eventId: string;
  readonly timestampSeconds: number;
  readonly dtype: "float32" | "uint16" | "int32";
  /** Of the frame in full resolution; see {@link dataShape}. */
  readonly shape: readonly [rows: number, columns: number];
  readonly binning: Binning;
  /** Such as `photons`, `keV`, `adu` or `raw`. */
  readonly unit: string;
  /** Of a frame: whether a module lost packets. */
  readonly incomplete: boolean;
  /** Of a frame: whether the constants do not fit the detector's setting. */
  readonly wrongConstants: boolean;
  /** Frames in a sum or maximum; 1 for a frame. */
  readonly frames: number;
  /** Between every two modules, the rows at which the gap, if any, begins, and the lower module. */
  readonly moduleBorders: readonly ModuleBorder[];
}

/** Where one module ends and the next begins. */
export interface ModuleBorder {
  readonly from: number;
  readonly to: number;
}

/** An image as it travels. */
export interface ViewImage {
  readonly header: ImageHeader;
  /** In the shape that {@link dataShape} gives. */
  readonly data: Float32Array | Uint16Array | Int32Array;
  /** Why each pixel is bad, uint8, in the shape of the data: a value of `PIXEL_STATUS`, 0 for a measurement. */
  readonly status: Uint8Array;
}

/** The shape of an image's data: that of the frame in full resolution, else smaller, rounded up. */
export function dataShape({
  shape: [rows, columns],
  binning,
}: Pick<ImageHeader, "shape" | "binning">): [rows: number, columns: number] {
  return [Math.ceil(rows / binning), Math.ceil(columns / binning)];
}

/** The arrays of pixels, by the name of their type. */
export const PIXEL_ARRAYS = { float32: Float32Array, uint16: Uint16Array, int32: Int32Array } as const;

/**
 * A binary message: the length of the header (uint32, little-endian), the header as JSON, filled up with spaces so that
 * the data begin at a multiple of 8 bytes, data and status. The arrays are views of the message.
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
