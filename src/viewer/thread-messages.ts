import type { ErrorCode } from "../error-codes.js";
import type { RaisedAlarm } from "../host/index.js";
import type {
  ImageName,
  MonitorIdentity,
  PlaybackCommand,
  PlaybackReport,
  Report,
  Sample,
  SavedFrames,
} from "./protocol.js";
import type { SnapshotHeader } from "./snapshot.js";

/** Start data of the view's thread. */
export interface ViewerData {
  readonly host: string;
  readonly port: number;
  /** Origins of the page behind reverse proxies. */
  readonly origins: readonly string[];
  /** Token that every request needs; undefined if none is needed. */
  readonly token: string | undefined;
  readonly images: readonly ImageName[];
  readonly canResetPedestals: boolean;
  /** Sum and maximum come as `sums` messages; they are not computed here. */
  readonly hasGivenSums: boolean;
  /** Number of raw frames that the monitor keeps; undefined if it keeps none. */
  readonly keeps: number | undefined;
  /** Whether the monitor plays a recording that pages can control. */
  readonly isPlayback: boolean;
  readonly identity: MonitorIdentity;
  /** Media type of the metrics. */
  readonly metricsType: string;
}

/** The monitor's status, from which the view's thread makes a report. */
export type MonitorStatus = Pick<
  Report,
  "state" | "message" | "warnings" | "counters" | "badPixels" | "signals" | "profiles"
> & {
  /** Share of time in which the monitor's thread is idle, 0 to 1. */
  readonly spare: number;
  readonly time: number;
  readonly eventsPerSecond: number;
  readonly detectedPerSecond: number | null;
  readonly lagSeconds: number | null;
  /** Of the {@link Report.signals}, by name. */
  readonly levels: Sample["signals"];
  readonly alarms: readonly RaisedAlarm[];
  /** Monitors that share the view. */
  readonly monitors?: Report["monitors"];
};

/** Sum and maximum from elsewhere, in the shape of the frames. */
export interface GivenSums {
  readonly frames: number;
  /** NaN where no frame had a measurement. */
  readonly sum: Float32Array;
  readonly maximum: Float32Array;
  /** 0 where any frame had a measurement; else the status in the last frame. */
  readonly status: Uint8Array;
}

/** From the monitor to the view's thread. */
export type ToViewer =
  /** The buffer is transferred; `free` returns it. */
  | { readonly type: "frame"; readonly header: SnapshotHeader; readonly buffer: ArrayBuffer }
  /** Transferred. */
  | { readonly type: "sums"; readonly sums: GivenSums }
  | { readonly type: "status"; readonly status: MonitorStatus }
  | PlaybackReport
  /** Response to `metrics`: the text, or the reason why there is none. */
  | { readonly type: "metrics"; readonly text: string }
  | { readonly type: "metrics"; readonly failure: string }
  /**
   * Response to `save`: the recording, undefined if no frames are kept yet; or why it could not be written.
   */
  | { readonly type: "saved"; readonly saved: SavedFrames | undefined }
  | { readonly type: "saved"; readonly failure: string }
  | { readonly type: "close" };

/** From the view's thread to the monitor. */
export type FromViewer =
  | { readonly type: "listening"; readonly url: string }
  | { readonly type: "failed"; readonly code: ErrorCode; readonly message: string }
  | { readonly type: "free"; readonly buffer: ArrayBuffer }
  /** How many pages are open now. */
  | { readonly type: "pages"; readonly count: number }
  /** A page requests the pedestals of the dark files. */
  | { readonly type: "resetPedestals" }
  /** Request the text of the metrics; one request at a time. */
  | { readonly type: "metrics" }
  | { readonly type: "steer"; readonly command: PlaybackCommand }
  /** Write the frames that are kept; one request at a time. */
  | { readonly type: "save" };
