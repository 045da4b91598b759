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

/** What the view's thread is started with. */
export interface ViewerData {
  readonly host: string;
  readonly port: number;
  /** Origins of the page behind reverse proxies. */
  readonly origins: readonly string[];
  /** What every request must know; undefined if none is needed. */
  readonly token: string | undefined;
  readonly images: readonly ImageName[];
  readonly canResetPedestals: boolean;
  /** Sum and maximum come by `sums`; they are not made here. */
  readonly hasGivenSums: boolean;
  /** How many raw frames the monitor keeps; undefined if it keeps none. */
  readonly keeps: number | undefined;
  /** Whether the monitor plays a recording that pages can steer. */
  readonly isPlayback: boolean;
  readonly identity: MonitorIdentity;
  /** Media type of the metrics. */
  readonly metricsType: string;
}

/** What the monitor knows of itself; the view's thread makes a report of it. */
export type MonitorStatus = Pick<
  Report,
  "state" | "message" | "warnings" | "counters" | "badPixels" | "signals" | "profiles"
> & {
  /** Part of its time in which the monitor's thread has nothing to do, 0 to 1. */
  readonly spare: number;
  readonly time: number;
  readonly eventsPerSecond: number;
  readonly detectedPerSecond: number | null;
  readonly lagSeconds: number | null;
  /** Of the {@link Report.signals}, by name. */
  readonly levels: Sample["signals"];
  readonly alarms: readonly RaisedAlarm[];
  /** Monitors that are shown together. */
  readonly monitors?: Report["monitors"];
};

/** Sum and maximum that others have made, in the shape of the frames. */
export interface GivenSums {
  readonly frames: number;
  /** NaN where no frame had a measurement. */
  readonly sum: Float32Array;
  readonly maximum: Float32Array;
  /** 0 where any frame had a measurement; else why the last one had none. */
  readonly status: Uint8Array;
}

/** From the monitor to the view's thread. */
export type ToViewer =
  /** The buffer is transferred; it comes back by `free`. */
  | { readonly type: "frame"; readonly header: SnapshotHeader; readonly buffer: ArrayBuffer }
  /** Transferred. */
  | { readonly type: "sums"; readonly sums: GivenSums }
  | { readonly type: "status"; readonly status: MonitorStatus }
  | PlaybackReport
  /** The answer to `metrics`: the text, or why there is none. */
  | { readonly type: "metrics"; readonly text: string }
  | { readonly type: "metrics"; readonly failure: string }
  /** The answer to `save`: what was written, undefined if nothing is kept yet; or why it could not be written. */
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
  /** A page asks for the pedestals of the dark files. */
  | { readonly type: "resetPedestals" }
  /** Give me the text of the metrics; one question at a time. */
  | { readonly type: "metrics" }
  | { readonly type: "steer"; readonly command: PlaybackCommand }
  /** Write the frames that are kept; one question at a time. */
  | { readonly type: "save" };
