import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { type OmModule, readOmPair, writeOmPair } from "../../src/stream/paired/om-pair.js";

/*
 * Exchange pairs of modules with the python3 on the path, in both directions. Ends with 1 when one comes out different.
 *
 *   node dist/test/tools/exchange-pickles.js
 */

/** Rows of 256 bytes, each of which begins one further on in the same bytes. */
const rawOf = (seed: number) =>
  Uint8Array.from({ length: 1_048_576 }, (_, index) => ((index & 255) + (index >> 8)) * 7 + seed);
const RAW: readonly Uint8Array[] = [rawOf(0), rawOf(100)];

const pairOf = (...integers: readonly [bigint, bigint, bigint, bigint]): OmModule[] =>
  RAW.map((raw, index) => ({
    raw,
    timestampSeconds: 1_700_000_000.1 + index,
    acquisitionIndex: integers[2 * index] as bigint,
    frameNumber: integers[2 * index + 1] as bigint,
  }));
const PAIRS: readonly OmModule[][] = [
  pairOf(0n, 255n, 256n, 65536n),
  pairOf(2n ** 31n - 1n, 2n ** 31n, 2n ** 53n - 1n, 2n ** 53n + 1n),
  pairOf(2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 2n, 2n ** 64n - 1n),
];

/** Writes a pair in some protocols and with some integers, each after its length. */
const WRITE_PAIRS = `
import json, pickle, pickletools, struct, sys
def raw(seed):
    all = bytes((i * 7 + seed) & 255 for i in range(4096 + 256))
    return b"".join(all[row:row + 256] for row in range(4096))
def pair_of(a, b, c, d):
    return (
        {"data": raw(0), "timestamp": 1700000000.1, "acq_index": a, "frame_number": b},
        {"data": raw(100), "timestamp": 1700000000.1 + 1, "acq_index": c, "frame_number": d},
    )
def in_one_frame(message):
    starts = [at for opcode, _, at in pickletools.genops(message) if opcode.name == "FRAME"]
    for at in reversed(starts):
        message = message[:at] + message[at + 9:]
    return message[:2] + b"\\x95" + struct.pack("<Q", len(message) - 2) + message[2:]
protocols, all_integers = json.loads(sys.argv[1])
for protocol in protocols:
    for integers in all_integers:
        pair = pair_of(*map(int, integers))
        message = eval(sys.argv[2])
        sys.stdout.buffer.write(struct.pack("<Q", len(message)) + message)
`;

/** Ways to write a pair in Python, and the protocols that know them. */
const WAYS: readonly (readonly [what: string, message: string, protocols: readonly number[]])[] = [
  ["by send_pyobj", "pickle.dumps(pair, protocol)", [2, 3, 4, 5]],
  ["by the pickler in Python", "pickle._dumps(pair, protocol)", [2, 3, 4, 5]],
  ["without unused memo entries", "pickletools.optimize(pickle.dumps(pair, protocol))", [2, 3, 4, 5]],
  [
    "as a list, with more keys",
    "pickle.dumps([{**m, 'more': (None, b'e')} for m in pair], protocol)",
    [2, 3, 4, 5],
  ],
  ["in one frame", "in_one_frame(pickle.dumps(pair, protocol))", [4, 5]],
  ["with bytearrays", "pickle.dumps([{**m, 'data': bytearray(m['data'])} for m in pair], protocol)", [5]],
];

const DESCRIBE_PAIR = `
import hashlib, json, pickle, struct, sys
message = sys.stdin.buffer.read()
def described(value):
    kind = type(value).__name__
    if kind in ("tuple", "list"): return [kind, [described(item) for item in value]]
    if kind == "dict": return [kind, [[key, described(item)] for key, item in value.items()]]
    if kind == "bytes": return [kind, len(value), hashlib.sha256(value).hexdigest()]
    if kind == "float": return [kind, struct.pack(">d", value).hex()]
    return [kind, str(value)]
json.dump([described(pickle.loads(message)), described(pickle._loads(message))], sys.stdout)
`;

