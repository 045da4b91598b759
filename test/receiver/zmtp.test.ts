import test from "ava";
import fc from "fast-check";
import { GREETING, PUB, partStart, pong, ZmtpReader } from "../../src/receiver/zmtp.js";
import { PULL_GREETING, ping, ready } from "../helpers/zmtp.js";

test("a monitor is understood, however its bytes are cut", (t) => {
  const bytes = Buffer.concat([PULL_GREETING, ping(3)]);
  fc.assert(
    fc.property(fc.array(fc.nat({ max: bytes.length })), (cuts) => {
      const reader = new ZmtpReader();
      const ends = [...cuts.toSorted((a, b) => a - b), bytes.length];
      const sayings = ends.flatMap((end, index) => reader.read(bytes.subarray(ends[index - 1] ?? 0, end)));
      t.deepEqual(
        sayings.map(({ kind }) => kind),
        ["greeting", "ready", "ping"],
      );
      t.like(sayings[2], { timeToLiveMs: 300, context: Buffer.from("abc") });
    }),
  );
});

test("subscriptions are understood as commands, and as messages of older sockets", (t) => {
  const command = (name: string) => Buffer.of(4, name.length + 1, name.length, ...Buffer.from(name));
  const bytes = Buffer.concat([
    ...[GREETING, ready("XSUB"), Buffer.of(0, 1, 1), Buffer.of(0, 1, 0)],
    ...[command("SUBSCRIBE"), command("CANCEL"), Buffer.of(0, 1, 7)],
  ]);
  t.deepEqual(
    new ZmtpReader(PUB)
      .read(bytes)
      .map((saying) => (saying.kind === "subscription" ? saying.isOn : saying.kind)),
    ["greeting", "ready", true, false, true, false],
  );
  t.throws(() => new ZmtpReader(PUB).read(PULL_GREETING), { message: /a ZeroMQ socket of another type/ });
});

const curve = Buffer.from(GREETING);
curve.write("CURVE", 12);
const stranger = Buffer.from(GREETING);
stranger.write("\x1b[31mX", 12);
const old = Buffer.from(GREETING);
old[10] = 1;
const sub = Buffer.concat([GREETING, ready("SUB")]);
const huge = Buffer.concat([GREETING, partStart(2 ** 40, true)]);
for (const [what, bytes, reason] of [
  ["a browser", Buffer.from("GET / HTTP/1.1\r\n"), "does it speak ZeroMQ's protocol\\?"],
  ["one with keys", curve, "it has CURVE keys, and this side has none"],
  [
    "one with another mechanism",
    stranger,
    "a client: it requires a security mechanism that this side does not support",
  ],
  [
    "one whose ping is short",
    Buffer.concat([PULL_GREETING, Buffer.from("\x04\x05\x04PING")]),
    "its ping is cut short",
  ],
  ["one of before version 4", old, "its ZeroMQ is older than version 4"],
  ["a SUB socket", sub, "it is a ZeroMQ socket of another type"],
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
