import test from "ava";
import { JUNGFRAU_1M, layoutOf } from "../../src/detector.js";
import { parseSource } from "../../src/stream/index.js";

const ONE_MODULE = layoutOf("JUNGFRAU 0.5M", 1);

test("takes an address of each port: one per module, or two", (t) => {
  const urls = (source: string, layout = JUNGFRAU_1M) => {
    const { kind, urls } = parseSource(source, layout);
    t.is(kind, "ports");
    return urls;
  };
  t.deepEqual(urls("tcp://a:1,tcp://b:2"), ["tcp://a:1", "tcp://b:2"]);
  t.deepEqual(urls(" tcp://[::1]:1 , ipc:///tmp/x"), ["tcp://[::1]:1", "ipc:///tmp/x"]);
  t.is(urls("tcp://a:1,tcp://a:2,tcp://a:3,tcp://a:4").length, 4);
  t.deepEqual(urls("tcp://a:1", ONE_MODULE), ["tcp://a:1"]);
  t.deepEqual(urls("tcp://a:1,tcp://a:2", ONE_MODULE), ["tcp://a:1", "tcp://a:2"]);
});

test("takes the address of a receiver that pairs, whose scheme says so", (t) => {
  for (const layout of [JUNGFRAU_1M, ONE_MODULE]) {
    const receiver = { kind: "receiver", urls: ["tcp://a:12321"] } as const;
    t.deepEqual(parseSource("pairs+tcp://a:12321", layout), receiver);
    t.deepEqual(parseSource(" pairs+tcp://a:12321 ", layout), receiver);
    t.deepEqual(parseSource("pairs+ipc:///tmp/x", layout), { kind: "receiver", urls: ["ipc:///tmp/x"] });
  }
});

test("takes a single address for a receiver's where the detector has more than one port", (t) => {
  t.deepEqual(parseSource("tcp://a:12321", JUNGFRAU_1M), {
    kind: "receiver",
    urls: ["tcp://a:12321"],
  } as const);
});

test("takes what is no address for the names of recordings", (t) => {
  for (const source of ["run_master_0.json", "/data/run_d0_f0_0.raw", "./a:1", "C:\\run.h5"]) {
    t.deepEqual(parseSource(source, JUNGFRAU_1M), { kind: "recording", urls: [source] });
  }
  t.deepEqual(parseSource("g0.h5, g1.h5,g2.h5", JUNGFRAU_1M).urls, ["g0.h5,g1.h5,g2.h5"]);
});

const odd: [string, RegExp][] = [
  ["", /'' is not an address/],
  ["a:1", /'a:1' is not an address/],
  ["tcp://a:1,tcp://a:2,tcp://a:3", /names 3 streams/],
  ["tcp://a:1,tcp://a:1", /'tcp:\/\/a:1' is given twice/],
  ["tcp://a,tcp://b:2", /'tcp:\/\/a' is not an address/],
  ["tcp://a:99999,tcp://b:2", /'tcp:\/\/a:99999' is not an address/],
  ["tcp://a:0,tcp://b:2", /'tcp:\/\/a:0' is not an address/],
  ["tcp://*:1,tcp://b:2", /'tcp:\/\/\*:1' is not an address/],
  ["tcp://::1:1,tcp://b:2", /'tcp:\/\/::1:1' is not an address/],
  ["http://a:1,tcp://b:2", /'http:\/\/a:1' is not an address/],
  ["run.h5,tcp://a:1", /'run.h5' is not an address/],
  ["run.h5,", /'run.h5' is not an address/],
  ["pairs+a:1", /'pairs\+a:1' is not an address/],
  ["pairs+http://a:1", /'pairs\+http:\/\/a:1' is not an address/],
  ["pairs+pairs+tcp://a:1", /'pairs\+pairs\+tcp:\/\/a:1' is not an address/],
  [
    "pairs+tcp://a:1,tcp://b:2",
    /'pairs\+tcp:\/\/a:1' is a receiver that sends all ports, but there are other addresses/,
  ],
  ["tcp://a:1,pairs+tcp://a:1", /'tcp:\/\/a:1' is given twice/],
];
for (const [source, message] of odd) {
  test(`refuses '${source}'`, (t) => {
    t.throws(() => parseSource(source, JUNGFRAU_1M), { code: "STREAM_BAD_SOURCE", message });
  });
}
