import test from "ava";
import type { DataSource } from "../../src/api/index.js";
import { READ_CONSTANTS } from "../../src/constants/index.js";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { StreamError } from "../../src/errors.js";
import { PortPublisher } from "../../src/simulator/publisher.js";
import { zmqModuleStreamOpener } from "../../src/stream/index.js";
import {
  aDataEvent,
  constantsInMemory,
  dataSourceContract,
  FakeModuleStream,
  FixedClock,
  flatConstants,
  modulePayload,
  moduleStreamContract,
  type OpenedStream,
  parametersOf,
  RecordingLogger,
} from "../../src/testing/index.js";
import { registerPlugin } from "../helpers/fakes.js";
import { ANY_PORT } from "../helpers/ports.js";
import { wireHeader } from "../helpers/wire-headers.js";

const { context } = registerPlugin(
  new Map<symbol, unknown>([[READ_CONSTANTS, constantsInMemory(flatConstants())]]),
);
const monitorParameters = parametersOf(`
data_retrieval_layer: {raw_calibration: false, energy: 12400}
calibration: {dark_filenames: [d], gain_filenames: [g], photon_energy_kev: 8}
`);
const events = [
  aDataEvent({ frameNumber: 1n, fill: 2500, pixels: [[3, 4, 2900]] }),
  aDataEvent({ frameNumber: 2n, timestampSeconds: 1_700_000_001, fill: 2820 }),
] as const;
const sources: [string, string][] = [
  ["Jungfrau1MZmq", "detector"],
  ["Jungfrau1MZmq", "raw"],
  ["TimestampJungfrau1MZmq", "timestamp"],
  ["EventIdJungfrau1MZmq", "event_id"],
  ["FloatEntryFromConfiguration", "energy"],
];
for (const [factory, dataSourceName] of sources) {
  const create = () => context.dataSources.get(factory)({ dataSourceName, monitorParameters });
  for (const { name, run } of dataSourceContract({ create, events })) {
    test(`${factory} '${dataSourceName}': ${name}`, async (t) => t.notThrowsAsync(run));
  }
}

const data = [{ laser: 1 }, { laser: 2 }] as const;
for (const { name, run } of dataSourceContract({
  create: () => broken({ dependsOn: ["laser"], getData: ({ data: before }) => before?.laser }),
  events,
  data,
})) {
  test(`a source that is made of others' data: ${name}`, async (t) => t.notThrowsAsync(run));
}

/** A source that breaks the contract in one way. */
function broken(fields: Partial<DataSource<unknown>>): DataSource<unknown> {
  return { initializeDataSource: () => undefined, getData: ({ event }) => event.frameNumber, ...fields };
}
const shared = new Float32Array(1);
const wrong: [string, Partial<DataSource<unknown>>][] = [
  ["getData is synchronous", { getData: async () => 1 }],
  ["the same event gives the same data", { getData: () => ({ at: performance.now() }) }],
  [
    "the caller owns what getData returns: another event does not change it",
    { getData: ({ event }) => shared.fill(Number(event.frameNumber)) },
  ],
  ["borrowData lends the same data as getData returns", { borrowData: () => 0n }],
  ["dependsOn names all data that the value depends on", { getData: ({ data }) => data?.laser }],
  ["counters have snake_case names", { counters: () => ({ wrongName: 1 }) }],
];
for (const [check, fields] of wrong) {
  test(`the contract finds out: ${check}`, async (t) => {
    const checks = dataSourceContract({ create: () => broken(fields), events, data });
    const found = checks.find(({ name }) => name === check);
    await t.throwsAsync(async () => found?.run());
  });
}

const streams: Readonly<Record<string, () => Promise<OpenedStream> | OpenedStream>> = {
  FakeModuleStream: () => {
    const stream = new FakeModuleStream();
    return {
      stream,
      send: (frame) => stream.push({ kind: "frame", frame }),
      sendRubbish: () =>
        stream.push({ kind: "fault", fault: new StreamError("STREAM_BAD_HEADER", "rubbish") }),
    };
  },
  "the stream of a ZMQ port": async () => {
    const port = await PortPublisher.bind(ANY_PORT);
    const open = zmqModuleStreamOpener(JUNGFRAU_1M, new FixedClock(), new RecordingLogger());
    const stream = await open({
      url: port.url,
      streamIndex: 0,
      streamCount: 2,
      isPairing: false,
      highWaterMark: 64,
    });
    await port.subscribed();
    return {
      stream,
      send: ({ frameNumber }) => port.send([wireHeader({ frameNumber }), modulePayload(7)]),
      sendRubbish: () => port.send(["rubbish"]),
      end: () => port.close(),
    };
  },
};
for (const [kind, open] of Object.entries(streams)) {
  for (const { name, run } of moduleStreamContract({ open })) {
    test(`${kind}: ${name}`, async (t) => t.notThrowsAsync(run));
  }
}
