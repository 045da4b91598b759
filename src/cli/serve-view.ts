import type { DataSource, Logger } from "../api/index.js";
import { readMonitorParameters } from "../configuration/index.js";
import { HostError } from "../errors.js";
import { isArrayData, type MonitoredEvent, type MonitorHost, type MonitorMetrics } from "../host/index.js";
import { type ListenAddress, parseAddress } from "../http/index.js";
import { isLoopback } from "../loopback.js";
import { LiveView, type LiveViewOptions } from "../viewer/index.js";
import { reachable } from "./reachable.js";
import { SYSTEM_CLOCK } from "./system-clock.js";
import { viewToken } from "./view-token.js";

/** Where the live view is without an address; where that is taken, on a port that is free. */
const DEFAULT_ADDRESS: ListenAddress = { host: "127.0.0.1", port: 8123 };

export interface ViewOptions {
  /** `HOST:PORT` or `PORT`; true for loopback and the usual port. */
  readonly view: string | true;
  readonly configuration: string;
  /** File with the token of a view that other machines reach; a token of this run without it. */
  readonly tokenFile?: string | undefined;
  /** Origins of the page behind reverse proxies, as browsers send them; none by default. */
  readonly origins?: readonly string[] | undefined;
  readonly host: MonitorHost;
  readonly metrics: MonitorMetrics;
  readonly logger: Logger;
}

/** The live view of a running monitor. */
export interface ServedView {
  readonly url: string;
  /** How many pages are open. */
  readonly pages: number;
  /** Call it with each event as soon as its data are there. */
  offer(event: MonitoredEvent): void;
  close(): Promise<void>;
}

/**
 * Serve the live view of a host that is initialised.
 *
 * @throws {HostError} HOST_CANNOT_LISTEN
 */
export async function serveView(options: ViewOptions): Promise<ServedView> {
  const { host, metrics, tokenFile, origins = [], logger } = options;
  const { name: frameName, frames } = frameOf(host);
  if (frames === "none") {
    logger.warn(
      "The live view has no image: required_data names no detector frame. Add detector_data to it.",
    );
  }
  const rawSource = frames === "calibrated" ? await rawFrames(options) : undefined;
  const start = async (address: ListenAddress) =>
    LiveView.start({
      ...address,
      origins,
      token:
        tokenFile === undefined && isLoopback(address.host) ? undefined : await viewToken(tokenFile, logger),
      frames,
      rawSource,
      status: () => host.status(),
      metrics,
      clock: SYSTEM_CLOCK,
      logger,
    });
  const view = await (options.view === true ? startSomewhere(start) : start(parseAddress(options.view)));
  const url = reachable(view.url);
  logger.info(`Live view on ${url}`);
  return {
    url,
    get pages() {
      return view.pages;
    },
    offer: ({ event, data }) => {
      const frame = data[frameName];
      if (isArrayData(frame)) view.offer(event, frame);
    },
    close: () => view.close(),
  };
}

/** The usual address, or a free port where another monitor has it. */
async function startSomewhere(start: (address: ListenAddress) => Promise<LiveView>): Promise<LiveView> {
  try {
    return await start(DEFAULT_ADDRESS);
  } catch (error) {
    if (!(error instanceof HostError)) throw error;
    return start({ ...DEFAULT_ADDRESS, port: 0 });
  }
}

/** The first of the host's sources that says that it gives a 2D array, and what that is. */
function frameOf(host: MonitorHost): { name: string; frames: LiveViewOptions["frames"] } {
  for (const [name, { returns }] of Object.entries(host.describe().data ?? {})) {
    if (returns?.shape.length === 2) return { name, frames: returns.unit === "raw" ? "raw" : "calibrated" };
  }
  return { name: "", frames: "none" };
}

/** A source of the words that calibrated frames are made of; undefined if the plugin is another one. */
async function rawFrames({ host, configuration }: ViewOptions): Promise<DataSource<unknown> | undefined> {
  if (host.describe().dataRetrieval?.name !== "Jungfrau1MZmqDataRetrieval") return undefined;
  const monitorParameters = readMonitorParameters(configuration);
  const address = { group: "data_retrieval_layer", parameter: "detector_calibration" };
  monitorParameters.override(address, false, "--view");
  return host.buildDataSource("Jungfrau1MZmq", { dataSourceName: "detector", monitorParameters });
}
