import { monitorEventLoopDelay } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { crc32 } from "node:zlib";
import test, { type ExecutionContext } from "ava";
import { CLOCK } from "../../src/api/index.js";
import type { DetectorFrame } from "../../src/data-sources/index.js";
import type { DeliveryPolicy, JungfrauEvent } from "../../src/events/index.js";
import { SYSTEM_CLOCK } from "../../src/host/system-clock.js";
import { parametersOf, registerPlugin } from "../helpers/fakes.js";
import { capturedRecordings, type Recording, writtenRecording } from "../helpers/recordings.js";
import { Replay } from "../helpers/replay.js";

const NODE = { nodeRank: 1, nodePoolSize: 2 };
const CONFIGURATION = `
data_retrieval_layer:
  required_data: [event_id, detector_data]
  detector_calibration: false
`;

/** What a receiver was seen to do, each in a few messages. */
const written: readonly Recording[] = [
  writtenRecording("one acquisition", 2, "1:1 0:1 0:2 1:2 1:3 0:3 0:E 1:E", [1, 2, 3], {}),
  writtenRecording(
    "three acquisitions, end messages that are lost or come twice",
    2,
    "0:13 1:13 0:E 0:E 1:14 0:14 1:E 0:15 1:15",
    [13, 14, 15],
    {},
  ),
  writtenRecording("headers that a file name broke", 2, '0:34" 1:34" 0:E" 1:E 0:35 1:35"', [34, 35], {
    repaired: 4,
  }),
  writtenRecording("rubbish on one stream", 2, "0:1 1:1 0:2x 0:3x 1:2 0:2 1:3", [1, 2], {
    malformed: 2,
    unpaired: 1,
  }),
  writtenRecording("two interfaces", 4, "0:1 1:1 2:1 3:1 2:2 0:2 3:2 0:3 1:3 1:E", [1], {
    unpaired: 5,
    missed: 1,
  }),
  writtenRecording(
    "lost packets, late and bunched, and a last frame that never comes",
    2,
    "0:1 1:1 0:2 1:2 1:3 0:3~ 1:4 0:4~ 0:5 0:6 0:7 1:5~ 1:6~ 1:7 1:8 0:8~ 0:9 1:9 0:10 0:E 1:E",
    [1, 2, 3, 4, 5, 6, 7, 8, 9],
    { incomplete: 5, unpaired: 1 },
  ),
  writtenRecording(
    "frames that are missing on one module",
    2,
    "0:21 1:22 1:23 0:22~ 0:24 1:24 0:25~ 1:25",
    [22, 24, 25],
    { incomplete: 2, unpaired: 2, missed: 1 },
  ),
  writtenRecording(
    "a receiver that dies and returns",
    2,
    "0:1 1:1 0:2 1:2 0:3 0:4 0:5 0:E 1:500+ 0:500 0:501 1:501",
    [1, 2, 500, 501],
    { unpaired: 3, missed: 494 + 497 },
  ),
  writtenRecording(
    "a detector that begins again at 1",
    2,
    "0:1 1:1 0:2 1:2 1:1 0:1 0:2 1:2",
    [1, 2, 1, 2],
    {},
  ),
  writtenRecording(
    "streaming frequencies that drifted apart",
    2,
    "0:41 1:41 1:43 0:44 1:46 0:47 1:48 0:49 1:50",
    [41],
    { unpaired: 7, missed: 5 + 5 },
  ),
];

const POLICIES: readonly DeliveryPolicy[] = ["all", "latest"];

// When frames arrive matters, so that one is replayed at a time.
for (const recording of written) {
  for (const delivery of POLICIES) {
    test.serial(`${recording.name}, ${delivery}`, (t) => replays(t, recording, { delivery, speed: 1 }));
  }
}

for (const recording of capturedRecordings()) {
  for (const delivery of POLICIES) {
    for (const speed of [1, 20]) {
      test.serial(`${recording.name}, ${delivery}, ${speed}×`, (t) =>
        replays(t, recording, { delivery, speed }),
      );
    }
  }
}

/** Frames that lost packets and came a fifth of a second late, in a detector's first acquisition. */
const TOO_LATE: Readonly<Record<string, readonly string[]>> = { b03_loss_discardempty: ["22"] };

/** A recording that is replayed less punctually is another one. */
const PUNCTUAL_MS = 8;
const MAX_TRIES = 6;

interface ReplayOptions {
  readonly delivery: DeliveryPolicy;
  readonly speed: number;
}

