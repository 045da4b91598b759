import test from "ava";
import fc from "fast-check";
import { GREETING, partStart, pong, ZmtpReader } from "../../src/receiver/zmtp.js";

const PULL_READY = Buffer.concat([
  Buffer.from([4, 38]),
  Buffer.from("\x05READY"),
  Buffer.from("\x0bSocket-Type\0\0\0\x04PULL"),
  Buffer.from("\x08Identity\0\0\0\0").subarray(0, 12),
]);
PULL_READY[1] = PULL_READY.length - 2;
const PING = Buffer.concat([Buffer.from([4, 10]), Buffer.from("\x04PING\0\x0aabc")]);

test("a monitor is understood, however its bytes are cut", (t) => {
  const bytes = Buffer.concat([GREETING, PULL_READY, PING]);
  fc.assert(
    fc.property(fc.array(fc.nat({ max: bytes.length })), (cuts) => {
      const reader = new ZmtpReader();
      const ends = [...cuts.toSorted((a, b) => a - b), bytes.length];
      const sayings = ends.flatMap((end, index) => reader.read(bytes.subarray(ends[index - 1] ?? 0, end)));
      t.deepEqual(
        sayings.map(({ kind }) => kind),
        ["greeting", "ready", "ping"],
      );
      t.like(sayings[2], { context: Buffer.from("abc") });
    }),
  );
});

const curve = Buffer.from(GREETING);
curve.write("CURVE", 12);
const old = Buffer.from(GREETING);
old[10] = 1;
const sub = Buffer.concat([
  GREETING,
  Buffer.from(PULL_READY.toString("latin1").replace("PULL", "SUB\0"), "latin1"),
]);
const huge = Buffer.concat([GREETING, partStart(2 ** 40, true)]);
for (const [what, bytes, reason] of [
  ["a browser", Buffer.from("GET / HTTP/1.1\r\n"), "does it speak ZeroMQ's protocol\\?"],
  ["one with keys", curve, "it has CURVE keys, and this side has none"],
  ["one of before version 4", old, "its ZeroMQ is older than version 4"],
  ["a SUB socket", sub, "it is a ZeroMQ socket of another kind"],
  ["one that announces a terabyte", huge, "it sends what no monitor sends"],
] as const) {
  test(`${what} is refused, in words`, (t) => {
    t.throws(() => new ZmtpReader().read(bytes), { message: new RegExp(`${reason}$`) });
  });
}

test("any bytes are understood or refused", (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, greets) => {
      const reader = new ZmtpReader();
      if (greets) reader.read(GREETING);
      try {
        reader.read(bytes);
      } catch (error) {
        t.is((error as Error).constructor.name, "ZmtpRefusal");
      }
    }),
  );
  t.pass();
});

test("a part of any size has its start", (t) => {
  t.deepEqual([...partStart(255, false)], [1, 255]);
  t.deepEqual([...partStart(256, true)], [2, 0, 0, 0, 0, 0, 0, 1, 0]);
  t.deepEqual(pong(Buffer.from("abc")).toString("latin1"), "\x04\x08\x04PONGabc");
});
