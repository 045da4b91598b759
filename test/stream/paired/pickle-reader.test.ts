import test from "ava";
import { isMonitorError } from "../../../src/errors.js";
import { OPCODE } from "../../../src/stream/paired/pickle-opcodes.js";
import { type PickleValue, readPickle } from "../../../src/stream/paired/pickle-reader.js";

/*
 * base64.b64encode(pickle.dumps(value, protocol)) of CPython 3.11, with
 *
 *   same = {"data": b"\0\x7f\x80\xff", 7: None}
 *   value = (
 *       same, [same, same], True, False, [0, 255, 65535, 65536, -1, 2**31, 2**53 + 1, -2**63, 2**64 - 1],
 *       [1.5, float("inf")], ["", "ä€😀"], [b"e", "e", b"ab"], [], {}, {"a": []}, (), (1,), (1, 2, 3), (1, 2, 3, 4),
 *   )
 */
const OF_CPYTHON: Readonly<Record<number, string>> = {
  2: `
    gAIofXEAKFgEAAAAZGF0YXEBY19jb2RlY3MKZW5jb2RlCnECWAYAAAAAf8KAw79xA1gGAAAAbGF0aW4xcQSGcQVScQZLB051XXEHKGgA
    aABliIldcQgoSwBL/03//0oAAAEASv////+KBQAAAIAAigcBAAAAAAAgiggAAAAAAAAAgIoJ//////////8AZV1xCShHP/gAAAAAAABH
    f/AAAAAAAABlXXEKKFgAAAAAcQtYCQAAAMOk4oKs8J+YgHEMZV1xDShoAlgBAAAAZXEOaASGcQ9ScRBYAQAAAGVxEWgCWAIAAABhYnES
    aASGcRNScRRlXXEVfXEWfXEXWAEAAABhcRhdcRlzKUsBhXEaSwFLAksDh3EbKEsBSwJLA0sEdHEcdHEdLg==
  `,
  3: `
    gAMofXEAKFgEAAAAZGF0YXEBQwQAf4D/cQJLB051XXEDKGgAaABliIldcQQoSwBL/03//0oAAAEASv////+KBQAAAIAAigcBAAAAAAAg
    iggAAAAAAAAAgIoJ//////////8AZV1xBShHP/gAAAAAAABHf/AAAAAAAABlXXEGKFgAAAAAcQdYCQAAAMOk4oKs8J+YgHEIZV1xCShD
    AWVxClgBAAAAZXELQwJhYnEMZV1xDX1xDn1xD1gBAAAAYXEQXXERcylLAYVxEksBSwJLA4dxEyhLAUsCSwNLBHRxFHRxFS4=
  `,
  4: `
    gASVvAAAAAAAAAAofZQojARkYXRhlEMEAH+A/5RLB051XZQoaABoAGWIiV2UKEsAS/9N//9KAAABAEr/////igUAAACAAIoHAQAAAAAA
    IIoIAAAAAAAAAICKCf//////////AGVdlChHP/gAAAAAAABHf/AAAAAAAABlXZQojACUjAnDpOKCrPCfmICUZV2UKEMBZZSMAWWUQwJh
    YpRlXZR9lH2UjAFhlF2UcylLAYWUSwFLAksDh5QoSwFLAksDSwR0lHSULg==
  `,
  5: `
    gAWVvAAAAAAAAAAofZQojARkYXRhlEMEAH+A/5RLB051XZQoaABoAGWIiV2UKEsAS/9N//9KAAABAEr/////igUAAACAAIoHAQAAAAAA
    IIoIAAAAAAAAAICKCf//////////AGVdlChHP/gAAAAAAABHf/AAAAAAAABlXZQojACUjAnDpOKCrPCfmICUZV2UKEMBZZSMAWWUQwJh
    YpRlXZR9lH2UjAFhlF2UcylLAYWUSwFLAksDh5QoSwFLAksDSwR0lHSULg==
  `,
};