/** What DESCRIBE_PAIR should say of a pair, of each of Python's two readers. */
function describedPair(pair: readonly OmModule[]): unknown {
  const modules = pair.map(({ raw, timestampSeconds, acquisitionIndex, frameNumber }) => {
    const timestamp = Buffer.alloc(8);
    timestamp.writeDoubleBE(timestampSeconds);
    return [
      "dict",
      [
        ["data", ["bytes", raw.length, createHash("sha256").update(raw).digest("hex")]],
        ["timestamp", ["float", timestamp.toString("hex")]],
        ["acq_index", ["int", String(acquisitionIndex)]],
        ["frame_number", ["int", String(frameNumber)]],
      ],
    ];
  });
  return [
    ["tuple", modules],
    ["tuple", modules],
  ];
}

function python(script: string, args: readonly string[], input?: Uint8Array): Buffer {
  const { error, status, stdout, stderr } = spawnSync("python3", ["-c", script, ...args], {
    ...(input && { input }),
    maxBuffer: 2 ** 27,
  });
  if (error !== undefined) {
    throw new Error(
      `python3 cannot be run (${error.message}). Install Python 3.8 or later, and put it on the path.`,
    );
  }
  if (status !== 0) throw new Error(`python3 ended with ${status}:\n${stderr}`);
  return stdout;
}

/** Messages, each after its length. */
function messagesIn(bytes: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 8 + Number(bytes.readBigUInt64LE(at));
    messages.push(bytes.subarray(at + 8, end));
    at = end;
  }
  return messages;
}

/** The first difference between pairs, undefined if there is none. */
function difference(read: readonly OmModule[], expected: readonly OmModule[]): string | undefined {
  for (const [index, { raw, ...numbers }] of expected.entries()) {
    const module = read[index];
    if (module === undefined || Buffer.compare(module.raw, raw) !== 0) return `module ${index}: other data`;
    for (const [name, value] of Object.entries(numbers)) {
      const found = module[name as keyof typeof numbers];
      if (found !== value) return `module ${index}: ${name} is ${found}, not ${value}`;
    }
  }
  return undefined;
}

/** A copy of a message at an odd place in memory. */
function atOddOffset(message: Uint8Array): Uint8Array {
  const copy = new Uint8Array(message.length + 1).subarray(1);
  copy.set(message);
  return copy;
}

function check(what: string, step: () => string | undefined): void {
  let fault: string | undefined;
  try {
    fault = step();
  } catch (error) {
    fault = error instanceof Error ? error.message : String(error);
  }
  console.log(fault === undefined ? `ok      ${what}` : `FAILED  ${what}: ${fault}`);
  if (fault !== undefined) process.exitCode = 1;
}

const integersOf = (pair: readonly OmModule[]) =>
  pair.flatMap(({ acquisitionIndex, frameNumber }) => [String(acquisitionIndex), String(frameNumber)]);

check("python3 can be run", () => {
  console.log(python("import sys; print(sys.version)", []).toString().trim());
  return undefined;
});
if (process.exitCode === undefined) {
  for (const [what, message, protocols] of WAYS) {
    const messages = messagesIn(
      python(WRITE_PAIRS, [JSON.stringify([protocols, PAIRS.map(integersOf)]), message]),
    );
    for (const protocol of protocols) {
      for (const pair of PAIRS) {
        check(`written in protocol ${protocol} ${what}, read here: ${integersOf(pair).join(" ")}`, () => {
          const written = messages.shift() ?? Buffer.alloc(0);
          const [even, odd] = [Uint8Array.from(written), atOddOffset(written)].map((bytes) =>
            readOmPair(bytes, JUNGFRAU_1M),
          );
          return difference(even ?? [], pair) ?? difference(odd ?? [], pair);
        });
      }
    }
  }
  for (const pair of PAIRS) {
    check(`written here, read by pickle.loads: ${integersOf(pair).join(" ")}`, () => {
      const found = python(DESCRIBE_PAIR, [], writeOmPair(pair, JUNGFRAU_1M)).toString();
      const expected = JSON.stringify(describedPair(pair));
      return JSON.stringify(JSON.parse(found)) === expected ? undefined : `${found}\nis not\n${expected}`;
    });
  }
}
