import test from "ava";
import fc from "fast-check";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { exactInteger, parseJsonExactly } from "../../src/stream/exact-json.js";
import { daqInfo, gainMode } from "../../src/stream/gain-mode.js";
import { partsHeader } from "../../src/stream/index.js";
import { parsePairedMessage } from "../../src/stream/paired/paired-message.js";
import { readParts } from "../../src/stream/paired/parts-message.js";
import { aModuleFrame, modulePayload } from "../helpers/module-frames.js";

const context = { layout: JUNGFRAU_1M, streamIndex: 0, streamCount: 1, arrivalSeconds: 0 };
const uint64 = fc.oneof(
  fc.bigInt(0n, 2n ** 64n - 1n),
  fc.constantFrom(0n, 2n ** 53n - 1n, 2n ** 53n + 1n, 2n ** 64n - 1n),
);
const setting = fc.record({
  highGain: fc.boolean(),
  fixedStage: fc.constantFrom(undefined, 1 as const, 2 as const),
  forcedStage: fc.constantFrom(undefined, 1 as const, 2 as const),
});
const port = fc.record({ complete: fc.boolean(), timestampTicks: uint64, gainMode: setting });
const timestamp = fc.oneof(
  fc.double({ min: 1e9, max: 1e10, noNaN: true }),
  fc.double({ min: 0, max: 1e14, noNaN: true }),
  fc.constant(0),
);
const exposure = fc.constantFrom(2, 4).chain((portCount) =>
  fc.record({
    frameNumber: uint64,
    timestampSeconds: timestamp,
    ports: fc.array(port, { minLength: portCount, maxLength: portCount }),
  }),
);
const PAYLOADS = new Map([2, 4].map((ports) => [ports, modulePayload(0x1234, 1024 / ports)]));

test("reading parts inverts writing them", (t) => {
  fc.assert(
    fc.property(exposure, ({ frameNumber, timestampSeconds, ports }) => {
      const raw = PAYLOADS.get(ports.length) as Uint8Array;
      const rows = 1024 / ports.length;
      const frames = ports.map((fields, portIndex) =>
        aModuleFrame({ ...fields, frameNumber, portIndex, rows, raw, arrivalSeconds: 0 }),
      );
      const header = Buffer.from(partsHeader({ frames, timestampSeconds }));
      const read = readParts([header, ...frames.map(({ raw }) => raw)], context);
      t.is(read.timestampSeconds, timestampSeconds);
      // The payloads are the same object, so that comparing them costs nothing.
      for (const [index, { raw: words, ...rest }] of read.frames.entries()) {
        const { raw: written, ...expected } = frames[index] as (typeof frames)[number];
        t.deepEqual(rest, expected);
        if (words !== written) t.fail("another payload");
      }
    }),
    { numRuns: 300 },
  );
});

test("any parts give an exposure or a fault", (t) => {
  const word = modulePayload(1);
  const parts = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.constant(word),
      fc.json().map((text) => new TextEncoder().encode(text)),
    ),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(parts, (message) =>
      ["exposure", "fault"].includes(parsePairedMessage(message, context).kind),
    ),
    { numRuns: 3000 },
  );
  t.pass();
});

test("a header with one byte changed, or cut short, gives an exposure or a fault", (t) => {
  const frames = [0, 1].map((portIndex) =>
    aModuleFrame({ portIndex, raw: modulePayload(1), frameNumber: 2n ** 63n, timestampTicks: 12n }),
  );
  const header = Buffer.from(partsHeader({ frames, timestampSeconds: 1.5 }));
  const kinds = new Set<string>();
  const parse = (bytes: Uint8Array) => {
    const { kind } = parsePairedMessage([bytes, ...frames.map(({ raw }) => raw)], context);
    kinds.add(kind);
    return kind === "exposure" || kind === "fault";
  };
  fc.assert(
    fc.property(fc.nat(header.length - 1), fc.nat(255), (place, byte) => {
      const changed = Uint8Array.from(header);
      changed[place] = byte;
      return parse(changed) && parse(header.subarray(0, place));
    }),
    { numRuns: 3000 },
  );
  t.deepEqual([...kinds].sort(), ["exposure", "fault"]);
});

test("DAQ info and gain mode are inverse", (t) => {
  fc.assert(fc.property(setting, (mode) => t.deepEqual(gainMode(daqInfo(mode)), mode)));
  fc.assert(
    fc.property(fc.nat(0xffffffff), (bits) => {
      const mode = gainMode(bits);
      return (daqInfo(mode) & ~0b11_0000_0000_0111) === 0 && t.deepEqual(gainMode(daqInfo(mode)), mode);
    }),
  );
});

test("JSON is read as JSON.parse reads it, but that integers are exact", (t) => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), uint64, (json, integer) => {
      // Long integers alone are read otherwise.
      const text = JSON.stringify(json);
      fc.pre(!/(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/.test(text));
      t.deepEqual(parseJsonExactly(text), JSON.parse(text));
      const mixed = `{"json":${text},"integer":${integer}}`;
      const read = parseJsonExactly(mixed);
      t.is(exactInteger(read?.integer), integer);
      t.deepEqual(read?.json, JSON.parse(text));
    }),
    { numRuns: 1000 },
  );
});
