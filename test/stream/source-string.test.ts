import test from "ava";
import { parseSource } from "../../src/stream/index.js";

test("takes one, two or four addresses", (t) => {
  t.deepEqual(parseSource("tcp://a:1,tcp://b:2"), ["tcp://a:1", "tcp://b:2"]);
  t.deepEqual(parseSource("tcp://a:12321"), ["tcp://a:12321"]);
  t.deepEqual(parseSource(" tcp://[::1]:1 , ipc:///tmp/x"), ["tcp://[::1]:1", "ipc:///tmp/x"]);
  t.is(parseSource("tcp://a:1,tcp://a:2,tcp://a:3,tcp://a:4").length, 4);
});

const odd: [string, RegExp][] = [
  ["", /'' is not an address/],
  ["a:1", /'a:1' is not an address/],
  ["tcp://a:1,tcp://a:2,tcp://a:3", /names 3 streams/],
  ["tcp://a:1,tcp://a:1", /'tcp:\/\/a:1' stands in it twice/],
  ["tcp://a,tcp://b:2", /'tcp:\/\/a' is not an address/],
  ["tcp://a:99999,tcp://b:2", /'tcp:\/\/a:99999' is not an address/],
  ["tcp://a:0,tcp://b:2", /'tcp:\/\/a:0' is not an address/],
  ["tcp://*:1,tcp://b:2", /'tcp:\/\/\*:1' is not an address/],
  ["tcp://::1:1,tcp://b:2", /'tcp:\/\/::1:1' is not an address/],
  ["http://a:1,tcp://b:2", /'http:\/\/a:1' is not an address/],
];
for (const [source, message] of odd) {
  test(`refuses '${source}'`, (t) => {
    t.throws(() => parseSource(source), { code: "STREAM_BAD_SOURCE", message });
  });
}
