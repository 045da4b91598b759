import test from "ava";
import { JUNGFRAU_1M } from "../../src/detector.js";
import type { ModuleFrame, StreamMessage } from "../../src/stream/index.js";
import { parseMessage } from "../../src/stream/message.js";
import { parsePairedMessage } from "../../src/stream/paired/paired-message.js";
import { PortPlaces } from "../../src/stream/port-places.js";
import { modulePayload } from "../helpers/module-frames.js";
import { HEADERS_BY_RELEASE, wireHeader } from "../helpers/wire-headers.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const payload = modulePayload(0x0102);
const half = modulePayload(0x0102, 256);
const context = { layout: JUNGFRAU_1M, streamIndex: 0, streamCount: 2, arrivalSeconds: 12.5 };

function parse(
  header: string,
  body: Uint8Array | undefined = payload,
  over: Partial<typeof context> = {},
): StreamMessage {
  return parseMessage(body === undefined ? [bytes(header)] : [bytes(header), body], { ...context, ...over });
}

function frameOf(message: StreamMessage): ModuleFrame {
  if (message.kind !== "frame") throw new Error(`a ${message.kind}, not a frame`);
  return message.frame;
}

const codeOf = (message: StreamMessage): string =>
  message.kind === "fault" ? message.fault.code : message.kind;

test("makes a frame of two parts and borrows the payload", (t) => {
  const frame = frameOf(parse(wireHeader({ frameNumber: 3, row: 1, timestamp: 20 })));
  t.like(frame, {
    frameNumber: 3n,
    portIndex: 1,
    rows: 512,
    complete: true,
    timestampTicks: 20n,
    arrivalSeconds: 12.5,
  });
  t.is(frame.raw, payload);
});

test("makes an end of one part", (t) => {
  t.is(parseMessage([bytes(wireHeader({ data: 0 }))], context).kind, "end");
});

const places: [string, Record<string, unknown>, number, number][] = [
  ["stacked, top", { detshape: [1, 2], row: 0, column: 0 }, 2, 0],
  ["stacked, bottom", { detshape: [1, 2], row: 1, column: 0 }, 2, 1],
  ["side by side, second", { detshape: [2, 1], row: 0, column: 1 }, 2, 1],
  ["release 4.0, second of a column", { detshape: undefined, row: 1, column: 0 }, 2, 1],
  ["release 4.0, second of a row", { detshape: undefined, row: 0, column: 1 }, 2, 1],
  ["four ports, third", { detshape: [1, 4], row: 2, column: 0, shape: [1024, 256], size: 524288 }, 4, 2],
  [
    "four ports side by side, lower half of the first",
    { detshape: [2, 2], row: 1, column: 0, shape: [1024, 256], size: 524288 },
    4,
    1,
  ],
  [
    "four ports side by side, upper half of the second",
    { detshape: [2, 2], row: 0, column: 1, shape: [1024, 256], size: 524288 },
    4,
    2,
  ],
];
for (const [what, fields, streamCount, portIndex] of places) {
  test(`finds the place of a port: ${what}`, (t) => {
    const body = streamCount === 4 ? half : payload;
    t.is(frameOf(parse(wireHeader(fields), body, { streamCount })).portIndex, portIndex);
  });
}

test("a header of a detector with one port says nothing: the stream's place counts", (t) => {
  const alone = wireHeader({ detshape: [1, 1], row: 0, column: 0 });
  t.is(frameOf(parse(alone, payload, { streamIndex: 1 })).portIndex, 1);
  t.is(codeOf(parse(wireHeader({ detshape: [1, 1], row: 1, column: 0 }))), "STREAM_UNSUPPORTED_FRAME");
});

