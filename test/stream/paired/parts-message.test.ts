import test from "ava";
import { JUNGFRAU_1M } from "../../../src/detector.js";
import { isMonitorError } from "../../../src/errors.js";
import { gainMode } from "../../../src/stream/gain-mode.js";
import { type ModuleFrame, partsHeader } from "../../../src/stream/index.js";
import { readParts } from "../../../src/stream/paired/parts-message.js";
import { aModuleFrame, modulePayload } from "../../helpers/module-frames.js";

const context = { layout: JUNGFRAU_1M, streamIndex: 0, streamCount: 1, arrivalSeconds: 12.5 };
const HALF = modulePayload(7, 256);
const WHOLE = modulePayload(7);

const exposure = (portCount: number) => ({
  timestampSeconds: 1_700_000_000.1234567,
  frames: Array.from({ length: portCount }, (_, portIndex) =>
    aModuleFrame({
      portIndex,
      frameNumber: 2n ** 64n - 1n,
      rows: 1024 / portCount,
      raw: modulePayload(100 + portIndex, 1024 / portCount),
      complete: portIndex !== 1,
      timestampTicks: 2n ** 53n + BigInt(portIndex),
      gainMode: gainMode(portIndex === 0 ? 0x3001 : 0x1002),
      repaired: true,
    }),
  ),
});

for (const portCount of [2, 4]) {
  test(`reads what it writes, of ${portCount} ports`, (t) => {
    const { timestampSeconds, frames } = exposure(portCount);
    const payloads = frames.map(({ raw }) => raw);
    const read = readParts([Buffer.from(partsHeader({ timestampSeconds, frames })), ...payloads], context);
    t.is(read.timestampSeconds, timestampSeconds);
    t.deepEqual(
      read.frames,
      frames.map((frame) => ({ ...frame, arrivalSeconds: 12.5, repaired: false })),
    );
    for (const [index, { raw }] of read.frames.entries())
      t.is<Uint8Array | undefined, Uint8Array | undefined>(raw, payloads[index]);
  });
}

test("the header is as it is described", (t) => {
  const { timestampSeconds, frames } = exposure(2);
  t.is(
    partsHeader({ timestampSeconds, frames }),
    '{"format":"jungfrau-1m-parts","version":1,"frameNumber":18446744073709551615,' +
      '"timestampSeconds":1700000000.1234567,"shape":[512,1024],"ports":[' +
      '{"complete":true,"timestampTicks":9007199254740992,"daqInfo":12289},' +
      '{"complete":false,"timestampTicks":9007199254740993,"daqInfo":4098}]}',
  );
});

test("says of a frame that did not come that it is missing", (t) => {
  const { timestampSeconds, frames } = exposure(2);
  const [top, bottom] = frames as [ModuleFrame, ModuleFrame];
  const header = partsHeader({ timestampSeconds, frames: [top, { ...bottom, missing: true }] });
  const read = readParts([Buffer.from(header), top.raw, bottom.raw], context);
  t.deepEqual(
    read.frames.map(({ missing }) => missing),
    [undefined, true],
  );
});

test("says what the receiver has missed; a receiver of before does not, and a count that is none is refused", (t) => {
  const { timestampSeconds, frames } = exposure(2);
  const payloads = frames.map(({ raw }) => raw);
  const header = partsHeader({ timestampSeconds, missed: 7, frames });
  t.is(readParts([Buffer.from(header), ...payloads], context).missed, 7);
  const without = partsHeader({ timestampSeconds, frames });
  t.is(readParts([Buffer.from(without), ...payloads], context).missed, undefined);
  const wrong = Buffer.from(header.replace('"missed":7', '"missed":-7'));
  t.throws(() => readParts([wrong, ...payloads], context), { message: /'missed' is not a whole number/ });
});

test("releases each payload by itself", (t) => {
  const freed: Uint8Array[] = [];
  const { timestampSeconds, frames } = exposure(2);
  const payloads = frames.map(({ raw }) => raw);
  const read = readParts([Buffer.from(partsHeader({ timestampSeconds, frames })), ...payloads], {
    ...context,
    free: (bytes) => freed.push(bytes),
  });
  read.frames[1]?.release?.();
  t.true(freed.length === 1 && freed[0] === payloads[1]);
  read.frames[0]?.release?.();
  t.true(freed.length === 2 && freed[1] === payloads[0]);
});

