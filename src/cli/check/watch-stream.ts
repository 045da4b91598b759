import type { StreamStatus } from "../../api/index.js";
import { type MonitorHost, SYSTEM_CLOCK } from "../../host/index.js";
import { summarizeData } from "../../outputs/index.js";
import type { StreamReport } from "./report.js";

/** Describing an event reads every pixel, so not every event is described. */
const DESCRIBE_INTERVAL_SECONDS = 0.5;

/**
 * A share of frames above this is a problem; a smaller one may come from connecting to one stream after the other.
 */
const NOTEWORTHY_SHARE = 0.01;

const CAUSES_OF_MISSING =
  ": lost on the network, rx_zmqfreq above 1, or a queue of 2 that slsDetectorGui left in the receivers (reset it with " +
  "`sls_detector_put rx_zmqhwm -1`)";

/**
 * Take a host's events for some seconds, or until the signal aborts.
 *
 * @param host  initialised
 * @throws the error with which a monitor would end
 */
export async function watchStream(
  host: MonitorHost,
  seconds: number,
  signal: AbortSignal,
): Promise<StreamReport> {
  const watch = new Watch(host);
  const stop = new AbortController();
  const end = () => {
    watch.end(); // later, the counters would reflect the end of the check, not the stream
    stop.abort();
  };
  const timer = setTimeout(end, 1000 * seconds);
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  try {
    for await (const { event, data } of host.events(stop.signal)) watch.note(event.timestampSeconds, data);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
    watch.end();
  }
  return watch.report();
}

/** Status of the stream at the end of watching. */
interface End {
  readonly seconds: number;
  readonly status: StreamStatus;
}

class Watch {
  readonly #host: MonitorHost;
  readonly #startSeconds = SYSTEM_CLOCK.nowSeconds();
  readonly #lags: number[] = [];
  #events = 0;
  #first: { seconds: number; exposures: number } | undefined;
  #newest: { seconds: number; exposures: number } | undefined;
  #described: Readonly<Record<string, unknown>> | null = null;
  #describedSeconds = Number.NEGATIVE_INFINITY;
  #end: End | undefined;

  constructor(host: MonitorHost) {
    this.#host = host;
  }

  note(timestampSeconds: number, data: Readonly<Record<string, unknown>>): void {
    const seconds = SYSTEM_CLOCK.nowSeconds();
    const { counters, progress } = this.#host.status();
    this.#events += 1;
    // A recording has no meaningful lag.
    if (progress === undefined) this.#lags.push(Math.max(seconds - timestampSeconds, 0));
    const { paired = this.#events, partial = 0 } = counters;
    this.#newest = { seconds, exposures: paired + partial };
    this.#first ??= this.#newest;
    if (seconds - this.#describedSeconds < DESCRIBE_INTERVAL_SECONDS) return;
    this.#described = summarizeData(data);
    this.#describedSeconds = SYSTEM_CLOCK.nowSeconds();
  }

  end(): End {
    this.#end ??= { seconds: SYSTEM_CLOCK.nowSeconds(), status: this.#host.status() };
    return this.#end;
  }

  report(): StreamReport {
    const { seconds, status } = this.end();
    const { state, message, counters, inputs = [] } = status;
    const lags = this.#lags.toSorted((a, b) => a - b);
    return {
      seconds: seconds - this.#startSeconds,
      state,
      message,
      problems: problemsOf(status),
      frame_rate_hz: this.#rateHz(),
      events: this.#events,
      lag_seconds:
        lags.length === 0 ? null : { median: lags[lags.length >> 1] as number, max: lags.at(-1) as number },
      shares: sharesOf(counters),
      end_messages_only: isEndMessagesOnly(counters),
      counters,
      inputs,
      progress: status.progress ?? null,
      newest_event: this.#described,
    };
  }

  #rateHz(): number | null {
    if (this.#first === undefined || this.#newest === undefined) return null;
    const seconds = this.#newest.seconds - this.#first.seconds;
    return seconds > 0 ? (this.#newest.exposures - this.#first.exposures) / seconds : null;
  }
}

function sharesOf({ module_frames: frames = 0, missed = 0, unpaired = 0, incomplete = 0 }: Counters) {
  if (frames === 0) return null;
  return { incomplete: incomplete / frames, unpaired: unpaired / frames, missed: missed / (frames + missed) };
}

type Counters = StreamStatus["counters"];

function isEndMessagesOnly({ module_frames: frames = 0, end_messages: ends = 0 }: Counters): boolean {
  return frames === 0 && ends > 0;
}

function problemsOf({ state, message, counters, inputs = [], progress }: StreamStatus): string[] {
  const problems: string[] = [];
  const isEnd = isEndMessagesOnly(counters);
  if (isEnd) problems.push("only end messages arrived: the acquisition is over, and the next has not begun");
  else if (state !== "streaming") problems.push(message);

  const brought = inputs.map(({ counters: { messages = 0 } }) => messages);
  if (brought.some((messages) => messages > 0)) {
    for (const [index, { name }] of inputs.entries()) {
      // The message of the state may already say so.
      if (brought[index] === 0 && !message.includes(name))
        problems.push(`nothing arrived from ${name}, while others send frames`);
    }
  }
  const shares = sharesOf(counters);
  const {
    module_frames: frames = 0,
    waiting = 0,
    malformed = 0,
    duplicate = 0,
    paired = 0,
    partial = 0,
    wrong_constants: wrong = 0,
  } = counters;
  const percent = (share: number) => `${Number((100 * share).toPrecision(2))} %`;
  if (shares !== null) {
    const { incomplete, unpaired, missed } = shares;
    if (incomplete > NOTEWORTHY_SHARE)
      problems.push(`${percent(incomplete)} of the module frames lost packets`);
    if (missed > NOTEWORTHY_SHARE)
      problems.push(
        `${percent(missed)} of the frame numbers are missing${progress === undefined ? CAUSES_OF_MISSING : " from the recording"}`,
      );
    // With only one module, nothing is paired, which is already reported.
    if (unpaired > NOTEWORTHY_SHARE && !brought.includes(0)) {
      problems.push(`${percent(unpaired)} of the module frames have no other half`);
    } else if (waiting > 4 && waiting > frames / 4 && !brought.includes(0)) {
      problems.push(`${waiting} of ${frames} module frames are still waiting for their other halves`);
    }
  }
  if (partial > NOTEWORTHY_SHARE * (paired + partial) && !brought.includes(0))
    problems.push(`${partial} of ${paired + partial} events lack a module, whose pixels are missing`);
  if (malformed > 0) problems.push(`invalid messages: ${malformed}`);
  if (duplicate > 0) problems.push(`module frames that arrived twice: ${duplicate}`);
  if (wrong > 0) problems.push(`frames in a gain setting that the constants do not fit: ${wrong}`);
  return problems;
}
