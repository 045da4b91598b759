import { setTimeout as delay } from "node:timers/promises";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import test, { type ExecutionContext } from "ava";
import type { MonitoredEvent } from "../../src/host/index.js";
import {
  type AccumulationHeader,
  type FrameHeader,
  type MonitorStatusMessage,
  Nats,
  subjectOf,
} from "../../src/nats/index.js";
import { NatsOutput, Outputs } from "../../src/outputs/index.js";
import { PartialSums } from "../../src/sums/index.js";
import { FixedClock, RecordingLogger } from "../helpers/fakes.js";
import { type NatsServer, natsTest } from "../helpers/nats-server.js";
import { until } from "../helpers/until.js";

const SHAPE = [4, 5] as const;
const PIXELS = SHAPE[0] * SHAPE[1];
const STATUS = { state: "streaming", message: "streaming", counters: { delivered: 7 } } as const;

/** Photons of any size, and a bad pixel that is another in each frame. */
function eventOf(number: number): MonitoredEvent {
  const data = Float32Array.from({ length: PIXELS }, (_, pixel) => {
    const scale = 10 ** ((pixel % 9) - 4);
    return Math.sin(number * 31 + pixel) * scale;
  });
  const status = new Uint8Array(PIXELS);
  status[number % PIXELS] = 2;
  status[PIXELS - 1] = 1; // in every frame
  data[number % PIXELS] = Number.NaN;
  const event = { frameNumber: BigInt(number), timestampSeconds: 1_700_000_000 } as MonitoredEvent["event"];
  const frame = { dtype: "float32", shape: SHAPE, data, status, unit: "photons", badPixels: { masked: 2 } };
  return { event, data: { event_id: String(number), detector_data: frame } };
}

function startOutput(t: ExecutionContext, url: string, name: string) {
  const clock = new FixedClock(1_700_000_000);
  const output = new NatsOutput({
    url,
    name,
    status: () => STATUS,
    watched: { alarms: { raised: [] } },
    clock,
    logger: new RecordingLogger(),
  });
  t.teardown(() => output.close());
  return { output, clock };
}

async function client(t: ExecutionContext, { url }: NatsServer): Promise<NatsConnection> {
  const connection = await connect({ servers: url });
  t.teardown(() => connection.close());
  return connection;
}

/** Messages on a subject, as text. */
async function listen(connection: NatsConnection, subject: string): Promise<string[]> {
  const messages: string[] = [];
  connection.subscribe(subject, { callback: (_, message) => void messages.push(message.string()) });
  await connection.flush();
  return messages;
}

const statusSeen = (messages: readonly string[]) => until(() => messages.length > 0);

natsTest(
  "each event is published as its JSON line, and status each second, until the end",
  async (t, server) => {
    const connection = await client(t, server);
    const statuses = await listen(connection, "om.m1.status");
    const events = await listen(connection, "om.*.event");
    const { output } = startOutput(t, server.url, "m1");
    await statusSeen(statuses);
    for (let number = 1; number <= 3; number++) output.write(eventOf(number));
    await until(() => events.length === 3);
    t.like(JSON.parse(events[1] ?? ""), {
      event_id: "2",
      detector_data: { dtype: "float32", shape: [4, 5], unit: "photons", bad_pixels: 2 },
    });
    await output.close();
    await until(() => statuses.some((text) => JSON.parse(text).isEnded));
    const last: MonitorStatusMessage = JSON.parse(statuses.at(-1) ?? "");
    t.like(last, { instance: "m1-1700000000", isEnded: true, ...STATUS, badPixels: { masked: 2 } });
  },
);

async function sumsOf(nats: Nats, name: string, frames: number): Promise<PartialSums> {
  let sums: PartialSums | undefined;
  await until(async () => {
    const answer = await nats.ask<AccumulationHeader>(subjectOf(name, "accumulation"), 1e6);
    if (answer?.header.frames !== frames) return false;
    sums = PartialSums.fromBytes(answer.bytes, PIXELS, frames);
    return true;
  });
  return sums as PartialSums;
}

