import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { Logger } from "../api/index.js";
import { JUNGFRAU_1M } from "../detector.js";
import { SYSTEM_CLOCK } from "../host/index.js";
import { JointMonitor, Nats, readNatsCredentials } from "../nats/index.js";
import { serveJointView } from "../outputs/index.js";
import { StartUpError } from "./start-up-error.js";
import { StateLog } from "./terminal/state-log.js";

/** Interval of requests for a frame while pages are open; the monitors take turns. */
const FRAME_INTERVAL_MS = 250;
/** Interval of requests to all monitors for their sums while pages are open. */
const SUMS_INTERVAL_MS = 2000;
/** The same without pages, because monitors stop summing after a minute without requests. */
const IDLE_SUMS_INTERVAL_SECONDS = 20;
/** Frames with gaps between modules and chips have more pixels than the detector. */
const MAX_PIXELS = 2 * JUNGFRAU_1M.pixels;

export interface ViewCommandOptions {
  /** `nats://HOST:PORT` */
  readonly server: string;
  /** File with the credentials for it. */
  readonly natsCredentials?: string | undefined;
  /** Where to serve the page, as `HOST:PORT` or `PORT`; the default address if undefined. */
  readonly listen: string | undefined;
  readonly tokenFile?: string | undefined;
  readonly origins?: readonly string[] | undefined;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/**
 * Serve the live view of all monitors that publish to a NATS server, until the signal aborts.
 *
 * @throws {StartUpError} before anything runs
 */
export async function runView(options: ViewCommandOptions): Promise<void> {
  const { server, listen, tokenFile, origins, logger, signal } = options;
  const credentials = await StartUpError.around(() => readNatsCredentials(options.natsCredentials, logger));
  const nats = new Nats(server, "om-jungfrau view", logger, credentials);
  const joint = new JointMonitor(nats, MAX_PIXELS, SYSTEM_CLOCK);
  try {
    const view = await StartUpError.around(() =>
      serveJointView({
        view: listen ?? true,
        tokenFile,
        origins,
        joint,
        identity: {
          ...{ host: hostname(), configuration: "of each monitor", source: server, constants: [] },
          ...{ photonEnergyKeV: null, distanceMm: null, beamCentre: null },
        },
        logger,
      }),
    );
    const endStateLog = StateLog.start(() => joint.status(), logger, { repeats: false });
    const repeat = async (intervalMs: number, ask: () => Promise<void>) => {
      while (!signal.aborted) {
        await ask();
        await delay(intervalMs, undefined, { signal }).catch(() => undefined);
      }
    };
    const frames = repeat(FRAME_INTERVAL_MS, async () => {
      const answer = view.pages > 0 ? await joint.askFrame() : undefined;
      if (answer !== undefined) view.show(answer);
    });
    const sums = repeat(SUMS_INTERVAL_MS, async () => {
      const isSeen = view.pages > 0;
      await joint.askSums(isSeen ? 0 : IDLE_SUMS_INTERVAL_SECONDS);
      if (isSeen) view.showSums(joint.sums);
    });
    await Promise.all([frames, sums]);
    endStateLog();
    await view.close();
  } finally {
    await nats.close();
  }
}
