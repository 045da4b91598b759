import test from "ava";
import { JUNGFRAU_1M, MISSING_WORD, MODULE_PIXELS } from "../../src/detector.js";
import { SYSTEM_CLOCK } from "../../src/host/index.js";
import { ModuleMessages } from "../../src/simulator/module-messages.js";
import type { PlannedFrame } from "../../src/simulator/planned-message.js";
import { readStamp, STAMP_CYCLE, writeStamp } from "../../src/simulator/stamp.js";
import { headerEntry } from "../../src/stream/index.js";
import { parseMessage } from "../../src/stream/message.js";

const EXPOSURE = { index: 20_000, acquisition: 2, frameIndex: 3, frameNumber: 4n, clockSeconds: 0.4 };
const FRAME: PlannedFrame = {
  kind: "frame",
  portIndex: 1,
  atSeconds: 1,
  exposure: EXPOSURE,
  frameNumber: 7n,
  timestampTicks: 4_000_000,
};

const raw = new Uint16Array(JUNGFRAU_1M.pixels).fill(2500);
const messages = (isStamped: boolean) =>
  new ModuleMessages({
    layout: JUNGFRAU_1M,
    frame: () => ({ raw }),
    rateHz: 10,
    frameCount: 1,
    clock: SYSTEM_CLOCK,
    seed: 9,
    isStamped,
  });

function parsed(parts: readonly (string | Uint8Array)[]) {
  const bytes = parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part));
  return parseMessage(bytes, { layout: JUNGFRAU_1M, streamIndex: 1, streamCount: 2, arrivalSeconds: 1 });
}

function frameOf(isStamped: boolean, message: PlannedFrame) {
  const result = parsed(messages(isStamped).parts(message));
  if (result.kind !== "frame") throw new Error(JSON.stringify(result));
  return {
    frame: result.frame,
    words: new Uint16Array(result.frame.raw.buffer, result.frame.raw.byteOffset, MODULE_PIXELS),
  };
}

test("a message has the numbers of its plan", (t) => {
  const { frame, words } = frameOf(false, FRAME);
  t.like(frame, { frameNumber: 7n, portIndex: 1, timestampTicks: 4_000_000n, complete: true });
  t.is(words.buffer, raw.buffer, "the scene's own memory");
});

test("a stamp says which frame it is, in the pixels and in the header", (t) => {
  const { frame, words } = frameOf(true, FRAME);
  t.deepEqual(readStamp(words), { moduleIndex: 1, run: 9, exposure: 20_000 % STAMP_CYCLE });
  t.is(headerEntry(frame, "exposure"), 20_000);
  t.is(words[3], 2500);
  t.true(raw.every((word) => word === 2500));
});

test("a frame whose begin and end are of two frames has no stamp", (t) => {
  const words = new Uint16Array(MODULE_PIXELS);
  writeStamp(words, { moduleIndex: 0, run: 1, exposure: 5 });
  words[MODULE_PIXELS - 1] = 1;
  t.is(readStamp(words), undefined);
});

test("packets that were lost leave their rows empty, but neither the first nor the last", (t) => {
  const { frame, words } = frameOf(true, { ...FRAME, packetsCaught: 100 });
  t.false(frame.complete);
  t.is(words.filter((word) => word === MISSING_WORD).length, 28 * 4 * 1024);
  t.deepEqual(readStamp(words), { moduleIndex: 1, run: 9, exposure: 20_000 % STAMP_CYCLE });
});

test("a malformed message is a fault, of whatever kind it is", (t) => {
  const made = messages(false);
  for (let index = 0; index < 100; index++)
    t.is(parsed(made.parts({ ...FRAME, kind: "malformed" })).kind, "fault");
});
