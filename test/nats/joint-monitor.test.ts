import { connect } from "@nats-io/transport-node";
import type { ExecutionContext } from "ava";
import type { MonitoredEvent } from "../../src/host/index.js";
import { JointMonitor, Nats } from "../../src/nats/index.js";
import { NatsOutput } from "../../src/outputs/index.js";
import { PartialSums } from "../../src/sums/index.js";
import { FixedClock, RecordingLogger } from "../helpers/fakes.js";
import { type NatsServer, natsTest } from "../helpers/nats-server.js";
import { until } from "../helpers/until.js";

const SHAPE = [2, 3] as const;
const NOW = 1_700_000_000;

function eventOf(number: number, dtype: "float32" | "uint16" = "float32"): MonitoredEvent {
  const values = Array.from({ length: 6 }, (_, pixel) => number + pixel);
  const data = dtype === "float32" ? Float32Array.from(values) : Uint16Array.from(values);
  const event = { frameNumber: BigInt(number), timestampSeconds: NOW } as MonitoredEvent["event"];
  const frame = { dtype, shape: SHAPE, data, unit: "photons" };
  return { event, data: { lit: { hit: number % 4 === 0, pixels: number }, detector_data: frame } };
}

function startJoint(t: ExecutionContext, server: NatsServer) {
  const clock = new FixedClock(NOW);
  const nats = new Nats(server.url, "view", new RecordingLogger());
  t.teardown(() => nats.close());
  return { joint: new JointMonitor(nats, 100, clock), clock };
}

function startMonitor(t: ExecutionContext, server: NatsServer, name: string, startedSeconds = NOW) {
  const alarms = name === "m2" ? [{ name: "hot", message: "hot", sinceSeconds: NOW, healthz: false }] : [];
  const output = new NatsOutput({
    url: server.url,
    name,
    status: () => ({ state: "streaming", message: "streaming", counters: { delivered: 5, missed: 1 } }),
    watched: { alarms: { raised: alarms } },
    clock: new FixedClock(startedSeconds),
    logger: new RecordingLogger(),
  });
  t.teardown(() => output.close());
  return output;
}

const statesOf = (joint: JointMonitor) => joint.infos.map(({ name, state }) => `${name} ${state}`);

natsTest("rate, counters, signals and alarms are those of all monitors", async (t, server) => {
  const { joint } = startJoint(t, server);
  t.is(joint.status().state, "stalled");
  await until(() => joint.status().state === "waiting");
  t.is(joint.status().message, "waiting for monitors");
  const outputs = ["m10", "m2"].map((name) => startMonitor(t, server, name));
  await until(() => joint.infos.length === 2);
  for (let number = 0; number < 8; number++) outputs[number % 2]?.write(eventOf(number));
  await until(() => joint.eventsPerSecond === 8);
  t.like(joint.status(), { state: "streaming", counters: { delivered: 10, missed: 2 } });
  t.deepEqual(statesOf(joint), ["m2 streaming", "m10 streaming"]);
  t.is(joint.signals.level("lit.hit"), 0.25);
  t.deepEqual(
    joint.alarms.map(({ name }) => name),
    ["m2: hot"],
  );
  t.is(joint.lagSeconds, 0);
});

