import { once } from "node:events";
import { connect } from "node:net";
import test, { type ExecutionContext } from "ava";
import { Pull, Subscriber } from "zeromq";
import type { OutputMessage } from "../../src/receiver/output.js";
import { TcpOutput } from "../../src/receiver/tcp-output.js";
import { FixedClock, RecordingLogger } from "../helpers/fakes.js";
import { ANY_PORT } from "../helpers/ports.js";
import { until } from "../helpers/until.js";

async function listen(t: ExecutionContext, { waits = true } = {}) {
  const logger = new RecordingLogger();
  const output = await TcpOutput.listen({
    url: ANY_PORT,
    format: "parts",
    waits,
    logger,
    clock: new FixedClock(),
  });
  t.teardown(() => output.close());
  return { output, logger };
}

function pull(t: ExecutionContext, url: string, options: ConstructorParameters<typeof Pull>[0] = {}): Pull {
  const socket = new Pull({ receiveHighWaterMark: 1, receiveBufferSize: 512 * 1024, linger: 0, ...options });
  t.teardown(() => socket.close());
  socket.connect(url);
  return socket;
}

const SIZE_BYTES = 2 ** 20;
/** Events on the way to a monitor that takes none: here, in the system, and in its socket. */
const MAX_HELD = 6;

/** A message of four parts, whose memory is overwritten when it is given back. */
function message(number: number, released: number[] = []): OutputMessage {
  const parts = [Buffer.from(`{"number":${number}}`), ...[1, 2].map(() => Buffer.alloc(SIZE_BYTES, number))];
  return {
    parts,
    release: () => {
      released.push(number);
      for (const part of parts) part.fill(0xee);
    },
  };
}

test("libzmq's PULL gets every part whole, though its memory is used again at once", async (t) => {
  const { output } = await listen(t);
  const socket = pull(t, output.url, { heartbeatInterval: 20, heartbeatTimeout: 2000 });
  const released: number[] = [];
  for (let number = 1; number <= 40; number++) {
    const sent = output.send(message(number, released));
    const [header, ...payloads] = await socket.receive();
    t.true(await sent);
    t.is(String(header), `{"number":${number}}`);
    for (const payload of payloads) t.true(payload.equals(Buffer.alloc(SIZE_BYTES, number)));
  }
  await until(() => released.length === 40);
  t.is(output.monitorCount, 1);
});

test("a monitor that takes nothing holds its own events and no other's", async (t) => {
  const { output } = await listen(t);
  const stuck = pull(t, output.url);
  await until(() => output.monitorCount === 1);
  const taker = pull(t, output.url);
  await until(() => output.monitorCount === 2);
  const released: number[] = [];
  const taken: string[] = [];
  void (async () => {
    for await (const [header] of taker) taken.push(String(header));
  })();
  for (let number = 1; number <= 60; number++) await output.send(message(number, released));
  await until(() => released.length === 59);
  await until(() => taken.length >= 60 - MAX_HELD);
  stuck.close();
  await until(() => output.monitorCount === 1);
  t.is(released.length, 60, "what was not written by then never will be");
});

test("without a monitor `latest` sends nothing and gives the memory back", async (t) => {
  const { output } = await listen(t, { waits: false });
  const released: number[] = [];
  t.false(await output.send(message(1, released)));
  t.deepEqual(released, [1]);
});

test("whoever waits for room goes on when a monitor comes, or the end", async (t) => {
  const { output } = await listen(t);
  const room = output.room(new AbortController().signal);
  pull(t, output.url);
  await room;
  const abort = new AbortController();
  await output.send(message(1));
  abort.abort();
  await output.room(abort.signal);
  output.close();
  t.false(await output.send(message(2)));
});

test("who is no monitor is refused, with a reason in the log", async (t) => {
  const { output, logger } = await listen(t);
  const subscriber = new Subscriber({ linger: 0 });
  t.teardown(() => subscriber.close());
  subscriber.connect(output.url);
  await until(() => logger.lines.some((line) => line.includes("a ZeroMQ socket of another type")));
  const scanner = connect(Number(new URL(output.url.replace("tcp:", "http:")).port), "127.0.0.1");
  await once(scanner, "connect");
  scanner.end();
  await until(() => logger.lines.some((line) => line.includes("does it speak ZeroMQ's protocol?")));
  t.is(output.monitorCount, 0);
  t.true(output.refusedCount >= 2);
});

test("clients that say nothing are hung up on, and keep no monitor out", async (t) => {
  const { output, logger } = await listen(t);
  const port = Number(new URL(output.url.replace("tcp:", "http:")).port);
  const monitor = pull(t, output.url);
  await until(() => output.monitorCount === 1);
  const silent = Array.from({ length: 100 }, () =>
    connect(port, "127.0.0.1")
      .on("error", () => undefined)
      .resume(),
  );
  t.teardown(() => {
    for (const socket of silent) socket.destroy();
  });
  await until(() => output.refusedCount === 36);
  t.deepEqual(
    logger.lines.filter((line) => line.includes("refused")),
    [`warn ${output.url} has refused a client: more than 64 have not identified themselves`],
  );
  pull(t, output.url);
  await until(() => output.monitorCount === 2);
  void output.send(message(1));
  t.is(String((await monitor.receive())[0]), '{"number":1}');
  // The others in their turn.
  await until(() => output.refusedCount === 100);
  t.true(
    logger.lines.some((line) => line.includes("has refused a client: it did not identify itself within 5 s")),
  );
  t.is(output.monitorCount, 2);
});
