import test from "ava";
import type { StreamState } from "../../src/api/index.js";
import { type StreamCondition, streamStatus } from "../../src/events/stream-status.js";
import type { SourceKind } from "../../src/stream/index.js";

const NOW = 1000;

/** A stream that brings frames, the newest just now, of which a test states only what it is about. */
const stream = (name: string, fields: Partial<StreamCondition> = {}): StreamCondition => ({
  url: `tcp://${name}:1`,
  firstSeconds: NOW - 50,
  newestSeconds: NOW,
  hasEnded: false,
  problem: undefined,
  ...fields,
});
const NOTHING = { firstSeconds: undefined, newestSeconds: undefined };
const silent = (seconds: number) => ({ newestSeconds: NOW - seconds });
const ended = (seconds: number) => ({ ...silent(seconds), hasEnded: true });
const NOT_CONNECTED = { problem: "not connected" };

interface Situation {
  readonly name: string;
  readonly streams: readonly StreamCondition[];
  /** How long ago the newest event was paired; undefined if none was. */
  readonly eventAgo: number | undefined;
  /** The same of events with all their frames, where that differs. */
  readonly wholeAgo?: number;
  readonly difference?: string;
  readonly isHeldUp?: boolean;
  readonly kind?: SourceKind;
  readonly state: StreamState;
  readonly message: string | RegExp;
}

/** What to do about a detector that sends nothing. */
const HINT =
  ". Frames arrive when an acquisition runs and the receivers stream (sls_detector_put rx_zmqstream 1)";

