import test from "ava";
import { JUNGFRAU_1M } from "../../../src/detector.js";
import { isMonitorError } from "../../../src/errors.js";
import { type OmModule, readOmPair, writeOmPair } from "../../../src/stream/paired/om-pair.js";
import { OPCODE } from "../../../src/stream/paired/pickle-opcodes.js";

const RAW_SIZE_BYTES = 1_048_576;
const RAW = Uint8Array.from({ length: RAW_SIZE_BYTES }, (_, index) => index * 7 + (index >> 8));

const moduleOf = (changes: Partial<OmModule> = {}): OmModule => ({
  raw: RAW,
  timestampSeconds: 1_700_000_000.25,
  acquisitionIndex: 3n,
  frameNumber: 4n,
  ...changes,
});

function faultOf(step: () => unknown): string | undefined {
  try {
    step();
  } catch (error) {
    if (!isMonitorError(error) || error.code !== "STREAM_BAD_PICKLE") throw error;
    return error.message;
  }
  return undefined;
}

const NONE = Buffer.of(OPCODE.NONE);
const text = (value: string) => Buffer.of(OPCODE.SHORT_BINUNICODE, value.length, ...Buffer.from(value));
const int = (value: bigint) => {
  const bytes = Buffer.alloc(12);
  bytes[0] = OPCODE.LONG1;
  bytes[1] = 10;
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value), 2);
  bytes.writeInt16LE(Number(value >> 64n), 10);
  return bytes;
};
const float = (value: number) => {
  const bytes = Buffer.alloc(9);
  bytes[0] = OPCODE.BINFLOAT;
  bytes.writeDoubleBE(value, 1);
  return bytes;
};
const bytes = (value: Uint8Array) => {
  const head = Buffer.alloc(5);
  head[0] = OPCODE.BINBYTES;
  head.writeUInt32LE(value.length, 1);
  return Buffer.concat([head, value]);
};
const dict = (fields: Readonly<Record<string, Buffer>>) =>
  Buffer.concat([
    Buffer.of(OPCODE.EMPTY_DICT, OPCODE.MARK),
    ...Object.entries(fields).flatMap(([key, value]) => [text(key), value]),
    Buffer.of(OPCODE.SETITEMS),
  ]);
const pickle = (...parts: Buffer[]) =>
  Buffer.concat([Buffer.of(OPCODE.PROTO, 4), ...parts, Buffer.of(OPCODE.STOP)]);
const tuple = (...items: Buffer[]) =>
  Buffer.concat([Buffer.of(OPCODE.MARK), ...items, Buffer.of(OPCODE.TUPLE)]);
const list = (...items: Buffer[]) =>
  Buffer.concat([Buffer.of(OPCODE.EMPTY_LIST, OPCODE.MARK), ...items, Buffer.of(OPCODE.APPENDS)]);

const FIELDS = { data: bytes(RAW), timestamp: float(1.5), acq_index: int(3n), frame_number: int(4n) };
const MODULE = dict(FIELDS);
const without = (key: keyof typeof FIELDS) => {
  const { [key]: _, ...rest } = FIELDS;
  return dict(rest);
};

test("reads what it writes, whatever the size of the integers", (t) => {
  for (const integer of [0n, 255n, 2n ** 31n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n]) {
    const pair = [
      moduleOf({ acquisitionIndex: integer }),
      moduleOf({ frameNumber: integer, raw: RAW.slice() }),
    ];
    const read = readOmPair(writeOmPair(pair, JUNGFRAU_1M), JUNGFRAU_1M);
    for (const [index, module] of read.entries()) {
      const { raw, ...numbers } = module;
      const { raw: written, ...expected } = pair[index] as OmModule;
      t.deepEqual(numbers, expected);
      t.is(Buffer.compare(raw, written), 0);
    }
  }
});

test("lends the words out of the message, and writes a memory of its own", (t) => {
  const message = writeOmPair([moduleOf(), moduleOf()], JUNGFRAU_1M);
  t.is(message.buffer.byteLength, message.length);
  t.true(readOmPair(message, JUNGFRAU_1M).every(({ raw }) => raw.buffer === message.buffer));
});

