import test from "ava";
import type { DataEvent, DataSource } from "../../src/api/index.js";
import { READ_CONSTANTS } from "../../src/constants/index.js";
import type { DetectorFrame } from "../../src/data-sources/index.js";
import { constantsInMemory, flatConstants } from "../helpers/calibrators.js";
import { codesAndMessages } from "../helpers/faults.js";
import { handlerOf, NODE, sendPair, started } from "../helpers/handlers.js";

const CONSTANTS = new Map<symbol, unknown>([[READ_CONSTANTS, constantsInMemory(flatConstants())]]);
const CALIBRATION = "calibration: {dark_filenames: [d], gain_filenames: [g], photon_energy_kev: 8}\n";

/** The plugin beside another one, which has these data sources. */
function withOthers(yaml: string, others: Readonly<Record<string, Partial<DataSource<unknown>>>> = {}) {
  const plugin = handlerOf(yaml, undefined, CONSTANTS);
  for (const [name, source] of Object.entries(others)) {
    plugin.context.dataSources.register(name, () => ({
      initializeDataSource: () => undefined,
      getData: () => undefined,
      ...source,
    }));
  }
  return plugin;
}

async function firstEvent({ handler, streams }: ReturnType<typeof withOthers>): Promise<DataEvent> {
  const { first } = await started(handler);
  sendPair(streams, 5n);
  return (await first).value as DataEvent;
}

test("calibrated and raw frames, and frames in another unit, come together from the configuration alone", async (t) => {
  const plugin = withOthers(`${CALIBRATION}
data_retrieval_layer:
  data_sources: {raw: Jungfrau1MZmq, kev: Jungfrau1MZmq}
  required_data: [detector_data, raw, kev]
  raw_calibration: false
  kev_units: keV
`);
  const event = await firstEvent(plugin);
  const data = plugin.handler.extractData({ event }) as Record<string, DetectorFrame>;
  t.deepEqual(
    Object.entries(data).map(([name, { unit, dtype }]) => [name, unit, dtype]),
    [
      ["detector_data", "photons", "float32"],
      ["raw", "raw", "uint16"],
      ["kev", "keV", "float32"],
    ],
  );
  t.is(data.raw?.data[0], 5);
  t.is(data.kev?.data[0], 8 * (data.detector_data?.data[0] as number));
  const { counters } = plugin.status();
  t.like(counters, { detector_data_wrong_constants: 0, kev_wrong_constants: 0 });
  t.false("wrong_constants" in counters);
});

test("a source is given what those before it gave, owned or lent", async (t) => {
  const given: unknown[] = [];
  const plugin = withOthers(
    `
data_retrieval_layer:
  data_sources: {first_pixel: FirstPixel}
  required_data: [event_id, detector_data, first_pixel, timestamp]
  detector_calibration: false
`,
    {
      FirstPixel: {
        dependsOn: ["detector_data"],
        getData: ({ data = {} }) => {
          given.push(Object.keys(data));
          return (data.detector_data as DetectorFrame).data[0];
        },
      },
    },
  );
  const event = await firstEvent(plugin);
  t.is(plugin.handler.extractData({ event }).first_pixel, 5);
  t.is(plugin.handler.borrowData?.({ event }).first_pixel, 5);
  t.deepEqual(given, new Array(2).fill(["event_id", "detector_data"]));
});

test("a source that throws costs its own value, is counted, and logged once", async (t) => {
  let isBroken = true;
  const getData = () => {
    if (isBroken) throw new Error("the cable is gone");
    return 4;
  };
  const plugin = withOthers(
    "data_retrieval_layer: {data_sources: {diode: Diode}, required_data: [event_id, diode, timestamp]}",
    { Diode: { getData } },
  );
  const event = await firstEvent(plugin);
  for (let times = 0; times < 3; times++)
    t.deepEqual(Object.keys(plugin.handler.extractData({ event })), ["event_id", "timestamp"]);
  isBroken = false;
  t.is(plugin.handler.extractData({ event }).diode, 4);
  t.is(plugin.status().counters.diode_failed, 3);
  t.deepEqual(
    plugin.logger.lines.filter((line) => line.startsWith("warn ")),
    ["warn Event 5 has no diode: the cable is gone"],
  );
});

test("a source that is named twice is built once", async (t) => {
  let built = 0;
  const plugin = withOthers("data_retrieval_layer: {data_sources: {a: A}, required_data: [a, a]}", {
    A: {
      initializeDataSource: () => {
        built += 1;
      },
    },
  });
  await plugin.handler.initializeEventHandlingOnProcessingNode(NODE);
  t.is(built, 1);
});

