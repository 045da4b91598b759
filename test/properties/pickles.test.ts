import test from "ava";
import fc from "fast-check";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { isMonitorError } from "../../src/errors.js";
import { type OmModule, readOmPair, writeOmPair } from "../../src/stream/paired/om-pair.js";
import { OPCODE } from "../../src/stream/paired/pickle-opcodes.js";
import { type PickleKey, type PickleValue, readPickle } from "../../src/stream/paired/pickle-reader.js";

/** Whether a pickle gives a value or a fault, and nothing else. */
function isReadOrRefused(message: Uint8Array, read: (message: Uint8Array) => unknown = readPickle): boolean {
  try {
    read(message);
    return true;
  } catch (error) {
    return isMonitorError(error) && error.code === "STREAM_BAD_PICKLE";
  }
}

const withLength = (opcode: number, bytes: Uint8Array): Buffer => {
  const head = Buffer.alloc(5);
  head[0] = opcode;
  head.writeUInt32LE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
};

function encoded(value: PickleValue): Buffer {
  if (value === null) return Buffer.of(OPCODE.NONE);
  if (typeof value === "boolean") return Buffer.of(value ? OPCODE.NEWTRUE : OPCODE.NEWFALSE);
  if (typeof value === "string") return withLength(OPCODE.BINUNICODE, Buffer.from(value));
  if (value instanceof Uint8Array) return withLength(OPCODE.BINBYTES, value);
  if (typeof value === "number") {
    const bytes = Buffer.alloc(9);
    bytes[0] = OPCODE.BINFLOAT;
    bytes.writeDoubleBE(value, 1);
    return bytes;
  }
  if (typeof value === "bigint") {
    const bytes = Array.from({ length: 20 }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));
    return Buffer.of(OPCODE.LONG1, bytes.length, ...bytes);
  }
  if (value instanceof Map) {
    const items = [...value].flatMap(([key, item]) => [encoded(key), encoded(item)]);
    return Buffer.concat([
      Buffer.of(OPCODE.EMPTY_DICT, OPCODE.MARK),
      ...items,
      Buffer.of(OPCODE.SETITEMS, OPCODE.MEMOIZE),
    ]);
  }
  const items = (value as readonly PickleValue[]).map(encoded);
  return Buffer.concat([Buffer.of(OPCODE.MARK), ...items, Buffer.of(OPCODE.TUPLE, OPCODE.MEMOIZE)]);
}

const pickleOf = (value: PickleValue) =>
  new Uint8Array(Buffer.concat([Buffer.of(OPCODE.PROTO, 4), encoded(value), Buffer.of(OPCODE.STOP)]));

const key: fc.Arbitrary<PickleKey> = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.bigInt(-(2n ** 159n), 2n ** 159n - 1n),
  fc.double(),
  fc.string({ unit: "binary" }),
  fc.constant("__proto__"),
);
const { value } = fc.letrec<{ value: PickleValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    key,
    fc.uint8Array({ maxLength: 20 }),
    fc.array(tie("value"), { maxLength: 5 }),
    fc.array(fc.tuple(key, tie("value")), { maxLength: 5 }).map((entries) => new Map(entries)),
  ),
}));

test("reading inverts writing", (t) => {
  fc.assert(fc.property(value, (written) => t.deepEqual(readPickle(pickleOf(written)), written)));
});

test("any bytes give a value or a fault", (t) => {
  const codes = [...Object.values(OPCODE), 0, 1, 2, 0xff];
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.array(fc.constantFrom(...codes), { maxLength: 60 }).map((body) => Uint8Array.from(body)),
  );
  fc.assert(
    fc.property(bytes, fc.integer({ min: 2, max: 5 }), (body, protocol) => {
      const begun = Uint8Array.from([OPCODE.PROTO, protocol, ...body, OPCODE.STOP]);
      return isReadOrRefused(body) && isReadOrRefused(begun);
    }),
    { numRuns: 20_000 },
  );
  t.pass();
});

test("a pickle with one byte changed, or cut short, gives a value or a fault", (t) => {
  fc.assert(
    fc.property(value, fc.nat(), fc.nat(255), (written, place, byte) => {
      const message = pickleOf(written);
      const cut = message.subarray(0, place % message.length);
      message[place % message.length] = byte;
      return isReadOrRefused(message) && isReadOrRefused(cut);
    }),
    { numRuns: 5000 },
  );
  t.pass();
});

const RAW = new Uint8Array(1_048_576).fill(0x5a);
const uint64 = fc.bigInt(0n, 2n ** 64n - 1n);
const omModule: fc.Arbitrary<OmModule> = fc.record({
  raw: fc.constant(RAW),
  timestampSeconds: fc.double({ noNaN: true, noDefaultInfinity: true }),
  acquisitionIndex: uint64,
  frameNumber: uint64,
});

test("reading a pair inverts writing it", (t) => {
  fc.assert(
    fc.property(omModule, omModule, (...pair) => {
      const read = readOmPair(writeOmPair(pair, JUNGFRAU_1M), JUNGFRAU_1M);
      return read.every(({ raw, ...numbers }, index) => {
        const { raw: _, ...expected } = pair[index] as OmModule;
        t.deepEqual(numbers, expected);
        return Buffer.compare(raw, RAW) === 0;
      });
    }),
  );
});

test("any byte of a pair changed, or the pair cut short, gives a pair or a fault and takes no memory", (t) => {
  const read = (bytes: Uint8Array) => readOmPair(bytes, JUNGFRAU_1M);
  const message = writeOmPair(
    [
      { raw: RAW, timestampSeconds: 1.5, acquisitionIndex: 2n ** 63n, frameNumber: 5n },
      { raw: RAW, timestampSeconds: 1.5, acquisitionIndex: 2n ** 53n, frameNumber: 6n },
    ],
    JUNGFRAU_1M,
  );
  // The words may be anything, so the bytes around them are those that matter.
  const around = [...message.keys()].filter((offset) => message[offset] !== 0x5a);
  t.true(around.length < 300);
  const before = process.memoryUsage().arrayBuffers;
  for (const offset of around) {
    t.true(isReadOrRefused(message.subarray(0, offset), read));
    const byte = message[offset] as number;
    for (let changed = 0; changed < 256; changed++) {
      message[offset] = changed;
      if (!isReadOrRefused(message, read)) t.fail(`byte ${offset} changed to ${changed}`);
    }
    message[offset] = byte;
  }
  t.true(process.memoryUsage().arrayBuffers - before < 2 ** 25);
  t.is(read(message).length, 2);
});