test("reads the pair at any alignment", (t) => {
  const message = writeOmPair([moduleOf(), moduleOf()], JUNGFRAU_1M);
  for (const shift of [1, 2, 3]) {
    const shifted = new Uint8Array(message.length + shift).subarray(shift);
    shifted.set(message);
    t.true(readOmPair(shifted, JUNGFRAU_1M).every(({ raw }) => Buffer.compare(raw, RAW) === 0));
  }
});

test("takes a list for a tuple, an int for a timestamp, and more keys than it needs", (t) => {
  const module = dict({
    ...FIELDS,
    timestamp: int(1_700_000_000n),
    run: tuple(NONE, int(5n)),
    __proto__x: NONE,
  });
  const [first, second] = readOmPair(pickle(list(module, MODULE)), JUNGFRAU_1M);
  t.is(first?.timestampSeconds, 1_700_000_000);
  t.like(second, { timestampSeconds: 1.5, acquisitionIndex: 3n, frameNumber: 4n });
});

const refused: Readonly<Record<string, readonly [message: Buffer, fault: RegExp]>> = {
  "a single value": [pickle(NONE), /it is not a tuple/],
  "a single module": [pickle(MODULE), /it is not a tuple/],
  "a tuple of one": [pickle(tuple(MODULE)), /it holds 1 modules, a JUNGFRAU 1M has 2/],
  "a tuple of three": [pickle(tuple(MODULE, MODULE, MODULE)), /it holds 3 modules/],
  "a module that is no dict": [pickle(tuple(MODULE, NONE)), /module 1 is not a dict/],
  "a module without data": [pickle(tuple(without("data"), MODULE)), /module 0 has no 'data'/],
  "a module without a timestamp": [
    pickle(tuple(MODULE, without("timestamp"))),
    /module 1 has no 'timestamp'/,
  ],
  "a module without an acq_index": [
    pickle(tuple(MODULE, without("acq_index"))),
    /module 1 has no 'acq_index'/,
  ],
  "a module without a number": [
    pickle(tuple(MODULE, without("frame_number"))),
    /module 1 has no 'frame_number'/,
  ],
};
const wrong: readonly (readonly [what: string, fields: Readonly<Record<string, Buffer>>, fault: RegExp])[] = [
  ["data that is text", { data: text("ab") }, /'data' of module 1 is not bytes/],
  ["data that is too short", { data: bytes(RAW.subarray(1)) }, /'data' of module 1 has 1048575 bytes/],
  ["no timestamp", { timestamp: NONE }, /'timestamp' of module 1 is not a finite number/],
  ["a timestamp that is NaN", { timestamp: float(Number.NaN) }, /'timestamp' of module 1 is not a finite/],
  ["a timestamp without end", { timestamp: float(Number.POSITIVE_INFINITY) }, /'timestamp' of module 1/],
  ["a negative number", { frame_number: int(-1n) }, /'frame_number' of module 1 is not a whole number/],
  ["a number of 65 bits", { frame_number: int(2n ** 64n) }, /'frame_number' of module 1 is not a whole/],
  ["a number that is a float", { frame_number: float(4) }, /'frame_number' of module 1 is not a whole/],
  ["a number that is a boolean", { acq_index: Buffer.of(OPCODE.NEWTRUE) }, /'acq_index' of module 1 is not/],
];
for (const [what, [message, fault]] of [
  ...Object.entries(refused),
  ...wrong.map(
    ([what, fields, fault]) =>
      [what, [pickle(tuple(MODULE, dict({ ...FIELDS, ...fields }))), fault]] as const,
  ),
]) {
  test(`refuses ${what}`, (t) =>
    t.regex(faultOf(() => readOmPair(message, JUNGFRAU_1M)) ?? "no fault", fault));
}

test("does not write what it would refuse", (t) => {
  const fault = (...modules: OmModule[]) => faultOf(() => writeOmPair(modules, JUNGFRAU_1M)) ?? "no fault";
  t.regex(fault(moduleOf()), /it holds 1 modules/);
  t.regex(fault(moduleOf(), moduleOf({ raw: RAW.subarray(2) })), /'data' of module 1 has 1048574 bytes/);
  t.regex(fault(moduleOf({ timestampSeconds: Number.NaN }), moduleOf()), /'timestamp' of module 0/);
  t.regex(fault(moduleOf(), moduleOf({ acquisitionIndex: 2n ** 64n })), /'acq_index' of module 1/);
  t.regex(fault(moduleOf({ frameNumber: -1n }), moduleOf()), /'frame_number' of module 0/);
});