const fromBase64 = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
const SAME = new Map<bigint | string, unknown>([
  ["data", Uint8Array.of(0, 0x7f, 0x80, 0xff)],
  [7n, null],
]);
const VALUE = [
  SAME,
  [SAME, SAME],
  true,
  false,
  [0n, 255n, 65535n, 65536n, -1n, 2n ** 31n, 2n ** 53n + 1n, -(2n ** 63n), 2n ** 64n - 1n],
  [1.5, Number.POSITIVE_INFINITY],
  ["", "ä€😀"],
  [Uint8Array.of(0x65), "e", Uint8Array.of(0x61, 0x62)],
  [],
  new Map(),
  new Map([["a", []]]),
  [],
  [1n],
  [1n, 2n, 3n],
  [1n, 2n, 3n, 4n],
];

/** What is wrong with a pickle, undefined if it can be read. Errors that are not ours pass through. */
function faultOf(message: Uint8Array): string | undefined {
  try {
    readPickle(message);
  } catch (error) {
    if (!isMonitorError(error) || error.code !== "STREAM_BAD_PICKLE") throw error;
    return error.message;
  }
  return undefined;
}

/** Texts stand for their bytes, numbers are bytes. */
const bytesOf = (...parts: (number | string | Uint8Array)[]): Uint8Array =>
  new Uint8Array(
    Buffer.concat(parts.map((part) => (typeof part === "number" ? Buffer.of(part) : Buffer.from(part)))),
  );
const pickle = (...parts: (number | string | Uint8Array)[]): Uint8Array =>
  bytesOf(OPCODE.PROTO, 4, ...parts, OPCODE.STOP);
const pickle2 = (...parts: (number | string | Uint8Array)[]): Uint8Array =>
  bytesOf(OPCODE.PROTO, 2, ...parts, OPCODE.STOP);
const uint32 = (value: number): Uint8Array => new Uint8Array(Uint32Array.of(value).buffer);
const uint64 = (value: bigint): Uint8Array => new Uint8Array(BigUint64Array.of(value).buffer);

for (const [protocol, text] of Object.entries(OF_CPYTHON)) {
  test(`reads what CPython writes in protocol ${protocol}`, (t) => {
    const value = readPickle(fromBase64(text)) as PickleValue[];
    t.deepEqual(value as unknown, VALUE);
    const [first, pair] = value as [PickleValue, PickleValue[]];
    t.true(pair.every((one) => one === first));
  });

  test(`refuses protocol ${protocol} cut short at any byte, and with a byte too many`, (t) => {
    const message = fromBase64(text);
    for (let length = 0; length < message.length; length++) {
      t.regex(faultOf(message.subarray(0, length)) ?? "no fault", /^Pickle: .* byte \d+/);
    }
    t.regex(faultOf(bytesOf(message, 0)) ?? "", /STOP at byte \d+ is not the end: 1 bytes follow/);
  });
}

