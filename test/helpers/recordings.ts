import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, gunzipSync } from "node:zlib";
import { SECONDS_PER_TICK } from "../../src/detector.js";
import { modulePayload } from "./module-frames.js";
import { inPackage } from "./package-root.js";
import { wireHeader } from "./wire-headers.js";

/** One ZMQ message of a recorded stream. */
export interface RecordedMessage {
  readonly seconds: number;
  readonly stream: number;
  /** Undefined for an end message. */
  readonly frameNumber: bigint | undefined;
  readonly header: string;
  readonly payload: Uint8Array | undefined;
  /** CRC-32 of the payload, as the recording says. */
  readonly checksum: number | undefined;
  /** The receiver died before this message and came back for it. */
  readonly afterRestart: boolean;
}

export interface Counts {
  readonly moduleFrames: number;
  readonly endMessages: number;
  readonly paired: number;
  readonly unpaired: number;
  readonly incomplete: number;
  readonly repaired: number;
  readonly malformed: number;
  readonly missed: number;
}

export interface Recording {
  readonly name: string;
  readonly streamCount: number;
  /** In the order of arrival. */
  readonly messages: readonly RecordedMessage[];
  readonly eventIds: readonly string[];
  readonly counts: Counts;
}

/**
 * A recording in a line: `stream:frame` for each message, with `E` for an end message, `~` for lost packets, `"` for a
 * header that a file name broke, `x` for rubbish, and `+` for a receiver that died and came back.
 */