const situations: readonly Situation[] = [
  {
    name: "a recording that is opened",
    streams: [stream("a", { url: "run.raw", ...NOTHING })],
    kind: "recording",
    eventAgo: undefined,
    state: "waiting",
    message: "opening run.raw",
  },
  {
    name: "a recording whose next exposure is due in a while is not silent",
    streams: [stream("a", { url: "run.raw", ...silent(60) })],
    kind: "recording",
    eventAgo: 60,
    state: "streaming",
    message: "playing run.raw",
  },
  {
    name: "a recording that is paused",
    streams: [stream("a", { url: "run.raw", ...silent(60), problem: "pause in the recording, 70 s left" })],
    kind: "recording",
    eventAgo: 60,
    state: "streaming",
    message: "pause in the recording, 70 s left: run.raw",
  },
  {
    name: "nothing yet",
    streams: [stream("a", NOTHING), stream("b", NOTHING)],
    eventAgo: undefined,
    state: "waiting",
    message: `waiting for the first frame: no data from tcp://a:1 yet, no data from tcp://b:1 yet${HINT}`,
  },
  {
    name: "nothing yet, and nobody there",
    streams: [stream("a", { ...NOTHING, ...NOT_CONNECTED }), stream("b", NOTHING)],
    eventAgo: undefined,
    state: "waiting",
    message: `waiting for the first frame: no data from tcp://a:1 yet (not connected), no data from tcp://b:1 yet${HINT}`,
  },
  {
    name: "nothing yet, and somebody who does not let it in",
    streams: [
      stream("a", { ...NOTHING, ...NOT_CONNECTED }),
      stream("b", { ...NOTHING, problem: "refused: it does not speak ZeroMQ's protocol" }),
    ],
    eventAgo: undefined,
    state: "stalled",
    message:
      "stalled: no data from tcp://a:1 yet (not connected), " +
      "no data from tcp://b:1 yet (refused: it does not speak ZeroMQ's protocol)",
  },
  {
    name: "nothing but an end message",
    streams: [stream("a", { ...NOTHING, hasEnded: true }), stream("b", NOTHING)],
    eventAgo: undefined,
    state: "waiting",
    message: `waiting for the first frame: no data from tcp://a:1 yet, no data from tcp://b:1 yet${HINT}`,
  },
  {
    name: "a receiver that pairs, and nothing yet",
    kind: "receiver",
    streams: [stream("a", { ...NOTHING, ...NOT_CONNECTED })],
    eventAgo: undefined,
    state: "waiting",
    message: "waiting for the first frame: no data from tcp://a:1 yet (not connected)",
  },
  {
    name: "one of two has begun just now",
    streams: [stream("a", { firstSeconds: NOW - 4.9 }), stream("b", NOTHING)],
    eventAgo: undefined,
    state: "waiting",
    message: "waiting for the first event: no data from tcp://b:1 yet",
  },
  {
    name: "one of two streams, the other never came",
    streams: [stream("a", { firstSeconds: NOW - 5 }), stream("b", { ...NOTHING, ...NOT_CONNECTED })],
    eventAgo: undefined,
    state: "one_module_only",
    message: /^one module only: no data from tcp:\/\/b:1 yet \(not connected\)\. Likely causes: /,
  },
  {
    name: "both have begun, no event yet",
    streams: [stream("a", { firstSeconds: NOW - 1 }), stream("b", { firstSeconds: NOW - 1 })],
    eventAgo: undefined,
    state: "waiting",
    message: "waiting for the first event: messages arrive on every stream",
  },
  {
    name: "streaming",
    streams: [stream("a"), stream("b")],
    eventAgo: 0,
    state: "streaming",
    message: "streaming",
  },
  {
    name: "silent for a moment",
    streams: [stream("a", silent(4.9)), stream("b", silent(4.9))],
    eventAgo: 4.9,
    state: "streaming",
    message: "streaming",
  },
  {
    name: "one of two silent for 5 s",
    streams: [stream("a"), stream("b", silent(5))],
    eventAgo: 5,
    state: "one_module_only",
    message: /^one module only: no data from tcp:\/\/b:1 for 5 s\. Likely causes: /,
  },
  {
    name: "one of two silent, disconnected after its end",
    streams: [stream("a", { ...ended(7.9), ...NOT_CONNECTED }), stream("b")],
    eventAgo: 7.9,
    state: "one_module_only",
    message: /^one module only: no data from tcp:\/\/a:1 for 7 s \(not connected\)\. Likely causes: /,
  },
  {
    name: "two of four silent",
    streams: [stream("a"), stream("b", silent(6)), stream("c"), stream("d", silent(60))],
    eventAgo: 60,
    state: "one_module_only",
    message:
      /^one module only: no data from tcp:\/\/b:1 for 6 s, no data from tcp:\/\/d:1 for 60 s\. Likely causes: /,
  },
  {
    name: "all silent after end messages",
    streams: [stream("a", ended(30)), stream("b", ended(31))],
    eventAgo: 30,
    state: "waiting",
    message:
      "waiting for the next acquisition: no data from tcp://a:1 for 30 s, no data from tcp://b:1 for 31 s",
  },
  {
    name: "all silent, one end message is lost",
    streams: [stream("a", ended(30)), stream("b", silent(31))],
    eventAgo: 30,
    state: "waiting",
    message:
      "waiting for the next acquisition: no data from tcp://a:1 for 30 s, no data from tcp://b:1 for 31 s",
  },
  {
    name: "all silent, without end messages",
    streams: [stream("a", silent(30)), stream("b", silent(30))],
    eventAgo: 30,
    state: "stalled",
    message: "stalled: no data from tcp://a:1 for 30 s, no data from tcp://b:1 for 30 s",
  },
  {
    name: "all silent after end messages, and a receiver is gone",
    streams: [stream("a", ended(30)), stream("b", { ...ended(30), ...NOT_CONNECTED })],
    eventAgo: 30,
    state: "stalled",
    message: "stalled: no data from tcp://a:1 for 30 s, no data from tcp://b:1 for 30 s (not connected)",
  },
  {
    name: "a receiver that pairs, connected and silent",
    kind: "receiver",
    streams: [stream("a", silent(12))],
    eventAgo: 12,
    state: "waiting",
    message: "waiting for the next acquisition: no data from tcp://a:1 for 12 s",
  },
  {
    name: "a receiver that pairs, gone",
    kind: "receiver",
    streams: [stream("a", { ...silent(12), ...NOT_CONNECTED })],
    eventAgo: 12,
    state: "stalled",
    message: "stalled: no data from tcp://a:1 for 12 s (not connected)",
  },
  ...[undefined, 8].map(
    (eventAgo): Situation => ({
      name: `messages, but no event ${eventAgo === undefined ? "ever" : "any more"}`,
      streams: [stream("a", { firstSeconds: NOW - 8 }), stream("b", { firstSeconds: NOW - 7 })],
      eventAgo,
      state: "stalled",
      message:
        "stalled: no complete event for 8 s, although messages arrive: they are invalid, or no frame number arrives on every " +
        "stream. Name the streams of one detector, each with rx_zmqfreq 1",
    }),
  ),
  {
    name: "held up",
    streams: [stream("a", silent(60)), stream("b", silent(60))],
    eventAgo: 60,
    isHeldUp: true,
    state: "streaming",
    message: "held up: the monitor takes no events",
  },
  {
    name: "held up for a moment",
    streams: [stream("a"), stream("b")],
    eventAgo: 1,
    isHeldUp: true,
    state: "streaming",
    message: "streaming",
  },
  {
    name: "one of two silent, while its halves are given out",
    streams: [stream("a"), stream("b", silent(8))],
    eventAgo: 0,
    wholeAgo: 8,
    isHeldUp: true,
    state: "one_module_only",
    message: /rx_zmqstream 1.*rx_clearroi/,
  },
  {
    name: "streams that number differently",
    streams: [stream("a"), stream("b")],
    eventAgo: 2,
    wholeAgo: 2,
    difference: "tcp://a:1 sends frame 7 while tcp://b:1 sends 10",
    state: "stalled",
    message: /^stalled: tcp:\/\/a:1 sends frame 7 while tcp:\/\/b:1 sends 10\. .*nextframenumber 1$/,
  },
  {
    name: "on demand and not asked yet",
    streams: [stream("a", NOTHING)],
    eventAgo: undefined,
    isHeldUp: true,
    state: "waiting",
    message: `waiting for the first frame: no data from tcp://a:1 yet${HINT}`,
  },
];

for (const {
  name,
  streams,
  eventAgo,
  wholeAgo = eventAgo,
  difference,
  isHeldUp = false,
  kind = "ports",
  state,
  message,
} of situations) {
  test(name, (t) => {
    const newestEventSeconds = eventAgo === undefined ? undefined : NOW - eventAgo;
    const newestWholeSeconds = wholeAgo === undefined ? undefined : NOW - wholeAgo;
    const status = streamStatus({
      streams,
      kind,
      newestEventSeconds,
      newestWholeSeconds,
      difference,
      isHeldUp,
      nowSeconds: NOW,
    });
    t.is(status.state, state);
    if (typeof message === "string") t.is(status.message, message);
    else t.regex(status.message, message);
  });
}

test("every state is reached", (t) => {
  t.deepEqual([...new Set(situations.map(({ state }) => state))].sort(), [
    "one_module_only",
    "stalled",
    "streaming",
    "waiting",
  ]);
});