natsTest(
  "a monitor that dies is named, one that ends is no problem, and a lost server is one",
  async (t, server) => {
    const { joint, clock } = startJoint(t, server);
    const [m1, m2] = ["m1", "m2"].map((name) => startMonitor(t, server, name));
    await until(() => joint.infos.length === 2);
    await m1?.close();
    await until(() => statesOf(joint)[0] === "m1 ended");
    t.is(joint.status().state, "streaming");
    // Its last words are older than a death takes to be noticed.
    await m2?.close();
    const dead = await connect({ servers: server.url });
    t.teardown(() => dead.close());
    const alive = { instance: "x", state: "streaming", message: "streaming", counters: { a: Number.NaN } };
    const status = {
      ...alive,
      eventsPerSecond: 3,
      lagSeconds: null,
      alarms: [],
      isEnded: false,
      badPixels: {},
    };
    dead.publish("om.m3.status", JSON.stringify(status));
    await until(() => joint.infos.length === 3);
    clock.seconds += 4;
    t.deepEqual(statesOf(joint), ["m1 ended", "m2 ended", "m3 gone"]);
    t.like(joint.status(), { state: "stalled", message: "1 of 1 monitors: m3: gone: nothing heard for 4 s" });
    t.is(joint.eventsPerSecond, 0);
    await server.stop();
    await until(() => joint.status().message.startsWith("stalled: no connection to the NATS server"));
  },
);

natsTest("what is not a status or an answer is left out", async (t, server) => {
  const { joint } = startJoint(t, server);
  const rogue = await connect({ servers: server.url });
  t.teardown(() => rogue.close());
  await until(() => joint.status().state === "waiting");
  const status = { instance: "x", state: "streaming", message: "", counters: {}, eventsPerSecond: 1 };
  const answers = ["{", '{"bytes":1e12}', '{"bytes":13,"shape":[1,1]}', '{"bytes":8,"shape":"x"}'];
  for (const topic of ["accumulation", "frame"]) {
    rogue.subscribe(`om.m9.${topic}`, {
      callback: (_, message) => {
        message.respond(answers[0] as string);
        answers.push(answers.shift() as string);
      },
    });
  }
  // Repeated, because the server may not have processed the subscription yet.
  await until(() => {
    for (const text of [
      "",
      "nothing",
      "[]",
      "null",
      '{"instance":1}',
      '{"state":"streaming","counters":null}',
    ])
      for (const topic of ["status", "event"]) rogue.publish(`om.m9.${topic}`, text);
    rogue.publish("om.m9.status", JSON.stringify({ ...status, lagSeconds: null, alarms: [] }));
    return joint.infos.length === 1;
  });
  t.is(joint.infos[0]?.message, "");
  t.is(await joint.askFrame(), undefined);
  await joint.askSums();
  t.is(joint.sums, undefined);
});

natsTest(
  "sums go on over a monitor that is started again, and frames come from each in turn",
  async (t, server) => {
    const { joint, clock } = startJoint(t, server);
    const first = startMonitor(t, server, "m1");
    await until(() => joint.infos.length === 1);
    await joint.askSums(); // they begin
    const expected = PartialSums.ofPixels(6);
    const write = (output: NatsOutput, number: number) => {
      output.write(eventOf(number));
      expected.add(eventOf(number).data.detector_data as Parameters<PartialSums["add"]>[0]);
    };
    for (let number = 1; number <= 3; number++) write(first, number);
    await until(async () => {
      await joint.askSums();
      return joint.sums?.frames === 3;
    });
    await first.close();
    clock.seconds += 10;
    const second = startMonitor(t, server, "m1", NOW + 10);
    await until(() => statesOf(joint)[0] === "m1 streaming");
    await joint.askSums();
    for (let number = 4; number <= 8; number++) write(second, number);
    await until(async () => {
      await joint.askSums();
      return joint.sums?.frames === 8;
    });
    t.deepEqual(joint.sums?.sum, expected.sum);
    t.deepEqual(joint.sums?.read().maximum, Float32Array.of(8, 9, 10, 11, 12, 13));
    const asked = joint.askFrame();
    let frame: Awaited<typeof asked>;
    void asked.then((answer) => {
      frame = answer;
    });
    await until(() => {
      second.write(eventOf(9, "uint16"));
      return frame !== undefined;
    });
    t.like(frame, { header: { eventId: "9", dtype: "uint16" }, frame: { dtype: "int32", shape: [2, 3] } });
    t.deepEqual(frame?.frame.data, Int32Array.of(9, 10, 11, 12, 13, 14));
  },
);