for (const [what, yaml, message] of [
  [
    "a name that stands for nothing",
    "required_data: [colour]",
    /^monitor\.yaml:1: data_retrieval_layer\.required_data names 'colour'\. Known names: timestamp, .*, other\. .*define it under data_sources: 'colour: NAME_OF_A_DATA_SOURCE'\.$/,
  ],
  [
    "a data source that no plugin provides",
    "required_data: [raw]",
    /^monitor\.yaml:1: data_retrieval_layer\.data_sources defines 'raw': there is no data source 'Jungfrau2MZmq'\. Known names: .*Jungfrau1MZmq.*Did you mean 'Jungfrau1MZmq'\?$/,
  ],
  [
    "a source before those that it is made of",
    "required_data: [other, event_id]",
    /^monitor\.yaml:1: data_retrieval_layer\.required_data: 'other' depends on event_id\. List event_id before it\.$/,
  ],
] as const) {
  test(`${what} is a fault of the configuration`, async (t) => {
    const plugin = withOthers(
      `data_retrieval_layer: {data_sources: {raw: Jungfrau2MZmq, other: Other}, ${yaml}}`,
      { Other: { dependsOn: ["event_id"] } },
    );
    const faults = await codesAndMessages(
      Promise.resolve(plugin.handler.initializeEventHandlingOnProcessingNode(NODE)),
    );
    t.is(faults.length, 1);
    t.is(faults[0]?.[0], "CONFIGURATION_BAD_VALUE");
    t.regex(faults[0]?.[1] ?? "", message);
  });
}

test("names that cannot be parts of keys, and sources that are no names, are told together", async (t) => {
  const { handler } = withOthers(
    "data_retrieval_layer: {data_sources: {2nd: Jungfrau1MZmq, raw: 5}, required_data: [event_id]}",
  );
  const faults = await codesAndMessages(
    Promise.resolve(handler.initializeEventHandlingOnProcessingNode(NODE)),
  );
  t.deepEqual(
    faults,
    [" has the name '2nd'", ".raw is 5"].map((what) => [
      "CONFIGURATION_BAD_VALUE",
      `monitor.yaml:1: data_retrieval_layer.data_sources${what}. Write a name for the data (letters, digits and _) ` +
        "and the name of a data source: 'raw: Jungfrau1MZmq'.",
    ]),
  );
});

test("keys that are nested under a source's name, as in a version of OM, are answered with the flat ones", async (t) => {
  const { handler } = withOthers(
    `data_retrieval_layer:
  required_data: [event_id]
  detector_data: {calibration: false, dark_filenames: [a.h5]}
  timestamp: {}
`,
  );
  const faults = await codesAndMessages(
    Promise.resolve(handler.initializeEventHandlingOnProcessingNode(NODE)),
  );
  const flat = (line: number, name: string, keys: string) => [
    "CONFIGURATION_BAD_VALUE",
    `monitor.yaml:${line}: data_retrieval_layer.${name} holds the keys of a data source, as in a version of OM. Here, they ` +
      `are not nested: write ${keys}.`,
  ];
  t.deepEqual(faults, [
    flat(4, "timestamp", "'timestamp_…' for each"),
    flat(3, "detector_data", `'detector_calibration: false', 'detector_dark_filenames: ["a.h5"]'`),
  ]);
});

test("a source that is not required is built when it is asked for, once, and disposed of", async (t) => {
  let built = 0;
  let disposed = 0;
  const other = {
    initializeDataSource: () => {
      built += 1;
    },
    dispose: () => {
      disposed += 1;
    },
  };
  const { handler, dispose } = withOthers(
    "data_retrieval_layer: {data_sources: {extra: Other}, required_data: [event_id]}",
    { Other: other },
  );
  await handler.initializeEventHandlingOnProcessingNode(NODE);
  t.is(built, 0);
  t.is(await handler.dataSource?.({ name: "none" }), undefined);
  const extra = await handler.dataSource?.({ name: "extra" });
  t.is(await handler.dataSource?.({ name: "extra" }), extra);
  t.truthy(await handler.dataSource?.({ name: "event_id" }));
  t.is(built, 1);
  dispose();
  await new Promise((resolve) => setImmediate(resolve));
  t.is(disposed, 1);
});
