import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import test, { type ExecutionContext } from "ava";
import { TcpMonitor } from "../../src/receiver/tcp-monitor.js";
import { until } from "../helpers/until.js";
import { PULL_GREETING, ping } from "../helpers/zmtp.js";

/** More than the system's buffers take. */
const EVENT = [Buffer.alloc(2 ** 26)];

/** A monitor that has said who it is, from both sides of its connection. */
async function connected(t: ExecutionContext) {
  const server = createServer().listen(0, "127.0.0.1");
  t.teardown(() => server.close());
  await once(server, "listening");
  const there = connect((server.address() as AddressInfo).port, "127.0.0.1");
  t.teardown(() => there.destroy());
  const [here] = (await once(server, "connection")) as [Socket];
  const calls: string[] = [];
  const monitor = new TcpMonitor(here, {
    onReady: () => calls.push("ready"),
    onRoom: () => calls.push("room"),
    onEnd: () => calls.push("end"),
  });
  there.write(PULL_GREETING);
  await until(() => monitor.isReady);
  return { here, there, monitor, calls };
}

test("who hangs up while an event is on its way has no room for another", async (t) => {
  const { there, monitor, calls } = await connected(t);
  monitor.send(EVENT, () => calls.push("given back"));
  await once(there, "readable");
  there.destroy();
  await until(() => calls.includes("end") && calls.includes("given back"));
  t.deepEqual(calls.toSorted(), ["end", "given back", "ready"]);
});

test("who pings, and then says nothing for the time that it named, is gone", async (t) => {
  const { there, calls } = await connected(t);
  there.write(ping(1));
  await until(() => calls.includes("end"));
  t.pass();
});

test("who does not read gets no answers that pile up", async (t) => {
  const { here, there, monitor } = await connected(t);
  monitor.send(EVENT, () => undefined);
  await until(() => here.writableNeedDrain);
  const waiting = here.writableLength;
  const { bytesRead } = here;
  const pings = Buffer.concat(new Array(1000).fill(ping(0)));
  there.write(pings);
  await until(() => here.bytesRead === bytesRead + pings.length);
  t.true(here.writableLength <= waiting);
});
