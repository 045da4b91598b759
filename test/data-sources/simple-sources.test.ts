import test from "ava";
import { parametersOf, registerPlugin } from "../helpers/fakes.js";
import { aDataEvent } from "../helpers/module-frames.js";

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

test("a float entry that is absent, no number, or there twice is refused", async (t) => {
  const read = (yaml: string) =>
    value("FloatEntryFromConfiguration", "energy", `data_retrieval_layer: ${yaml}`);
  await t.throwsAsync(read("{}"), {
    code: "CONFIGURATION_MISSING_KEY",
    message: /data_retrieval_layer\.energy is missing/,
  });
  await t.throwsAsync(read("{energy: high}"), { code: "CONFIGURATION_WRONG_TYPE" });
  await t.throwsAsync(read("{energy: 1, energy_in_eV: 2}"), {
    code: "CONFIGURATION_BAD_VALUE",
    message: /energy_in_eV says again what energy says/,
  });
});