natsTest("sums of four monitors are equal to those of a single one, bit for bit", async (t, server) => {
  const nats = new Nats(server.url, "test", new RecordingLogger());
  t.teardown(() => nats.close());
  const names = ["all", "m0", "m1", "m2", "m3"];
  const outputs = names.map((name) => startOutput(t, server.url, name).output);
  await until(() => nats.isConnected);
  // The first question begins the sums, if there is somebody to hear it.
  for (const name of names) {
    await until(() => isThere(nats, name));
    await nats.ask(subjectOf(name, "accumulation"), 1e6);
  }
  for (let number = 0; number < 400; number++) {
    outputs[0]?.write(eventOf(number));
    outputs[1 + (number % 4)]?.write(eventOf(number));
  }
  const single = await sumsOf(nats, "all", 400);
  const merged = PartialSums.ofPixels(PIXELS);
  for (const name of ["m2", "m0", "m3", "m1"]) merged.merge(await sumsOf(nats, name, 100));
  t.is(merged.frames, 400);
  t.deepEqual(merged.sum, single.sum);
  t.deepEqual(merged.maximum, single.maximum);
  const [shown, expected] = [merged.read(), single.read()];
  t.deepEqual(shown, expected);
  t.true(Number.isNaN(shown.sum.at(-1)));
  t.is(shown.status.at(-1), 1);
  t.true(shown.sum.slice(0, -1).every(Number.isFinite));
});

/** Whether a monitor has connected: one that has no sums yet answers with nothing, as one that is not there. */
async function isThere(nats: Nats, name: string): Promise<boolean> {
  let seen = false;
  nats.subscribe(subjectOf(name, "status"), () => {
    seen = true;
  });
  await delay(1100);
  return seen;
}

natsTest("a frame is sent on request, when the next event comes", async (t, server) => {
  const nats = new Nats(server.url, "test", new RecordingLogger());
  t.teardown(() => nats.close());
  const connection = await client(t, server);
  const statuses = await listen(connection, "om.m1.status");
  const { output } = startOutput(t, server.url, "m1");
  await statusSeen(statuses);
  await until(() => nats.isConnected);
  const asked = nats.ask<FrameHeader>("om.m1.frame", 1e6);
  let number = 0;
  let answer: Awaited<typeof asked>;
  void asked.then((one) => {
    answer = one;
  });
  await until(() => {
    output.write(eventOf(++number));
    return answer !== undefined;
  });
  const { header, bytes: buffer } = answer as NonNullable<typeof answer>;
  const bytes = Uint8Array.from(buffer);
  t.like(header, { dtype: "float32", shape: [4, 5], unit: "photons", bytes: 5 * PIXELS });
  const { data, status } = eventOf(Number(header.eventId)).data.detector_data as {
    data: Float32Array;
    status: Uint8Array;
  };
  t.deepEqual(new Float32Array(bytes.slice(0, 4 * PIXELS).buffer), data);
  t.deepEqual(bytes.slice(4 * PIXELS), status);
});

test("without a server nothing waits, and what is not published is counted", async (t) => {
  const { output } = startOutput(t, "nats://127.0.0.1:9", "m1");
  for (let number = 1; number <= 10; number++) t.is(output.write(eventOf(number)), undefined);
  t.deepEqual(output.counters, { nats_dropped: 10 });
  const outputs = new Outputs(
    () => STATUS,
    () => 0,
  );
  outputs.add(output);
  t.deepEqual(outputs.status().counters, { delivered: 7, nats_dropped: 10 });
  const started = performance.now();
  await output.close();
  t.true(performance.now() - started < 3000);
});

natsTest(
  "a server that goes away or hangs costs messages, which are counted, and no memory",
  async (t, server) => {
    const { output } = startOutput(t, server.url, "m1");
    const dropped = () => output.counters.nats_dropped ?? 0;
    const events: string[] = [];
    const isPublished = async () => {
      output.write(eventOf(1));
      await delay(20);
      return events.length > 0;
    };
    await listen(await client(t, server), "om.m1.event").then((messages) => {
      setInterval(() => events.push(...messages.splice(0)), 5).unref();
    });
    await until(isPublished);

    server.hang();
    const before = dropped();
    // 4 MiB of lines of more than 100 bytes may be on their way.
    for (let number = 1; number <= 50_000; number++) output.write(eventOf(number));
    t.true(dropped() - before > 50_000 - (4 * 2 ** 20) / 100);

    await server.stop();
    await delay(50);
    const whenGone = dropped();
    output.write(eventOf(1));
    t.is(dropped(), whenGone + 1);

    await server.start();
    await listen(await client(t, server), "om.m1.event").then((messages) => {
      events.length = 0;
      setInterval(() => events.push(...messages.splice(0)), 5).unref();
    });
    await until(isPublished);
    t.true(events.length > 0);
  },
);