const PORT = { complete: true, timestampTicks: 5, daqInfo: 0 };
const HEADER = {
  format: "jungfrau-1m-parts",
  version: 1,
  frameNumber: 9,
  timestampSeconds: 1.5,
  shape: [512, 1024],
  ports: [PORT, PORT],
};

const MEND = "Name the address of `om-jungfrau receive`, of the same version, or of OM's receiver.";
const wrongHeaders: readonly (readonly [what: string, header: unknown, message: string])[] = [
  ["of a detector", { frameNumber: 1, data: 1 }, "it is not that of `om-jungfrau receive`"],
  ["that is no object", [1], "it is not that of `om-jungfrau receive`"],
  ["of another format", { ...HEADER, format: "x" }, "it is not that of `om-jungfrau receive`"],
  ["that is too long", { ...HEADER, more: " ".repeat(5000) }, "it is not that of `om-jungfrau receive`"],
  ["of a later version", { ...HEADER, version: 2 }, "its version is 2, but this program reads 1"],
  ["of no version", { ...HEADER, version: undefined }, "its version is undefined, but this program reads 1"],
  [
    "of three ports",
    { ...HEADER, ports: [PORT, PORT, PORT] },
    "the number of ports does not match the message's parts, or is not 2 or 4",
  ],
  [
    "without ports",
    { ...HEADER, ports: 2 },
    "the number of ports does not match the message's parts, or is not 2 or 4",
  ],
  ["whose port is none", { ...HEADER, ports: [PORT, null] }, "'ports' has an entry that is not a port"],
  [
    "that does not say what is complete",
    { ...HEADER, ports: [PORT, { ...PORT, complete: "no" }] },
    "'complete' is neither true nor false",
  ],
  [
    "with negative ticks",
    { ...HEADER, ports: [{ ...PORT, timestampTicks: -1 }, PORT] },
    "'timestampTicks' is not a whole number from 0 to 2^64 - 1",
  ],
  [
    "with DAQ info that is text",
    { ...HEADER, ports: [PORT, { ...PORT, daqInfo: "0" }] },
    "'daqInfo' is not a whole number from 0 to 2^64 - 1",
  ],
  ["without a time", { ...HEADER, timestampSeconds: null }, "'timestampSeconds' is not a finite number"],
  [
    "without a number",
    { ...HEADER, frameNumber: 1.5 },
    "'frameNumber' is not a whole number from 0 to 2^64 - 1",
  ],
];

function faultOf(parts: readonly Uint8Array[]): readonly [code: string, message: string] {
  try {
    readParts(parts, context);
  } catch (error) {
    if (isMonitorError(error)) return [error.code, error.message];
    throw error;
  }
  return ["none", ""];
}

for (const [what, header, message] of wrongHeaders) {
  test(`a header ${what} is a fault`, (t) => {
    t.deepEqual(faultOf([Buffer.from(JSON.stringify(header)), WHOLE, WHOLE]), [
      "STREAM_BAD_HEADER",
      `Header of a receiver's event: ${message}. ${MEND}`,
    ]);
  });
}

test("a header that is not JSON, has no finite time or a number above 64 bits is a fault", (t) => {
  const text = JSON.stringify(HEADER);
  for (const broken of [
    text.slice(1),
    text.replace("1.5", "1e400"),
    text.replace(":9,", ":18446744073709551616,"),
  ]) {
    t.is(faultOf([Buffer.from(broken), WHOLE, WHOLE])[0], "STREAM_BAD_HEADER", broken);
  }
});

test("a number of parts that does not fit is a fault", (t) => {
  const header = Buffer.from(JSON.stringify(HEADER));
  for (const parts of [
    [],
    [header],
    [header, WHOLE],
    [header, WHOLE, WHOLE, WHOLE],
    [header, HALF, HALF, HALF, HALF],
  ])
    t.is(faultOf(parts)[0], "STREAM_BAD_HEADER", `${parts.length} parts`);
});

test("a payload of another size is a fault that says of how many bytes", (t) => {
  const header = Buffer.from(JSON.stringify(HEADER));
  t.deepEqual(faultOf([header, WHOLE, HALF]), [
    "STREAM_BAD_MESSAGE",
    "Frame 9 has a payload of 524288 bytes, but a port of 512 rows has 1048576. Is the receiver of the same version?",
  ]);
  const four = Buffer.from(JSON.stringify({ ...HEADER, ports: [PORT, PORT, PORT, PORT] }));
  t.regex(faultOf([four, HALF, HALF, HALF, WHOLE])[1], /1048576 bytes, but a port of 256 rows has 524288/);
});
