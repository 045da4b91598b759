import { createServer as createHttpServer } from "node:http";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import test, { type ExecutionContext } from "ava";
import { PortPublisher } from "../../src/simulator/publisher.js";
import { probePeer } from "../../src/stream/peer-probe.js";
import { ANY_PORT } from "../helpers/ports.js";

async function listening(t: ExecutionContext, server: Server): Promise<string> {
  const sockets: Socket[] = [];
  server.on("connection", (socket) => sockets.push(socket.on("error", () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("ZeroMQ", async (t) => {
  const port = await PortPublisher.bind(ANY_PORT);
  t.teardown(() => port.close());
  t.deepEqual(await probePeer(port.url), { kind: "ZeroMQ" });
});

test("a web server, which answers only to a request", async (t) => {
  const url = await listening(
    t,
    createHttpServer((_, response) => response.end("hello")),
  );
  t.deepEqual(await probePeer(url), { kind: "other", greeting: "HTTP/1.1 200 OK" });
});

test("a server that greets in another protocol", async (t) => {
  const url = await listening(
    t,
    createServer((socket) => socket.write(`SSH-2.0-\x1b[31m${"x".repeat(99)}\r\nmore`)),
  );
  t.deepEqual(await probePeer(url), { kind: "other", greeting: `SSH-2.0-.[31m${"x".repeat(19)}` });
});

test("servers that stay silent, or hang up", async (t) => {
  const silent = await listening(t, createServer());
  const closing = await listening(
    t,
    createServer((socket) => socket.end()),
  );
  const resetting = await listening(
    t,
    createServer((socket) => socket.resetAndDestroy()),
  );
  for (const url of [silent, closing, resetting]) t.deepEqual(await probePeer(url), { kind: "silent" });
});

test("nobody", async (t) => {
  const port = await PortPublisher.bind(ANY_PORT);
  port.close();
  let peer = await probePeer(port.url);
  while (peer.kind !== "none") peer = await probePeer(port.url);
  t.deepEqual(peer, { kind: "none", code: "ECONNREFUSED" });
});

test("an address that is not TCP's has nobody", async (t) => {
  t.deepEqual(await probePeer("ipc:///tmp/x"), { kind: "none", code: undefined });
});
