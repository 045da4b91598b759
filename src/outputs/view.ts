import type { DataSource, Logger, PlaybackControl, StreamStatus } from "../api/index.js";
import { HostError } from "../errors.js";
import { isArray2D, type MonitoredEvent, type MonitorHost, SYSTEM_CLOCK } from "../host/index.js";
import { isLoopback, type ListenAddress, parseAddress, withHostName } from "../http/index.js";
import type { JointFrame, JointMonitor } from "../nats/index.js";
import type { PartialSums } from "../sums/index.js";
import { type KeptFrames, LiveView, type LiveViewOptions, type MonitorIdentity } from "../viewer/index.js";
import type { EventOutput } from "./event-output.js";
import type { MonitorMetrics } from "./metrics.js";
import { monitorMetrics } from "./metrics-on-demand.js";
import { identityOf, type MonitorOrigin } from "./view-identity.js";
import { viewToken } from "./view-token.js";

/** The data source whose words are the live view's raw image. */
const RAW = "raw";
/** Default address of the live view; if it is in use, a free port is chosen. */
const DEFAULT_ADDRESS: ListenAddress = { host: "127.0.0.1", port: 8123 };

export interface ViewOptions {
  /** `HOST:PORT` or `PORT`; true for loopback and the default port. */
  readonly view: string | true;
  /** File with the token of a view that other machines can reach; without it, a token for this run only. */
  readonly tokenFile?: string | undefined;
  /** Origins of the page behind reverse proxies, as browsers send them; none by default. */
  readonly origins?: readonly string[] | undefined;
  readonly host: MonitorHost;
  /** The monitor's configuration and source of frames. */
  readonly origin: MonitorOrigin;
  /** Status of the monitor: of the stream, and of outputs that block the monitor. */
  readonly status: () => StreamStatus;
  readonly metrics: MonitorMetrics;
  /** The raw frames that the monitor keeps, if any. */
  readonly kept?: KeptFrames | undefined;
  /** Playback of a recording: the view shows every frame, and pages control it. */
  readonly playback?: PlaybackControl | undefined;
  readonly logger: Logger;
}

/** The live view of a running monitor. */
export interface ServedView extends EventOutput {
  readonly url: string;
  /** Number of open pages. */
  readonly pages: number;
  /** To be called for each event once its data are ready. A recording waits until the view can take it. */
  write(event: MonitoredEvent): void | Promise<void>;
}

/**
 * Serve the live view of an initialised host. It shows the frame of the first data source that returns one,
 * and the raw words of the data source `raw`, if the configuration has one.
 *
 * @throws {HostError} HOST_CANNOT_LISTEN; and errors from initialising the data source
 */
export async function serveView(options: ViewOptions): Promise<ServedView> {
  const { host, status, metrics, playback, logger } = options;
  const { name: frameName, frames, shape } = frameOf(host);
  if (frames === "none") {
    logger.warn(
      "The live view has no image: required_data names no detector frame. Add detector_data to it.",
    );
  }
  const source = await host.dataSource(frameName);
  const rawSource = frames === "calibrated" ? await rawSourceFor(shape, host, logger) : undefined;
  const view = await startView(options, {
    frames,
    rawSource,
    resetPedestals: source?.reset && (() => source.reset?.()),
    status,
    watched: host,
    metrics,
    kept: options.kept,
    playback,
    identity: await identityOf(host, options.origin),
  });
  return {
    url: withHostName(view.url),
    get pages() {
      return view.pages;
    },
    write: ({ event, data }) => {
      const frame = data[frameName];
      view.offerProfiles(data);
      if (!isArray2D(frame)) return;
      return playback === undefined ? view.offer(event, frame) : view.show(event, frame);
    },
    close: () => view.close(),
  };
}

/** The live view of several monitors together. */
export interface ServedJointView {
  readonly url: string;
  readonly pages: number;
  show(answer: JointFrame): void;
  showSums(sums: PartialSums | undefined): void;
  close(): Promise<void>;
}

/**
 * Serve the live view of all monitors of a NATS server.
 *
 * @throws {HostError} HOST_CANNOT_LISTEN
 */
