import type { StreamState } from "../api/index.js";
import type { Source } from "../stream/index.js";
import type { StreamProgress } from "./stream-progress.js";

/** A stream from which nothing has arrived for this long is silent. */
const QUIET_SECONDS = 5;

/** Everything that determines the state of a stream. */
export type StreamCondition = Pick<
  StreamProgress,
  "url" | "problem" | "firstSeconds" | "newestSeconds" | "hasEnded"
>;

export interface StatusInput extends Pick<Source, "kind"> {
  readonly streams: readonly StreamCondition[];
  /** When the newest event was made; undefined before the first. */
  readonly newestEventSeconds: number | undefined;
  /** When the newest event without missing ports was made. */
  readonly newestWholeSeconds: number | undefined;
  /** Two streams that number the same exposures differently, as the beginning of a sentence. */
  readonly difference?: string | undefined;
  /** Whether the monitor takes no events. */
  readonly isHeldUp: boolean;
  readonly nowSeconds: number;
}

/** How to give the modules the same numbering. */
export const NUMBER_ALIKE =
  "Stop the acquisition, and set the next frame number of all modules: sls_detector_put nextframenumber 1";

/** Likely causes of a silent stream, with the commands to type. */
const WHY_SILENT =
  "Likely causes: its receiver does not run; it does not stream (sls_detector_put rx_zmqstream 1); its port is outside every " +
  "region of interest (sls_detector_put rx_clearroi)";

/** What to check if a detector was not seen yet. */
const HOW_TO_STREAM =
  "Frames arrive when an acquisition runs and the receivers stream (sls_detector_put rx_zmqstream 1)";

/** The state of the streams, and a sentence about it: what is missing, where, and for how long. */
export function streamStatus(input: StatusInput): { state: StreamState; message: string } {
  const { streams, kind, newestEventSeconds, newestWholeSeconds, difference, isHeldUp, nowSeconds } = input;
  // A stream that has sent nothing is waited for since the first frame of any stream.
  const firstSeconds = Math.min(...streams.map(({ firstSeconds }) => firstSeconds ?? nowSeconds));
  const since = ({ newestSeconds }: StreamCondition) => nowSeconds - (newestSeconds ?? firstSeconds);
  const quiet = streams.filter((stream) => since(stream) >= QUIET_SECONDS);

  if (kind === "recording") {
    const isPlaying = newestEventSeconds !== undefined;
    const names = streams.map(({ url }) => url).join(", ");
    const problem = streams.find((stream) => stream.problem !== undefined)?.problem;
    return {
      state: isPlaying ? "streaming" : "waiting",
      message:
        problem === undefined ? `${isPlaying ? "playing" : "opening"} ${names}` : `${problem}: ${names}`,
    };
  }
  const quietEvents = newestEventSeconds !== undefined && nowSeconds - newestEventSeconds >= QUIET_SECONDS;
  if (isHeldUp && quietEvents) {
    return { state: "streaming", message: "held up: the monitor takes no events" };
  }
  if (streams.every(({ firstSeconds }) => firstSeconds === undefined)) {
    const silence = silenceOf(streams, nowSeconds);
    // A peer that is not there yet may come. One that refuses needs a correction.
    return streams.some(({ problem }) => problem?.startsWith("refused"))
      ? { state: "stalled", message: `stalled: ${silence}` }
      : {
          state: "waiting",
          message: `waiting for the first frame: ${silence}${kind === "ports" ? `. ${HOW_TO_STREAM}` : ""}`,
        };
  }
  if (quiet.length === streams.length) {
    const silence = silenceOf(streams, nowSeconds);
    const isConnected = streams.every(({ problem }) => problem === undefined);
    // One end message is enough, because they get lost. A receiver that pairs sends none; its own status shows its
    // streams.
    const isOver = streams.some(({ hasEnded }) => hasEnded) || kind === "receiver";
    return isConnected && isOver
      ? { state: "waiting", message: `waiting for the next acquisition: ${silence}` }
      : { state: "stalled", message: `stalled: ${silence}` };
  }
  if (quiet.length > 0) {
    const message = `one module only: ${silenceOf(quiet, nowSeconds)}. ${WHY_SILENT}`;
    return { state: "one_module_only", message };
  }
  if (difference !== undefined) {
    return { state: "stalled", message: `stalled: ${difference}. ${NUMBER_ALIKE}` };
  }
  const withoutEventSince = newestWholeSeconds ?? firstSeconds;
  if (nowSeconds - withoutEventSince >= QUIET_SECONDS) {
    return {
      state: "stalled",
      message:
        `stalled: no complete event for ${Math.floor(nowSeconds - withoutEventSince)} s, although messages arrive: they are ` +
        "invalid, or no frame number arrives on every stream. Name the streams of one detector, each with rx_zmqfreq 1",
    };
  }
  if (newestWholeSeconds === undefined) {
    const silent = streams.filter(({ firstSeconds }) => firstSeconds === undefined);
    return { state: "waiting", message: `waiting for the first event: ${silenceOf(silent, nowSeconds)}` };
  }
  return { state: "streaming", message: "streaming" };
}

/** `no data from tcp://… for 5 s`, for each stream. */
function silenceOf(streams: readonly StreamCondition[], nowSeconds: number): string {
  if (streams.length === 0) return "messages arrive on every stream";
  return streams
    .map(({ url, newestSeconds, problem }) => {
      const since = newestSeconds === undefined ? "yet" : `for ${Math.floor(nowSeconds - newestSeconds)} s`;
      return `no data from ${url} ${since}${problem === undefined ? "" : ` (${problem})`}`;
    })
    .join(", ");
}