const single: readonly (readonly [string, Uint8Array, unknown])[] = [
  ["an int of 300 bytes", pickle(OPCODE.LONG4, uint32(300), new Uint8Array(299), 0x80), -(2n ** 2399n)],
  ["an int of no bytes", pickle(OPCODE.LONG1, 0), 0n],
  ["a negative int", pickle(OPCODE.BININT, uint32(2 ** 32 - 2)), -2n],
  ["long bytes", pickle(OPCODE.BINBYTES, uint32(2), "ab"), bytesOf("ab")],
  ["bytes of 64-bit length", pickle(OPCODE.BINBYTES8, uint64(2n), "ab"), bytesOf("ab")],
  ["a bytearray", pickle(OPCODE.BYTEARRAY8, uint64(2n), "ab"), bytesOf("ab")],
  ["long text", pickle(OPCODE.BINUNICODE, uint32(2), "ä"), "ä"],
  ["text of 64-bit length", pickle(OPCODE.BINUNICODE8, uint64(2n), "ä"), "ä"],
  ["text that begins with a byte-order mark", pickle(OPCODE.SHORT_BINUNICODE, 4, "\ufeffa"), "\ufeffa"],
  ["a memo in digits", pickle(OPCODE.NONE, "p12\n", "g12\n", OPCODE.TUPLE2), [null, null]],
  [
    "a memo with long numbers",
    pickle(OPCODE.NONE, "r", uint32(2 ** 32 - 1), "j", uint32(2 ** 32 - 1), OPCODE.TUPLE2),
    [null, null],
  ],
  [
    "a key that stands twice",
    pickle("}(", "K", 1, OPCODE.NONE, "K", 1, OPCODE.NEWTRUE, "u"),
    new Map([[1n, true]]),
  ],
  [
    "the key __proto__",
    pickle("}", OPCODE.SHORT_BINUNICODE, 9, "__proto__", "}s"),
    new Map([["__proto__", new Map()]]),
  ],
  ["frames, and values between them", pickle(OPCODE.FRAME, uint64(1n), "NN", OPCODE.TUPLE2), [null, null]],
  ["an empty frame", pickle(OPCODE.FRAME, uint64(0n), OPCODE.FRAME, uint64(2n), "N"), null],
];
for (const [what, message, value] of single) {
  test(`reads ${what}`, (t) => t.deepEqual(readPickle(message) as unknown, value));
}

test("lends bytes out of the message, at an odd offset too", (t) => {
  const buffer = new Uint8Array(100);
  for (const start of [10, 11]) {
    const message = buffer.subarray(start, start + 8);
    message.set(pickle(OPCODE.SHORT_BINBYTES, 3, "abc"));
    const bytes = readPickle(message) as Uint8Array;
    t.is(bytes.buffer, buffer.buffer);
    t.deepEqual([bytes.byteOffset, bytes.length], [start + 4, 3]);
  }
});

const ENCODE = "c_codecs\nencode\n";
const LATIN1 = bytesOf("X", uint32(6), "latin1");
const letter = (text: string) => bytesOf("X", uint32(Buffer.byteLength(text)), text);
const AB = bytesOf(ENCODE, letter("ab"), LATIN1, OPCODE.TUPLE2);

test("every byte comes back from the text of protocol 2", (t) => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  const text = letter(Buffer.from(bytes).toString("latin1"));
  t.deepEqual(readPickle(pickle2(ENCODE, text, LATIN1, OPCODE.TUPLE2, "R")), bytes);
});

test("bytes are decoded once from a text that is used again", (t) => {
  const again = ["h", 0, "h", 1, "h", 2, OPCODE.TUPLE2, "R"] as const;
  const first = [
    ENCODE,
    "q",
    0,
    letter("ab"),
    "q",
    1,
    LATIN1,
    "q",
    2,
    OPCODE.TUPLE2,
    "q",
    3,
    "Rq",
    4,
  ] as const;
  const [one, two] = readPickle(pickle2(...first, ...again, OPCODE.TUPLE2)) as Uint8Array[];
  t.deepEqual(one, bytesOf("ab"));
  t.is(one, two);
});

