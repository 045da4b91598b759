import { fileURLToPath } from "node:url";
import { parentPort, workerData } from "node:worker_threads";
import { JUNGFRAU_1M } from "../../detector.js";
import { isMonitorError, messageOf } from "../../errors.js";
import { healthOf } from "../../host/alarms.js";
import type { HttpServer } from "../../http/index.js";
import type { PlaybackCommand, Report, SavedFrames } from "../protocol.js";
import { readSnapshot } from "../snapshot.js";
import type { FromViewer, MonitorStatus, ToViewer, ViewerData } from "../thread-messages.js";
import { Images } from "./images.js";
import { readPageFiles } from "./page-files.js";
import { Pages } from "./pages.js";
import { startViewServer } from "./view-server.js";

/*
 * The live view's thread. It does all the work of the view, so that the monitor's thread only copies frames.
 */
const port = parentPort;
if (port === null) throw new Error("This file is run as a worker thread.");
const {
  host,
  port: tcpPort,
  origins,
  token,
  images: imageNames,
  canResetPedestals,
  keeps,
  isPlayback,
  identity,
  hasGivenSums,
  metricsType,
} = workerData as ViewerData;
const say = (message: FromViewer, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

const nowMs = () => performance.now();
const images = new Images(JUNGFRAU_1M, nowMs, hasGivenSums);
const pageEvents = {
  count: (count: number) => say({ type: "pages", count }),
  ...(canResetPedestals && { resetPedestals: () => say({ type: "resetPedestals" }) }),
  ...(isPlayback && { steer: (command: PlaybackCommand) => say({ type: "steer", command }) }),
};
const pages = new Pages(images, imageNames, nowMs, pageEvents, { keeps, hasGivenSums, identity });
/** If the monitor is silent for longer than this, it hangs. */
const STALE_MS = 5000;
/** How long a metrics text is reused for all requests, because the monitor's thread has to write it. */
const METRICS_MS = 250;

let statusAtMs = nowMs();
let status: MonitorStatus = {
  state: "waiting",
  message: "the monitor starts",
  warnings: [],
  counters: {},
  badPixels: {},
  spare: 1,
  time: 0,
  eventsPerSecond: 0,
  detectedPerSecond: null,
  lagSeconds: null,
  signals: [],
  profiles: [],
  levels: {},
  alarms: [],
};
/** Buffer of the newest snapshot; it is returned after the next one has arrived. */
let lent: ArrayBuffer | undefined;
let metrics: Promise<string> | undefined;
let saving: Promise<SavedFrames | undefined> | undefined;
let saveAnswer: { resolve(saved: SavedFrames | undefined): void; reject(error: Error): void } | undefined;
let metricsAnswer: { resolve(text: string): void; reject(error: Error): void } | undefined;

/** State and message of the stream, or stalled if the monitor has stopped sending them. */
function streamState(): Pick<MonitorStatus, "state" | "message"> {
  const silentMs = nowMs() - statusAtMs;
  if (silentMs < STALE_MS) return status;
  return { state: "stalled", message: `the monitor has not answered for ${Math.floor(silentMs / 1000)} s` };
}

function report(): Report {
  const { state, message } = streamState();
  const { warnings, counters, badPixels, time, eventsPerSecond, detectedPerSecond } = status;
  const { lagSeconds, signals, profiles, levels, alarms, monitors } = status;
  const { skipped = 0, partial = 0, unpaired = 0, incomplete = 0 } = counters;
  return {
    type: "report",
    state,
    message,
    warnings,
    counters,
    badPixels,
    signals,
    profiles,
    alarms,
    ...(monitors !== undefined && { monitors }),
    sample: {
      time,
      eventsPerSecond,
      detectedPerSecond,
      lagSeconds,
      skipped,
      partial,
      unpaired,
      incomplete,
      badPixels: Object.values(badPixels).reduce((sum, count) => sum + count, 0),
      signals: levels,
    },
    sequence: images.sequence,
    accumulation: images.accumulation,
    adcHistograms: images.adcHistograms,
  };
}

function metricsText(): Promise<string> {
  if (metrics === undefined) {
    metrics = new Promise((resolve, reject) => {
      metricsAnswer = { resolve, reject };
    });
    metrics.catch(() => undefined); // each request handles it
    say({ type: "metrics" });
  }
  return metrics;
}

/** Requests while frames are being written share one answer. */
function saveFrames(): Promise<SavedFrames | undefined> {
  if (saving === undefined) {
    saving = new Promise((resolve, reject) => {
      saveAnswer = { resolve, reject };
    });
    saving.catch(() => undefined); // each request handles it
    say({ type: "save" });
  }
  return saving;
}

function listen(message: ToViewer, server: HttpServer): void {
  switch (message.type) {
    case "frame":
      images.add(readSnapshot(message.buffer, message.header));
      if (lent !== undefined) say({ type: "free", buffer: lent }, [lent]);
      lent = message.buffer;
      pages.serve();
      return;
    case "sums":
      images.giveSums(message.sums);
      pages.serve();
      return;
    case "status":
      status = message.status;
      statusAtMs = nowMs();
      pages.report(report(), status.spare);
      pages.serve(); // sums of the last frames before a pause
      return;
    case "playback":
      pages.playback(message);
      return;
    case "metrics":
      if ("text" in message) metricsAnswer?.resolve(message.text);
      else metricsAnswer?.reject(new Error(message.failure));
      setTimeout(() => {
        metrics = undefined;
      }, METRICS_MS).unref();
      return;
    case "saved":
      if ("failure" in message) saveAnswer?.reject(new Error(message.failure));
      else saveAnswer?.resolve(message.saved);
      saving = undefined;
      return;
    case "close":
      pages.close();
      void server.close().then(() => port?.close());
  }
}

try {
  const server = await startViewServer({
    host,
    port: tcpPort,
    origins,
    token,
    files: readPageFiles(fileURLToPath(new URL("../../../page/", import.meta.url))),
    images,
    imageNames,
    identity,
    pages,
    report,
    metrics: { text: metricsText, contentType: metricsType },
    health: () => healthOf(streamState(), status.alarms),
    saveFrames: keeps === undefined ? undefined : saveFrames,
  });
  port.on("message", (message: ToViewer) => listen(message, server));
  say({ type: "listening", url: server.url });
} catch (error) {
  const code = isMonitorError(error) ? error.code : "HOST_CANNOT_LISTEN";
  say({ type: "failed", code, message: messageOf(error) });
}
