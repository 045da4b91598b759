import test from "ava";
import type { DataEvent } from "../../src/api/index.js";
import { parametersOf, registerPlugin } from "../helpers/fakes.js";
import { aDataEvent, aModuleFrame } from "../helpers/module-frames.js";
import { HEADERS_BY_RELEASE } from "../helpers/wire-headers.js";

const event = {
  ...aDataEvent({ words: new Uint16Array(0) }),
  frameNumber: 2n ** 63n + 1n,
  timestampSeconds: 1_700_000_000.125,
};

async function value(factory: string, dataSourceName = "x", yaml = "om: {}"): Promise<unknown> {
  const { context } = registerPlugin();
  const source = context.dataSources.get(factory)({ dataSourceName, monitorParameters: parametersOf(yaml) });
  await source.initializeDataSource();
  return source.getData({ event });
}

test("the timestamp is the event's, in seconds", async (t) => {
  t.is(await value("TimestampJungfrau1MZmq"), 1_700_000_000.125);
});

test("the event id is the frame number in decimal, exact beyond 2^53", async (t) => {
  t.is(await value("EventIdJungfrau1MZmq"), "9223372036854775809");
});

for (const key of ["fallback_beam_energy", "fallback_beam_energy_in_eV"]) {
  test(`a float entry reads ${key}`, async (t) => {
    t.is(
      await value(
        "FloatEntryFromConfiguration",
        "fallback_beam_energy",
        `data_retrieval_layer: {${key}: 1.24e4}`,
      ),
      12400,
    );
  });
}

test("a float entry that is absent or no number is refused", async (t) => {
  const read = (yaml: string) =>
    value("FloatEntryFromConfiguration", "energy", `data_retrieval_layer: ${yaml}`);
  await t.throwsAsync(read("{}"), {
    code: "CONFIGURATION_MISSING_KEY",
    message: /data_retrieval_layer\.energy is missing/,
  });
  await t.throwsAsync(read("{energy: high}"), { code: "CONFIGURATION_WRONG_TYPE" });
});

test("a float entry in both spellings is that with the unit, and warned of where they differ", async (t) => {
  const read = async (yaml: string) => {
    const { context, logger } = registerPlugin();
    const source = context.dataSources.get("FloatEntryFromConfiguration")({
      dataSourceName: "energy",
      monitorParameters: parametersOf(`data_retrieval_layer:\n${yaml}`),
    });
    await source.initializeDataSource();
    return [source.getData({ event }), logger.lines];
  };
  t.deepEqual(await read("  energy: 2\n  energy_in_eV: 2\n"), [2, []]);
  t.deepEqual(await read("  energy: 1\n  energy_in_eV: 2\n"), [
    2,
    [
      "warn monitor.yaml:3: data_retrieval_layer.energy_in_eV and monitor.yaml:2: data_retrieval_layer.energy have different " +
        "values. The first is used: remove the other.",
    ],
  ]);
});

/** Values of header entries of an event whose modules have these headers. */
async function entries(names: readonly string[], ...headers: readonly (string | undefined)[]) {
  const { context } = registerPlugin();
  const frames = headers.map((text) =>
    aModuleFrame(text === undefined ? {} : { header: new TextEncoder().encode(text) }),
  );
  const sources = names.map((name) =>
    context.dataSources.get("HeaderEntryJungfrau1MZmq")({
      dataSourceName: "x",
      monitorParameters: parametersOf(`data_retrieval_layer: {x_entry: '${name}'}`),
    }),
  );
  for (const source of sources) await source.initializeDataSource();
  const values = sources.map((source) => source.getData({ event: { ...event, frames } as DataEvent }));
  return { values, counters: sources.map((source) => source.counters?.()) };
}

test("a header entry is one of the header, or of what was added to it, which counts first", async (t) => {
  const header =
    '{"detSpec1": 18446744073709551615, "detSpec3": 5, "progress": 58.3, "fname": "/run", "laser": 0, ' +
    '"addJsonHeader": {"laser": "1", "diode": "-2.5e-3", "sample": "lyso", "empty": "", "hex": "abc"}}';
  const names = ["detSpec1", "detSpec3", "progress", "fname", "laser", "diode", "sample", "empty", "none"];
  const { values } = await entries(names, header, header);
  t.deepEqual(values, ["18446744073709551615", 5, 58.3, "/run", 1, -0.0025, "lyso", "", null]);
});

test("what detSpec1 and detSpec3 hold has names of its own", async (t) => {
  const names = ["bunchId", "storageCell", "gainMode", "detSpec1", "detSpec3"];
  const of = async (header: string) => (await entries(names, header, header)).values;
  t.deepEqual(await of('{"detSpec1": 18446744073709551615, "detSpec3": 6144}'), [
    "18446744073709551615",
    8,
    "forceswitchg1",
    "18446744073709551615",
    6144,
  ]);
  t.deepEqual(await of(HEADERS_BY_RELEASE["9.2"] as string), [0, 0, "dynamic", 0, 0]);
  // Before release 7.0.
  t.deepEqual(await of('{"bunchId": 7, "debug": 3841}'), [7, 15, "dynamic, HG0", null, null]);
  t.deepEqual(await of("{}"), [null, null, null, null, null]);
});

test("an entry that a beamline has added under such a name counts first", async (t) => {
  const header = '{"detSpec3": 256, "addJsonHeader": {"storageCell": "none", "gainMode": "3"}}';
  t.deepEqual((await entries(["storageCell", "gainMode"], header)).values, ["none", 3]);
});

test("a name that every object has is no entry", async (t) => {
  t.deepEqual((await entries(["constructor", "toString"], "{}")).values, [null, null]);
});

test("the upper module's entry counts where the modules disagree, and that is counted", async (t) => {
  const { values, counters } = await entries(["laser"], '{"laser": 1}', '{"laser": 2}');
  t.deepEqual([values, counters], [[1], [{ x_disagreements: 1 }]]);
  const alike = await entries(["laser"], '{"laser": 1}', '{"laser": 1}');
  t.deepEqual(alike.counters, [{ x_disagreements: 0 }]);
});

test("the other module's entry counts where one has none, or its header cannot be read", async (t) => {
  t.deepEqual((await entries(["laser"], undefined, '{"laser": 3}')).values, [3]);
  t.deepEqual((await entries(["laser"], '{"fname": "a"b", "laser": 2}', '{"laser": 3}')).values, [3]);
  t.deepEqual((await entries(["laser"], undefined, undefined)).values, [null]);
});

test("a header entry without a name is refused", async (t) => {
  await t.throwsAsync(value("HeaderEntryJungfrau1MZmq"), { code: "CONFIGURATION_MISSING_KEY" });
  await t.throwsAsync(value("HeaderEntryJungfrau1MZmq", "x", "data_retrieval_layer: {x_entry: ' '}"), {
    code: "CONFIGURATION_BAD_VALUE",
    message: /^monitor\.yaml:1: data_retrieval_layer\.x_entry is ' '\. Write a key of the frame's header, /,
  });
});