/** Event ids, counters and pixels are what the recording says, when the machine has had the time to replay it. */
async function replays(t: ExecutionContext, recording: Recording, options: ReplayOptions): Promise<void> {
  let seen = await monitored(t, recording, options);
  // Of a hurried replay nothing depends on time; of an unpunctual one, only what is as it should be says something.
  const tooLateCount = options.speed === 1 ? (TOO_LATE[recording.name]?.length ?? 0) : 0;
  const isAsRecorded = () => seen.counters.paired === recording.counts.paired - tooLateCount;
  const isUnpunctual = () => options.speed === 1 && seen.belatedMs > PUNCTUAL_MS && !isAsRecorded();
  for (let tries = 1; isUnpunctual() && tries < MAX_TRIES; tries++)
    seen = await monitored(t, recording, options);

  const { delivery, speed } = options;
  const { counters, whole } = seen;
  const tooLate = speed === 1 ? (TOO_LATE[recording.name] ?? []) : [];
  const eventIds = recording.eventIds.filter((id) => !tooLate.includes(id));
  t.deepEqual(
    {
      moduleFrames: counters.module_frames,
      endMessages: counters.end_messages,
      paired: counters.paired,
      unpaired: (counters.unpaired ?? 0) + (counters.late ?? 0) + (counters.partial_frames ?? 0),
      incomplete: counters.incomplete,
      repaired: counters.repaired,
      malformed: counters.malformed,
      missed: counters.missed,
    },
    {
      ...recording.counts,
      paired: recording.counts.paired - tooLate.length,
      unpaired: recording.counts.unpaired + recording.streamCount * tooLate.length,
    },
  );
  t.like(counters, { duplicate: 0, dropped: 0, abandoned: 0, waiting: 0 });
  t.is(counters.delivered, seen.events);
  t.true(whole.length > 0);
  for (const { id, checksums } of whole)
    t.deepEqual(checksums, recordedChecksums(recording, id), `frame ${id}`);
  const ids = whole.map(({ id }) => id);
  if (delivery === "all") t.deepEqual(ids, eventIds);
  else t.deepEqual(newestOf(eventIds, ids, (counters.partial ?? 0) > 0), ids);
}

/** What a monitor saw of a replay. */
interface Seen {
  readonly events: number;
  readonly whole: readonly { readonly id: string; readonly checksums: readonly number[] }[];
  readonly counters: Readonly<Record<string, number>>;
  /** Of the most belated message, or how long the process did nothing else. */
  readonly belatedMs: number;
}

async function monitored(
  t: ExecutionContext,
  recording: Recording,
  { delivery, speed }: ReplayOptions,
): Promise<Seen> {
  const replay = await Replay.bind(recording);
  t.teardown(() => replay.close());
  // When frames came decides what they are paired with; of a hurried replay it says nothing.
  const { context, status } = registerPlugin(speed > 1 ? undefined : new Map([[CLOCK, SYSTEM_CLOCK]]));
  const make = context.dataRetrievals.get("Jungfrau1MZmqDataRetrieval");
  const handler = make({
    source: replay.source,
    monitorParameters: parametersOf(`${CONFIGURATION}  delivery: ${delivery}\n`),
  }).getDataEventHandler();
  await handler.initializeEventHandlingOnProcessingNode(NODE);

  const abort = new AbortController();
  const turns = monitorEventLoopDelay({ resolution: 1 });
  turns.enable();
  const received = () => {
    const { module_frames = 0, end_messages = 0 } = status().counters;
    return module_frames + end_messages;
  };
  const sent = replay.send({ speed, received }).then(async (belatedMs) => {
    const { messages } = recording;
    const isDone = () => {
      const { paired = 0, partial = 0, delivered = 0, skipped = 0 } = status().counters;
      return received() === messages.length && delivered + skipped === paired + partial;
    };
    for (let waited = 0; !isDone() && waited < 10_000; waited += 10) await delay(10);
    abort.abort();
    return belatedMs;
  });
  const whole: { id: string; checksums: number[] }[] = [];
  let events = 0;
  for await (const event of handler.eventGenerator({ ...NODE, signal: abort.signal })) {
    handler.openEvent({ event });
    const { event_id, detector_data } = handler.extractData({ event });
    const isWhole = (event as JungfrauEvent).frames.every(({ missing }) => !missing);
    handler.closeEvent({ event });
    events += 1;
    if (!isWhole) continue;
    const checksums = portChecksums(detector_data as DetectorFrame, recording.streamCount);
    whole.push({ id: String(event_id), checksums });
  }
  const belatedMs = Math.max(await sent, turns.max / 1e6);
  turns.disable();
  replay.close();
  return { events, whole, counters: status().counters, belatedMs };
}

/**
 * The ids that a monitor may have got that skips some, but not the last: `ids`, if it is one of those. A partial event may
 * have replaced the last.
 */
function newestOf(eventIds: readonly string[], ids: readonly string[], hasPartial: boolean): string[] {
  let from = 0;
  const found = ids.filter((id) => {
    const at = eventIds.indexOf(id, from);
    if (at >= 0) from = at + 1;
    return at >= 0;
  });
  return from === eventIds.length || hasPartial ? found : [];
}

/** Checksums of the ports' parts of a raw frame, from the top. */
function portChecksums({ data }: DetectorFrame, portCount: number): number[] {
  const bytes = new Uint8Array(data.buffer);
  const size = bytes.length / portCount;
  return Array.from({ length: portCount }, (_, port) =>
    crc32(bytes.subarray(port * size, (port + 1) * size)),
  );
}

/** What the recording says of a frame number, from the top; streams and ports have the same order in all of them. */
function recordedChecksums({ messages, streamCount }: Recording, eventId: string): (number | undefined)[] {
  return Array.from(
    { length: streamCount },
    (_, stream) =>
      messages.findLast((one) => one.stream === stream && String(one.frameNumber) === eventId)?.checksum,
  );
}