export function writtenRecording(
  name: string,
  streamCount: number,
  line: string,
  eventIds: readonly number[],
  counts: Partial<Counts>,
): Recording {
  const rows = 1024 / streamCount;
  let seconds = 0;
  let highest = 0;
  const newest: number[] = [];
  const exposedAt = new Map<number, number>();
  // A new number, and one that a stream brings again, are of a new exposure; all else comes with what is there.
  const secondsOf = (stream: number, frame: number) => {
    const isOfNewest = frame === highest && newest[stream] !== frame;
    const isNew = !isOfNewest && (frame > highest || frame <= (newest[stream] ?? 0));
    seconds += isNew ? 0.02 : 0.0005;
    if (isNew) {
      highest = frame;
      exposedAt.set(frame, seconds);
    }
    newest[stream] = frame;
    return seconds;
  };
  const messages = line.split(" ").map((text): RecordedMessage => {
    const [, stream, frame, marks] = /^(\d):(\d+|E)([~"x+]*)$/.exec(text) as unknown as [
      string,
      string,
      string,
      string,
    ];
    const isEnd = frame === "E";
    const payload = isEnd ? undefined : modulePayload(Number(stream) * 1000 + Number(frame), rows);
    const isRubbish = marks.includes("x");
    const cameAt = isEnd || isRubbish ? seconds : secondsOf(Number(stream), Number(frame));
    const header = wireHeader({
      timestamp: Math.round((exposedAt.get(Number(frame)) ?? cameAt) / SECONDS_PER_TICK),
      data: isEnd ? 0 : 1,
      detshape: [1, streamCount],
      shape: [1024, rows],
      size: rows * 2048,
      frameNumber: isEnd ? 0 : Number(frame),
      row: isEnd ? 0 : Number(stream),
      completeImage: marks.includes("~") ? 0 : 1,
      fname: marks.includes('"') ? '/data/we"ird' : "//run",
    });
    return {
      seconds: cameAt,
      stream: Number(stream),
      frameNumber: isEnd || isRubbish ? undefined : BigInt(frame),
      header: isRubbish ? "rubbish" : header,
      payload,
      checksum: payload && crc32(payload),
      afterRestart: marks.includes("+"),
    };
  });
  const frames = messages.filter(({ payload }) => payload !== undefined).length;
  return {
    name,
    streamCount,
    messages,
    eventIds: eventIds.map(String),
    counts: {
      moduleFrames: frames,
      endMessages: messages.length - frames,
      paired: eventIds.length,
      unpaired: 0,
      incomplete: 0,
      repaired: 0,
      malformed: 0,
      missed: 0,
      ...counts,
    },
  };
}

/** What the machines have that test every change: recordings of a real receiver, and cases from the field. */
export const SHARED = process.env.OM_JUNGFRAU_SHARED ?? inPackage("..", "shared");
const CAPTURES = join(SHARED, "captures");

/** In this recording a receiver was killed, and started again for this frame. */
const RESTARTS: Readonly<Record<string, { stream: number; frameNumber: bigint }>> = {
  c02_receiver1_killed_restarted: { stream: 1, frameNumber: 500n },
};

/** All recordings of a real receiver that this machine has. */
export function capturedRecordings(): Recording[] {
  if (!existsSync(CAPTURES)) return [];
  return readdirSync(CAPTURES)
    .filter((name) => existsSync(join(CAPTURES, name, "index.jsonl")))
    .map(readCapture);
}

/** Reads headers with searches of its own, so that it cannot share a mistake with the parser. */
function readCapture(name: string): Recording {
  const lines = readFileSync(join(CAPTURES, name, "index.jsonl"), "utf8")
    .trim()
    .split("\n");
  const index = lines.map((line) => JSON.parse(line));
  // Not every payload was kept; one of the same checksum is the same.
  const payloads = new Map<string, Uint8Array>();
  for (const { parts } of index) {
    const [, payload] = parts;
    if (payload?.file !== undefined && !payloads.has(payload.crc32)) {
      payloads.set(payload.crc32, gunzipSync(readFileSync(join(CAPTURES, name, payload.file))));
    }
  }
  const restart = RESTARTS[name];
  const messages = index.map(({ t, stream, parts }): RecordedMessage => {
    const [{ text }, payload] = parts;
    const frameNumber =
      payload === undefined ? undefined : BigInt(/"frameNumber":(\d+)/.exec(text)?.[1] ?? "");
    return {
      seconds: t,
      stream,
      frameNumber,
      header: text,
      payload: payload && payloads.get(payload.crc32),
      checksum: payload && Number.parseInt(payload.crc32, 16),
      afterRestart: restart !== undefined && stream === restart.stream && frameNumber === restart.frameNumber,
    };
  });
  return {
    name,
    streamCount: 1 + Math.max(...messages.map(({ stream }) => stream)),
    messages,
    ...expectation(messages),
  };
}

function expectation(messages: readonly RecordedMessage[]): Pick<Recording, "eventIds" | "counts"> {
  const frames = messages.filter(({ frameNumber }) => frameNumber !== undefined);
  const streams = new Set(messages.map(({ stream }) => stream));
  const numbers = [...new Set(frames.map(({ frameNumber }) => frameNumber as bigint))];
  const paired = numbers.filter(
    (number) => frames.filter(({ frameNumber }) => frameNumber === number).length === streams.size,
  );
  const isJson = (text: string) => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  return {
    eventIds: paired.sort((a, b) => Number(a - b)).map(String),
    counts: {
      moduleFrames: frames.length,
      endMessages: messages.length - frames.length,
      paired: paired.length,
      unpaired: frames.length - streams.size * paired.length,
      incomplete: frames.filter(({ header }) => /"completeImage": ?0/.test(header)).length,
      repaired: messages.filter(({ header }) => !isJson(header)).length,
      malformed: 0,
      missed: [...streams].reduce(
        (sum, stream) => sum + gaps(frames.filter((one) => one.stream === stream)),
        0,
      ),
    },
  };
}

/** Frame numbers that a stream left out; in no capture do its numbers go back. */
function gaps(frames: readonly RecordedMessage[]): number {
  const numbers = frames.map(({ frameNumber }) => Number(frameNumber));
  return Math.max(...numbers) - Math.min(...numbers) + 1 - numbers.length;
}
