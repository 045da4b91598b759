import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Logger } from "../api/index.js";
import { writeWholeFile } from "../constants/index.js";
import { JUNGFRAU_1M } from "../detector.js";
import { SYSTEM_CLOCK } from "../host/index.js";
import { withHostName } from "../http/index.js";
import { serverKeys } from "../security/index.js";
import {
  DarkScene,
  DEFAULT_DARK_SCENE,
  DEFAULT_SCENE,
  darkFrames,
  darkLength,
  makeScene,
  type Scene,
  type Sent,
  SimulatedDetector,
  type SimulatedFault,
  sceneFrames,
  writeSceneFiles,
} from "../simulator/index.js";
import { FaultLog } from "../stream/index.js";
import { aborted } from "./aborted.js";
import { monitorCommand, monitorKeys, type SimulatorReady } from "./monitor-command.js";
import { StartUpError } from "./start-up-error.js";
import { warnIfUnencrypted } from "./unencrypted.js";

const PROGRESS_INTERVAL_MS = 5000;
/** Faults of pixels in a dark scene. */
const DARK_FAULTS = "dark-faults.json";
/** Frames of each stage: those that `om-jungfrau dark` skips and takes, plus some for those that it rejects. */
const DARK_FRAMES = 1150;

export interface SimulateOptions {
  readonly host: string;
  readonly ports: readonly number[];
  readonly rateHz: number;
  /** In the dark: frames per stage. */
  readonly frames: number;
  /** The dark run to simulate: the stages one after the other, or a run of `pedestalmode`. */
  readonly dark?: "stages" | { readonly pedestalFrames: number; readonly pedestalLoops: number } | undefined;
  readonly seed: number;
  readonly photonEnergyKeV: number;
  /** Values in addJsonHeader of the frames' headers. */
  readonly jsonParameters?: Readonly<Record<string, string>> | undefined;
  /** Simulated faults. */
  readonly faults: readonly SimulatedFault[];
  /** Whether each module's frame says in its pixels which one it is. */
  readonly isStamped: boolean;
  readonly out: string;
  /** Hold the first frame back until a monitor has subscribed to every stream. */
  readonly wait: boolean;
  /** Keep the ports open after the last frame, until the signal aborts. */
  readonly stay: boolean;
  /** The detector's own key pair, and the public keys of accepted clients. */
  readonly curveKey?: string | undefined;
  readonly curveClients?: readonly string[] | undefined;
  readonly json: boolean;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Run a simulated detector until it has sent its frames, or the signal aborts. */
export async function runSimulator(options: SimulateOptions): Promise<void> {
  const { logger, signal, rateHz } = options;
  const { detector, frames, frame, ready } = await StartUpError.around(() => start(options));
  try {
    if (options.json) process.stdout.write(`${JSON.stringify(ready)}\n`);
    else process.stdout.write(`${monitorCommand(ready)}\n`);

    if (options.wait) {
      logger.info("Waiting for a monitor to subscribe to every stream");
      await Promise.race([detector.subscribed(), aborted(signal)]);
    }
    logger.info(`Sending ${frames === Number.POSITIVE_INFINITY ? "" : `${frames} `}frames at ${rateHz} Hz`);
    let sent = 0;
    const progress = setInterval(() => logger.info(`Sent ${sent} frames`), PROGRESS_INTERVAL_MS);
    try {
      const summary = await detector.acquire({
        ...options,
        layout: JUNGFRAU_1M,
        frame,
        frameCount: frames,
        added: options.jsonParameters,
        clock: SYSTEM_CLOCK,
        onExposure: () => {
          sent += 1;
        },
      });
      report(summary, options);
    } finally {
      clearInterval(progress);
    }
    if (options.stay && !signal.aborted) {
      logger.info(`Sent ${sent} frames and the end messages; the ports stay open until Ctrl-C`);
      await aborted(signal);
    }
    logger.info(`Ended after ${sent} frames`);
  } finally {
    detector.close();
  }
}

/** What was sent, so that it can be compared with the counters of a monitor. */
function report(sent: Sent, { json, faults, logger }: SimulateOptions): void {
  const { exposures, whole, moduleFrames: module_frames, endMessages: end_messages } = sent;
  if (json) {
    const summary = { exposures, whole, module_frames, end_messages, faults: sent.faults };
    process.stdout.write(`${JSON.stringify({ summary })}\n`);
  }
  if (faults.length === 0) return;
  const counts = Object.entries({ module_frames, end_messages, ...sent.faults });
  logger.info(
    `Faults: ${whole} of ${exposures} exposures sent whole; ${counts.map((count) => count.join(" ")).join(", ")}`,
  );
}

async function start(options: SimulateOptions) {
  const { logger, host, ports, seed, photonEnergyKeV, out, ...security } = options;
  const faultLog = new FaultLog(logger, SYSTEM_CLOCK);
  const keys = serverKeys(security.curveKey, security.curveClients, (message) => logger.warn(message));
  const detector = await SimulatedDetector.bind(
    ports.map((port) => `tcp://${host.includes(":") ? `[${host}]` : host}:${port}`),
    keys,
    (message) => faultLog.warn(message, message),
  );
  warnIfUnencrypted(detector.source.split(","), keys, logger);
  try {
    logger.info("Making a scene and its constants");
    const scene = makeScene({ ...DEFAULT_SCENE, seed, photonEnergyKeV });
    const configuration = await writeSceneFiles(out, scene);
    const ready: SimulatorReady = {
      source: withHostName(detector.source),
      configuration,
      ...monitorKeys(security.curveKey, security.curveClients),
    };
    return { detector, ...(await acquisition(scene, options)), ready };
  } catch (error) {
    detector.close();
    throw error;
  }
}

/** The number and kind of frames to send. */
async function acquisition(scene: Scene, { dark, frames, seed, out }: SimulateOptions) {
  if (dark === undefined) return { frames, frame: sceneFrames(scene) };
  const darkScene = new DarkScene(scene, { ...DEFAULT_DARK_SCENE, seed });
  await writeWholeFile(join(out, DARK_FAULTS), (path) => writeFile(path, darkScene.faultsText()));
  const run = dark === "stages" ? { framesOfStage: Number.isFinite(frames) ? frames : DARK_FRAMES } : dark;
  return { frames: darkLength(run), frame: darkFrames(darkScene, run) };
}
