import test from "ava";
import { JUNGFRAU_1M } from "../../../src/detector.js";
import { type PairedExposure, partsHeader, type StreamMessage } from "../../../src/stream/index.js";
import { writeOmPair } from "../../../src/stream/paired/om-pair.js";
import { parsePairedMessage } from "../../../src/stream/paired/paired-message.js";
import { aModuleFrame, modulePayload } from "../../helpers/module-frames.js";

const context = { layout: JUNGFRAU_1M, streamIndex: 0, streamCount: 1, arrivalSeconds: 12.5 };
const PACKET_BYTES = 8192;
/** Bytes 0xff, as the slsReceiver writes where a packet was lost. */
const lose = (raw: Uint8Array, packet: number) =>
  raw.fill(0xff, packet * PACKET_BYTES, (packet + 1) * PACKET_BYTES);

const omPair = (top: Uint8Array, bottom: Uint8Array, frameNumbers: readonly [bigint, bigint] = [5n, 5n]) =>
  writeOmPair(
    [top, bottom].map((raw, index) => ({
      raw,
      timestampSeconds: 1_700_000_000.25 + index,
      acquisitionIndex: 77n,
      frameNumber: frameNumbers[index] as bigint,
    })),
    JUNGFRAU_1M,
  );

function exposureOf(message: StreamMessage): PairedExposure {
  if (message.kind === "fault") throw message.fault;
  if (message.kind !== "exposure") throw new Error(`a ${message.kind}`);
  return message.exposure;
}

test("an OM pair has two whole modules, the top one's time, and no more than OM says", (t) => {
  const message = omPair(modulePayload(1), modulePayload(2), [2n ** 64n - 1n, 2n ** 64n - 1n]);
  const { timestampSeconds, frames } = exposureOf(parsePairedMessage([message], context));
  t.is(timestampSeconds, 1_700_000_000.25);
  for (const [portIndex, frame] of frames.entries()) {
    const { raw, ...rest } = frame;
    const { raw: _, ...expected } = aModuleFrame({
      portIndex,
      frameNumber: 2n ** 64n - 1n,
      arrivalSeconds: 12.5,
    });
    t.deepEqual(rest, expected);
    t.is(Buffer.compare(raw, modulePayload(1 + portIndex)), 0);
  }
  t.is(frames.length, 2);
});

test("the second module of an OM pair may start at an odd offset", (t) => {
  const { frames } = exposureOf(
    parsePairedMessage([omPair(modulePayload(0x0102), modulePayload(0x0304))], context),
  );
  t.true(
    frames.some(({ raw }) => raw.byteOffset % 2 === 1),
    "else this shows nothing",
  );
  t.deepEqual(
    frames.map(({ raw }) => [raw[0], raw[1], raw.at(-2), raw.at(-1)]),
    [
      [2, 1, 2, 1],
      [4, 3, 4, 3],
    ],
  );
});

test("both frames of an OM pair give back the one message that they lie in", (t) => {
  const freed: Uint8Array[] = [];
  const message = omPair(modulePayload(1), modulePayload(2));
  const { frames } = exposureOf(
    parsePairedMessage([message], { ...context, free: (bytes) => freed.push(bytes) }),
  );
  for (const { release } of frames) release?.();
  t.true(freed.length === 2 && freed.every((bytes) => bytes === message));
});

test("an OM pair of two exposures is a fault", (t) => {
  const message = parsePairedMessage([omPair(modulePayload(1), modulePayload(2), [5n, 6n])], context);
  if (message.kind !== "fault") return t.fail();
  t.is(message.fault.code, "STREAM_BAD_MESSAGE");
  t.is(
    message.fault.message,
    "A pair contains frames 5 and 6: OM's receiver has mixed two exposures. Restart it.",
  );
});

for (const packet of [0, 1, 64, 127]) {
  test(`OM: without packet ${packet}, a frame is incomplete, and its neighbour is not`, (t) => {
    for (const module of [0, 1]) {
      const modules = [modulePayload(1), modulePayload(2)] as const;
      lose(modules[module] as Uint8Array, packet);
      const { frames } = exposureOf(parsePairedMessage([omPair(...modules)], context));
      t.deepEqual(
        frames.map(({ complete }) => complete),
        [module !== 0, module !== 1],
      );
    }
  });
}

test("OM: words of 0xFFFF that are not a whole packet lose nothing", (t) => {
  const raw = modulePayload(3);
  raw.fill(0xff, 0, 2); // the first word of a packet
  raw.fill(0xff, PACKET_BYTES, 2 * PACKET_BYTES - 1); // all of a packet but its last byte
  raw.fill(0xff, 2 * PACKET_BYTES + 1, 3 * PACKET_BYTES + 1); // as long as a packet, across a border
  raw.fill(0xff, raw.length - 2);
  const { frames } = exposureOf(parsePairedMessage([omPair(raw, raw)], context));
  t.deepEqual(
    frames.map(({ complete }) => complete),
    [true, true],
  );
});

test("one part is taken for OM's, more for ours", (t) => {
  const frames = [0, 1].map((portIndex) => aModuleFrame({ portIndex, raw: modulePayload(portIndex) }));
  const header = Buffer.from(partsHeader({ frames, timestampSeconds: 1 }));
  const codeOf = (parts: readonly Uint8Array[]) => {
    const message = parsePairedMessage(parts, context);
    return message.kind === "fault" ? message.fault.code : message.kind;
  };
  const om = omPair(modulePayload(1), modulePayload(2));
  t.deepEqual(
    [
      codeOf([header, ...frames.map(({ raw }) => raw)]),
      codeOf([om]),
      codeOf([header]),
      codeOf([om, om, om]),
      codeOf([]),
    ],
    ["exposure", "exposure", "STREAM_BAD_PICKLE", "STREAM_BAD_HEADER", "STREAM_BAD_HEADER"],
  );
});