export async function serveJointView(
  options: Pick<ViewOptions, "view" | "tokenFile" | "origins" | "logger"> & {
    readonly joint: JointMonitor;
    readonly identity: MonitorIdentity;
  },
): Promise<ServedJointView> {
  const { joint } = options;
  const status = () => joint.status();
  const watched = {
    signals: joint.signals,
    alarms: {
      get raised() {
        return joint.alarms;
      },
      counts: {},
    },
  };
  const view = await startView(options, {
    frames: "calibrated",
    rawSource: undefined,
    status,
    watched,
    joint,
    identity: options.identity,
    metrics: await monitorMetrics({ status, clock: SYSTEM_CLOCK, watched }),
  });
  return {
    url: withHostName(view.url),
    get pages() {
      return view.pages;
    },
    show: ({ header, frame }) => {
      const { eventId, timestampSeconds } = header;
      if (/^\d+$/.test(eventId))
        view.offerUncounted({ frameNumber: BigInt(eventId), timestampSeconds }, frame);
    },
    showSums: (sums) => {
      if (sums !== undefined) view.showSums({ frames: sums.frames, ...sums.read() });
    },
    close: () => view.close(),
  };
}

/** Start a view on the requested address, and log its URL. */
async function startView(
  {
    view: asked,
    tokenFile,
    origins = [],
    logger,
  }: Pick<ViewOptions, "view" | "tokenFile" | "origins" | "logger">,
  options: Omit<LiveViewOptions, "host" | "port" | "origins" | "token" | "clock" | "logger">,
): Promise<LiveView> {
  let token: string | undefined;
  const start = async (address: ListenAddress) => {
    token =
      tokenFile === undefined && isLoopback(address.host) ? undefined : await viewToken(tokenFile, logger);
    return LiveView.start({ ...address, ...options, origins, token, clock: SYSTEM_CLOCK, logger });
  };
  const view = await (asked === true ? startSomewhere(start) : start(parseAddress(asked)));
  const url = withHostName(view.url);
  // More people can read a log than a file that only its owner can read.
  if (token === undefined) logger.info(`Live view on ${url}`);
  else if (tokenFile === undefined) logger.info(`Live view on ${url}?token=${token}`);
  else logger.info(`Live view on ${url}?token=TOKEN, where TOKEN is the content of '${tokenFile}'`);
  return view;
}

/** The default address, or a free port if another monitor uses it. */
async function startSomewhere(start: (address: ListenAddress) => Promise<LiveView>): Promise<LiveView> {
  try {
    return await start(DEFAULT_ADDRESS);
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return start({ ...DEFAULT_ADDRESS, port: 0 });
  }
}

/** The first of the host's sources that describes its value as a 2D array, and a description of this. */
function frameOf(host: MonitorHost): {
  readonly name: string;
  readonly frames: LiveViewOptions["frames"];
  readonly shape: readonly number[];
} {
  for (const [name, { returns }] of Object.entries(host.describe().data ?? {})) {
    if (returns?.shape.length !== 2) continue;
    return { name, frames: returns.unit === "raw" ? "raw" : "calibrated", shape: returns.shape };
  }
  return { name: "", frames: "none", shape: [] };
}

/** The source of raw words for frames of this shape; if it is missing, undefined, with advice in the log. */
async function rawSourceFor(
  shape: readonly number[],
  host: MonitorHost,
  logger: Logger,
): Promise<DataSource<unknown> | undefined> {
  const source = await host.dataSource(RAW);
  const { unit, shape: rawShape = [] } = source?.describe?.().returns ?? {};
  if (unit === RAW && String(rawShape) === String(shape)) return source;
  if (source === undefined) {
    logger.info(
      `The live view has no raw image: no data source is called ${RAW}. To add one, write 'data_sources: {${RAW}: Jungfrau1MZmq}' ` +
        `and '${RAW}_calibration: false'.`,
    );
  } else {
    logger.warn(
      `The live view has no raw image: the data source ${RAW} returns [${rawShape}] ${unit ?? "of no unit"}, not [${shape}] raw ` +
        `words. Set ${RAW}_calibration to false, and ${RAW}_geometry as that of the frame.`,
    );
  }
  return undefined;
}
