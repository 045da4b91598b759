import test from "ava";
import { Endpoints, type ResolveName, resolveNames } from "../../src/stream/endpoints.js";
import { codesAndMessages } from "../helpers/faults.js";

const nobody: ResolveName = async (host) => {
  throw new Error(`getaddrinfo ENOTFOUND ${host}`);
};

const settled = () => new Promise(setImmediate);

test("a host name stands for all its addresses, in order, again and again", async (t) => {
  const endpoints = await Endpoints.of("tcp://detector:30001", async () => ["::1", "127.0.0.1", "fe80::1"]);
  const round = ["tcp://[::1]:30001", "tcp://127.0.0.1:30001", "tcp://[fe80::1]:30001"];
  t.deepEqual(endpoints.all, round);
  const seen: string[] = [];
  const begins: boolean[] = [];
  for (let time = 0; time < 6; time++) {
    seen.push(endpoints.current);
    begins.push(endpoints.advance());
    await settled();
  }
  t.deepEqual(seen, [...round, ...round]);
  t.deepEqual(begins, [false, false, true, false, false, true]);
});

for (const url of ["tcp://127.0.0.1:1", "tcp://[::1]:1", "ipc:///tmp/socket", "nonsense"]) {
  test(`${url} stands for itself, and nothing is resolved`, async (t) => {
    const endpoints = await Endpoints.of(url, nobody);
    t.is(endpoints.current, url);
    endpoints.advance();
    await settled();
    t.deepEqual([endpoints.all, endpoints.current, endpoints.isResolved], [[url], url, true]);
  });
}

test("localhost resolves", async (t) => {
  const { all } = await Endpoints.of("tcp://localhost:5");
  t.true(all.length > 0 && all.every((url) => url === "tcp://127.0.0.1:5" || url === "tcp://[::1]:5"));
});

test("after a round the name is resolved anew", async (t) => {
  let addresses = ["10.0.0.1"];
  const endpoints = await Endpoints.of("tcp://detector:1", async () => addresses);
  addresses = ["10.0.0.2"];
  endpoints.advance();
  await settled();
  t.is(endpoints.current, "tcp://10.0.0.2:1");
});

test("an address that remains is still the current one", async (t) => {
  let addresses = ["10.0.0.1", "10.0.0.2"];
  const endpoints = await Endpoints.of("tcp://detector:1", async () => addresses);
  addresses = ["10.0.0.3", "10.0.0.1"];
  endpoints.advance();
  endpoints.advance();
  await settled();
  t.is(endpoints.current, "tcp://10.0.0.1:1");
});

test("when the name cannot be resolved any more, its addresses stay, and it is tried again", async (t) => {
  let resolveName: ResolveName = async () => ["10.0.0.1"];
  const endpoints = await Endpoints.of("tcp://detector:1", (host) => resolveName(host));
  resolveName = nobody;
  endpoints.advance();
  await settled();
  t.deepEqual([endpoints.current, endpoints.isResolved], ["tcp://10.0.0.1:1", false]);
  resolveName = async () => ["10.0.0.2"];
  endpoints.advance();
  await settled();
  t.deepEqual([endpoints.current, endpoints.isResolved], ["tcp://10.0.0.2:1", true]);
});

test("an unknown name is an error, once for each name", async (t) => {
  const urls = ["tcp://a:1", "tcp://a:2", "tcp://b:1", "tcp://127.0.0.1:1"];
  const error = (name: string) => [
    "STREAM_UNKNOWN_HOST",
    `Cannot resolve the host name in 'tcp://${name}:1' (getaddrinfo ENOTFOUND ${name}). Correct the name, or write its IP address.`,
  ];
  t.deepEqual(await codesAndMessages(Endpoints.of("tcp://a:1", nobody)), [error("a")]);
  t.deepEqual(await codesAndMessages(resolveNames(urls, nobody)), [error("a"), error("b")]);
});