test("where all headers claim the same place, the streams' places count", (t) => {
  const places = new PortPlaces(() => undefined);
  const header = wireHeader({ row: 0, column: 0 });
  const portOf = (streamIndex: number) => {
    const message = parseMessage([bytes(header), payload], { ...context, streamIndex, places });
    return frameOf(message).portIndex;
  };
  t.deepEqual([0, 1, 0, 1].map(portOf), [0, 1, 0, 1]);
});

const SYNCHRONIZER =
  "This is an slsFrameSynchronizer, whose messages are not supported. Name the receivers' own ports instead: " +
  "tcp://HOST:30001,tcp://HOST:30002.";
for (const [what, parts] of [
  ["a header alone", ['{"htype":"header", "frameNumber":1, "data":1}']],
  [
    "an image",
    [
      '{"htype":"header", "acqIndex":1}',
      '{"htype":"module", "row":0}',
      payload,
      '{"htype":"module"}',
      payload,
    ],
  ],
  ["the end", ['{"htype": "series_end"}\n']],
] as const) {
  test(`messages of the frame synchronizer are named: ${what}`, (t) => {
    const message = parts.map((part) => (typeof part === "string" ? bytes(part) : part));
    for (const parsed of [parseMessage(message, context), parsePairedMessage(message, context)]) {
      t.like(parsed, { kind: "fault", fault: { code: "STREAM_BAD_MESSAGE", message: SYNCHRONIZER } });
    }
  });
}

test("without a position in the header, the stream's place counts", (t) => {
  const header = HEADERS_BY_RELEASE["3.1"] as string;
  t.is(frameOf(parse(header, payload, { streamIndex: 1 })).portIndex, 1);
});

test("goes by the packets where the header does not say whether the image is complete", (t) => {
  const fields = { completeImage: undefined };
  t.true(frameOf(parse(wireHeader({ ...fields, packetNumber: 128 }))).complete);
  t.false(frameOf(parse(wireHeader({ ...fields, packetNumber: 127 }))).complete);
  t.false(frameOf(parse(wireHeader({ completeImage: 0, packetNumber: 128 }))).complete);
});

test("a huge header is refused without being read", (t) => {
  const header = new Uint8Array(20_000_000).fill(0x31);
  t.is(codeOf(parseMessage([header, payload], context)), "STREAM_BAD_HEADER");
});

const odd: [string, () => StreamMessage, string][] = [
  ["no part", () => parseMessage([], context), "STREAM_BAD_MESSAGE"],
  ["three parts", () => parseMessage([bytes(wireHeader()), payload, payload], context), "STREAM_BAD_MESSAGE"],
  ["a frame without payload", () => parseMessage([bytes(wireHeader())], context), "STREAM_BAD_MESSAGE"],
  ["a short payload", () => parse(wireHeader(), payload.subarray(1)), "STREAM_BAD_MESSAGE"],
  [
    "a payload of 32 bits per pixel",
    () => parse(wireHeader({ bitmode: 32, size: 4 }), payload.subarray(0, 4)),
    "STREAM_UNSUPPORTED_FRAME",
  ],
  [
    "another detector",
    () => parse(wireHeader({ shape: [400, 400], size: 320000 }), new Uint8Array(320000)),
    "STREAM_UNSUPPORTED_FRAME",
  ],
  [
    "half a module on one of two streams",
    () => parse(wireHeader({ shape: [1024, 256], size: 524288 }), half),
    "STREAM_UNSUPPORTED_FRAME",
  ],
  ["a third module", () => parse(wireHeader({ detshape: [1, 3], row: 2 })), "STREAM_UNSUPPORTED_FRAME"],
  ["a row beyond the detector", () => parse(wireHeader({ row: 2 })), "STREAM_UNSUPPORTED_FRAME"],
  [
    "a header that is no text",
    () => parseMessage([new Uint8Array([0xff, 0xfe, 0, 1])], context),
    "STREAM_BAD_HEADER",
  ],
];
for (const [what, step, code] of odd) test(`makes a fault of ${what}`, (t) => t.is(codeOf(step()), code));