const short = (text: string) => bytesOf(OPCODE.SHORT_BINUNICODE, text.length, text);
const refused: Readonly<Record<string, readonly [message: Uint8Array, fault: RegExp]>> = {
  "an empty message": [bytesOf(), /ends at byte 0, without STOP/],
  "protocol 0": [bytesOf("I1\n."), /INT at byte 0 comes first/],
  "protocol 1": [bytesOf(OPCODE.PROTO, 1, "N."), /PROTO at byte 0 has protocol 1/],
  "protocol 6": [bytesOf(OPCODE.PROTO, 6, "N."), /PROTO at byte 0 has protocol 6/],
  JSON: [bytesOf('{"data":1}'), /opcode 0x7b at byte 0/],
  "no value": [pickle(), /STOP at byte 2 lacks a value/],
  "two values": [pickle("NN"), /STOP at byte 4 leaves something/],
  "an open MARK": [pickle("(N"), /STOP at byte 4 leaves something/],
  "a second PROTO": [pickle(OPCODE.PROTO, 4, "N"), /PROTO at byte 2 is not allowed/],

  "a call of os.system": [pickle("cos\nsystem\n", "(", short("id"), "tR"), /GLOBAL at byte 2 is not allowed/],
  "a call in protocol 2": [
    pickle2("cos\nsystem\n", "(", short("id"), "tR"),
    /GLOBAL at byte 2 is not allowed/,
  ],
  "a global from the stack": [
    pickle(short("os"), short("system"), OPCODE.STACK_GLOBAL),
    /STACK_GLOBAL at byte 14/,
  ],
  REDUCE: [pickle("N)R"), /REDUCE at byte 4 is not allowed/],
  INST: [pickle("(", short("id"), "ios\nsystem\n"), /INST at byte 7 is not allowed/],
  OBJ: [pickle("(No"), /OBJ at byte 4 is not allowed/],
  BUILD: [pickle("}}b"), /BUILD at byte 4 is not allowed/],
  "a persistent id": [pickle("P1\n"), /PERSID at byte 2 is not allowed/],
  "a buffer from elsewhere": [pickle(OPCODE.NEXT_BUFFER), /NEXT_BUFFER at byte 2 is not allowed/],
  "an opcode that there is not": [pickle(0xff), /opcode 0xff at byte 2 is not allowed/],

  "_codecs.encode after protocol 2": [pickle(AB, "R"), /GLOBAL at byte 2 is not allowed/],
  "_codecs.encode cut short": [bytesOf(OPCODE.PROTO, 2, "c_codecs\nenc"), /GLOBAL at byte 2 is not allowed/],
  "another function of _codecs": [
    pickle2("c_codecs\ndecode\n", letter("a"), LATIN1, OPCODE.TUPLE2, "R"),
    /GLOBAL/,
  ],
  "_codecs.encode as the value": [pickle2(ENCODE), /STOP at byte 18 takes _codecs.encode/],
  "_codecs.encode in a tuple": [pickle2(ENCODE, OPCODE.TUPLE1), /TUPLE1 at byte 18 takes _codecs.encode/],
  "_codecs.encode in a list": [pickle2("]", ENCODE, "a"), /APPEND at byte 19 takes _codecs.encode/],
  "_codecs.encode as a key": [pickle2("}", ENCODE, "Ns"), /SETITEM at byte 20 takes _codecs.encode/],
  "_codecs.encode by the memo": [
    pickle2(ENCODE, "q", 0, "NN", "h", 0, OPCODE.TUPLE3),
    /TUPLE3 at byte \d+ takes _codecs.encode/,
  ],
  "_codecs.encode that is not called": [pickle2(AB), /STOP at byte \d+ appears where _codecs.encode should/],
  "_codecs.encode built upon": [pickle2(AB, "b"), /BUILD at byte \d+ appears where/],
  "_codecs.encode behind a MARK": [
    pickle2(ENCODE, "(", letter("ab"), LATIN1, OPCODE.TUPLE2, "R"),
    /REDUCE at byte \d+ lacks a value/,
  ],
  "_codecs.encode of one argument": [
    pickle2(ENCODE, letter("ab"), OPCODE.TUPLE1, "R"),
    /REDUCE at .* not allowed/,
  ],
  "arguments of _codecs.encode by the memo": [
    pickle2(AB, "q", 0, "R", ENCODE, "h", 0, "R"),
    /BINGET at byte \d+ gets memo entry 0/,
  ],
  "_codecs.encode to another encoding": [
    pickle2(ENCODE, letter("ab"), letter("utf-8"), OPCODE.TUPLE2, "R"),
    /REDUCE at byte \d+ calls _codecs.encode with something other than/,
  ],
  "_codecs.encode of no text": [pickle2(ENCODE, "N", LATIN1, OPCODE.TUPLE2, "R"), /REDUCE at byte \d+ calls/],
  "_codecs.encode of U+0100": [
    pickle2(ENCODE, letter("aĀ"), LATIN1, OPCODE.TUPLE2, "R"),
    /REDUCE at byte \d+ calls/,
  ],
  "_codecs.encode of an emoji": [
    pickle2(ENCODE, letter("😀"), LATIN1, OPCODE.TUPLE2, "R"),
    /REDUCE at byte \d+ calls/,
  ],

  "bytes of 2^63": [
    pickle(OPCODE.BINBYTES8, uint64(2n ** 63n), "ab"),
    /BINBYTES8 at byte 2 extends to byte 9223372036854/,
  ],
  "bytes of 2^64 - 1": [pickle(OPCODE.BINBYTES8, uint64(2n ** 64n - 1n)), /BINBYTES8 at byte 2 extends to/],
  "a bytearray of 2^63": [pickle(OPCODE.BYTEARRAY8, uint64(2n ** 63n)), /BYTEARRAY8 at byte 2 extends to/],
  "text of 2^63": [pickle(OPCODE.BINUNICODE8, uint64(2n ** 63n)), /BINUNICODE8 at byte 2 extends to/],
  "a frame of 2^63": [pickle(OPCODE.FRAME, uint64(2n ** 63n), "N"), /FRAME at byte 2 extends to/],
  "bytes of 2^32 - 1": [
    pickle(OPCODE.BINBYTES, uint32(2 ** 32 - 1)),
    /BINBYTES at byte 2 extends to byte 4294967302/,
  ],
  "text of 2^32 - 1": [pickle(OPCODE.BINUNICODE, uint32(2 ** 32 - 1)), /BINUNICODE at byte 2 extends to/],
  "an int of 2^32 - 1 bytes": [pickle(OPCODE.LONG4, uint32(2 ** 32 - 1)), /LONG4 at byte 2 extends to/],
  "an int of 65537 bytes": [
    pickle(OPCODE.LONG4, uint32(65537), new Uint8Array(65537)),
    /LONG4 at byte 2 has an integer/,
  ],
  "bytes one longer than the message": [
    bytesOf(OPCODE.PROTO, 4, OPCODE.SHORT_BINBYTES, 3, "ab"),
    /SHORT_BINBYTES at byte 2 extends to byte 7, its message ends at byte 6/,
  ],
  "a message of more than 64 MiB": [new Uint8Array(2 ** 26 + 1), /it has 67108865 bytes/],

  "a frame in a frame": [
    pickle(OPCODE.FRAME, uint64(11n), OPCODE.FRAME, uint64(1n), "N"),
    /FRAME at byte 11 is inside/,
  ],
  "bytes that leave their frame": [
    pickle(OPCODE.FRAME, uint64(3n), OPCODE.SHORT_BINBYTES, 2, "ab"),
    /SHORT_BINBYTES at byte 11 extends to byte 15, its frame ends at byte 14/,
  ],
  "text that is not UTF-8": [
    pickle(OPCODE.SHORT_BINUNICODE, 1, 0xff),
    /SHORT_BINUNICODE at byte 2 has a text/,
  ],
  "a lone surrogate": [
    pickle(OPCODE.SHORT_BINUNICODE, 3, 0xed, 0xa0, 0x80),
    /SHORT_BINUNICODE at byte 2 has a text/,
  ],

  "a memo entry that was never put": [pickle("h", 3), /BINGET at byte 2 gets memo entry 3/],
  "a memo entry of nothing": [pickle(OPCODE.MEMOIZE), /MEMOIZE at byte 2 lacks a value/],
  "a memo entry from below a MARK": [pickle("N(q", 0), /BINPUT at byte 4 lacks a value/],
  "a memo number that is none": [pickle("Np-1\n"), /PUT at byte 3 has no valid memo number/],
  "a memo number of no digits": [pickle("Np\n"), /PUT at byte 3 has no valid memo number/],
  "a memo number of 11 digits": [pickle("Np12345678901\n"), /PUT at byte 3 has no valid memo number/],
  "a tuple of too few": [pickle("N", OPCODE.TUPLE2), /TUPLE2 at byte 3 lacks a value/],
  "a tuple from below a MARK": [pickle("N(N", OPCODE.TUPLE2), /TUPLE2 at byte 5 lacks a value/],
  "a tuple without a MARK": [pickle("Nt"), /TUPLE at byte 3 lacks a MARK/],
  "a key without a value": [pickle("}(Nu"), /SETITEMS at byte 5 has a key without a value/],
  "bytes as a key": [pickle("}", OPCODE.SHORT_BINBYTES, 0, "Ns"), /SETITEM at byte 6 has a key that/],
  "a tuple as a key": [pickle("})Ns"), /SETITEM at byte 5 has a key that/],
  "items of a list": [pickle("]NNs"), /SETITEM at byte 5 has no new dict/],
  "a list that is a dict": [pickle("}Na"), /APPEND at byte 4 has no new list/],
  "a tuple that grows": [pickle(")Na"), /APPEND at byte 4 has no new list/],
  "a list in itself": [pickle("]", OPCODE.MEMOIZE, "h", 0, "a"), /APPEND at byte 6 has no new list/],
  "a dict in itself": [pickle("}", OPCODE.MEMOIZE, "Nh", 0, "s"), /SETITEM at byte 7 has no new dict/],
  "a value thrown away": [pickle("NN0"), /POP at byte 4 is not allowed/],
  "a list in a tuple in the list": [
    pickle("]", OPCODE.MEMOIZE, OPCODE.TUPLE1, OPCODE.MEMOIZE, "h", 0, "h", 1, "a"),
    /APPEND at byte 10 has no new list/,
  ],

  "a million MARKs": [pickle("(".repeat(1e6)), /MARK at byte 66 is nested more than 64 deep/],
  "a million lists": [pickle("]".repeat(1e6)), /EMPTY_LIST at byte 10002 is one value too many/],
  "a hundred lists in each other": [
    pickle("]".repeat(100), "a".repeat(99)),
    /APPEND at byte 166 is nested more than 64 deep/,
  ],
  "a million tuples in each other": [
    pickle(")", new Uint8Array(1e6).fill(OPCODE.TUPLE1)),
    /TUPLE1 at byte 67 is nested more than 64 deep/,
  ],
  "a million memo entries": [
    pickle("N", new Uint8Array(1e6).fill(OPCODE.MEMOIZE)),
    /MEMOIZE at byte 10003 is one memo/,
  ],
  "a million uses of one value": [
    pickle("N", OPCODE.MEMOIZE, "(", "h\0".repeat(1e6), "t"),
    /BINGET at .* one value too many/,
  ],
};
for (const [what, [message, fault]] of Object.entries(refused)) {
  test(`refuses ${what}`, (t) => {
    const text = faultOf(message) ?? "no fault";
    t.regex(text, fault);
    t.regex(text, / Is this the address of OM's jungfrau_zmq_receiver\?$/);
  });
}

test("a value that doubles fifty times takes no more than its bytes", (t) => {
  const doubled = Array.from({ length: 50 }, (_, index) => [
    OPCODE.MEMOIZE,
    "h",
    index,
    OPCODE.TUPLE2,
  ]).flat();
  let value = readPickle(pickle(short("ha"), ...doubled));
  for (let depth = 0; depth < 50; depth++) {
    const [left, right] = value as PickleValue[];
    t.is(left, right);
    value = left as PickleValue;
  }
  t.is(value, "ha");
});
