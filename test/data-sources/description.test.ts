import test from "ava";
import type { DescribedTable } from "../../src/api/index.js";
import { READ_CONSTANTS, type ReadConstants } from "../../src/constants/index.js";
import { JUNGFRAU_1M, MODULE_PIXELS } from "../../src/detector.js";
import { CalibrationError } from "../../src/errors.js";
import { constantsInMemory, flatConstants, flatHighGain, giveConstants } from "../helpers/calibrators.js";
import { parametersOf, registerPlugin } from "../helpers/fakes.js";

const CALIBRATED = `
data_retrieval_layer: {}
calibration:
  dark_filenames: [d0.h5, d1.h5]
  gain_filenames: [g0.bin, g1.bin]
  photon_energy_kev: 8
`;

/** Initialise a source, and describe it, whether that succeeded or not. */
async function describe(
  yaml: string,
  readConstants: ReadConstants = constantsInMemory(flatConstants()),
  name = "Jungfrau1MZmq",
  dataSourceName = "detector",
) {
  const plugin = registerPlugin(new Map([[READ_CONSTANTS, readConstants]]));
  const monitorParameters = parametersOf(yaml);
  const source = plugin.context.dataSources.get(name)({ dataSourceName, monitorParameters });
  const fault = await (async () => source.initializeDataSource())().catch((error) => error);
  const description = source.describe?.() ?? {};
  plugin.dispose();
  return { fault, description, afterwards: source.describe?.() };
}

const withKeys = (keys: string) => CALIBRATED.replace("{}", `{${keys}}`);

/** A table's values, without what is usual. */
function values(table: DescribedTable | undefined) {
  return table?.rows.map((row) => Object.values(row).map(({ value }) => value));
}

test.serial("constants are counted and averaged for each module and stage", async (t) => {
  const constants = { ...flatConstants(), masked: new Uint8Array(JUNGFRAU_1M.pixels) };
  constants.gains[0] = 0; // module 0, G0
  constants.pedestals[JUNGFRAU_1M.pixels + 1] = Number.NaN; // module 0, G1
  constants.pedestals[2 * JUNGFRAU_1M.pixels + MODULE_PIXELS] = 20_000; // module 1, G2
  constants.masked[MODULE_PIXELS + 7] = 1; // module 1
  constants.gains[2] = 40 - MODULE_PIXELS / 2; // what a good pixel has counts in the mean: half an ADU/keV
  constants.gains[MODULE_PIXELS + 7] = 1e6; // what a masked one has does not
  const { description } = await describe(CALIBRATED, constantsInMemory(constants));
  const [table] = description.tables ?? [];
  t.deepEqual(
    table?.columns.map(({ name }) => name),
    [
      "module",
      "stage",
      "without_constants",
      "without_constants_percent",
      "masked",
      "masked_percent",
      "mean_pedestal",
      "mean_gain",
    ],
  );
  const onePixel = 100 / MODULE_PIXELS;
  const rows = values(table) ?? [];
  t.true(Math.abs((rows[0]?.[7] as number) - 39.5) < 0.001);
  t.deepEqual(
    rows.map((row, index) => (index === 0 ? [...row.slice(0, 7), 39.5] : row)),
    [
      [0, "G0", 1, onePixel, 0, 0, 2500, 39.5],
      [0, "G1", 1, onePixel, 0, 0, 13500, -1.5],
      [0, "G2", 0, 0, 0, 0, 14000, -0.125],
      [1, "G0", 0, 0, 1, onePixel, 2500, 40],
      [1, "G1", 0, 0, 1, onePixel, 13500, -1.5],
      [1, "G2", 1, onePixel, 1, onePixel, 14000, -0.125],
    ],
  );
});

test.serial("beside each value stands what is usual, by its stage", async (t) => {
  const { description } = await describe(CALIBRATED);
  for (const { stage, mean_pedestal: pedestal, mean_gain: gain, masked_percent: masked } of description
    .tables?.[0]?.rows ?? []) {
    t.true(pedestal?.usual?.min === (stage?.value === "G0" ? 1000 : 12000));
    t.true(
      (gain?.usual?.min ?? 0) < (gain?.value as number) && (gain?.usual?.max ?? 0) > (gain?.value as number),
    );
    t.deepEqual(masked?.usual, { min: 0, max: 5 });
  }
  t.true(description.tables?.[0]?.notes?.some((note) => note.includes("41, -1.44 and -0.115 ADU/keV")));
});

test.serial(
  "high gain has rows where a file has something of it, and nothing is usual where it cannot be used",
  async (t) => {
    const constants = { ...flatConstants(), highGain: flatHighGain() };
    constants.highGain.gains.fill(Number.NaN, MODULE_PIXELS);
    const { description } = await describe(CALIBRATED, constantsInMemory(constants));
    const rows = description.tables?.[0]?.rows ?? [];
    t.is(rows.length, 8);
    t.like(rows[3], {
      stage: { value: "HG0" },
      without_constants: { value: 0 },
      mean_pedestal: { value: 2000, usual: { min: 1000, max: 6000 } },
    });
    t.deepEqual(
      [rows[7]?.without_constants, rows[7]?.without_constants_percent, rows[7]?.mean_gain],
      [{ value: MODULE_PIXELS }, { value: 100 }, { value: null }],
    );
  },
);

test.serial("frames in ADU have no gains to describe", async (t) => {
  const { description } = await describe(withKeys("detector_units: adu"));
  t.false(description.tables?.[0]?.columns.some(({ name }) => name === "mean_gain"));
  t.deepEqual(values(description.tables?.[0])?.[0], [0, "G0", 0, 0, 0, 0, 2500]);
  t.deepEqual(description.facts, []);
});

const returned: [string, unknown][] = [
  ["", { dtype: "float32", shape: [1024, 1024], unit: "photons" }],
  ["detector_rounded: yes", { dtype: "int32", shape: [1024, 1024], unit: "photons" }],
  ["detector_units: keV", { dtype: "float32", shape: [1024, 1024], unit: "keV" }],
  ["detector_geometry: {module_gap_rows: 36}", { dtype: "float32", shape: [1060, 1024], unit: "photons" }],
  ["detector_calibration: no", { dtype: "uint16", shape: [1024, 1024], unit: "raw" }],
];
for (const [keys, returns] of returned) {
  test.serial(`says what it returns with '${keys}', as it is then`, async (t) => {
    const { description, afterwards } = await describe(withKeys(keys));
    t.deepEqual(description.returns, returns as never);
    t.is(description.tables === undefined, keys === "detector_calibration: no");
    t.deepEqual(afterwards, {});
  });
}

test.serial(
  "files stand with their places, what was found in them, and the photon energy with its own",
  async (t) => {
    const { description } = await describe(CALIBRATED, async ({ dark, gain }, to, notes) => {
      giveConstants(flatConstants(), to);
      notes.info(`${dark[0]?.where}: a dark file`, dark[0]);
      notes.info(`${dark[0]?.where}/gain0 is odd`, dark[0]);
      notes.warn(`${gain[1]?.where}: is it the right one?`, gain[1]);
      notes.info("about nothing");
    });
    const where = (key: string, line: number) => `monitor.yaml:${line}: calibration.${key}`;
    t.deepEqual(description.facts, [
      {
        name: "photon_energy",
        title: "photon energy",
        value: 8,
        unit: "keV",
        where: where("photon_energy_kev", 6),
      },
    ]);
    t.deepEqual(description.files, [
      {
        path: "/beamline/d0.h5",
        where: `${where("dark_filenames", 4)}[0] = 'd0.h5'`,
        notes: ["a dark file", `${where("dark_filenames", 4)}[0] = 'd0.h5'/gain0 is odd`],
      },
      { path: "/beamline/d1.h5", where: `${where("dark_filenames", 4)}[1] = 'd1.h5'`, notes: [] },
      { path: "/beamline/g0.bin", where: `${where("gain_filenames", 5)}[0] = 'g0.bin'`, notes: [] },
      { path: "/beamline/g1.bin", where: `${where("gain_filenames", 5)}[1] = 'g1.bin'`, notes: [] },
    ]);
  },
);

test.serial("after a fault, what could be read is described", async (t) => {
  const readTop: ReadConstants = async (_files, to) => {
    to.setPedestals(0, "g0", new Float32Array(MODULE_PIXELS).fill(2500));
    to.setGains(0, "g0", new Float32Array(MODULE_PIXELS).fill(40));
    to.setGains(1, "g0", new Float32Array(MODULE_PIXELS).fill(32));
    throw new CalibrationError("CALIBRATION_FILE_NOT_READABLE", "d1.h5 does not exist");
  };
  // The photon energy is missing, too: gains in ADU/keV do not depend on it.
  const { fault, description } = await describe(CALIBRATED.replace("photon_energy", "photon_enrgy"), readTop);
  t.is(fault.code, "MANY_FAULTS");
  t.is(description.returns, undefined);
  t.is(description.facts?.[0]?.value, null);
  const rows = values(description.tables?.[0]) ?? [];
  t.deepEqual(
    [rows[0], rows[3]],
    [
      [0, "G0", 0, 0, 0, 0, 2500, 40],
      [1, "G0", MODULE_PIXELS, 100, 0, 0, null, 32],
    ],
  );
});

test.serial("without a fault, constants that are missing altogether are unusual", async (t) => {
  const constants = flatConstants();
  constants.gains.fill(Number.NaN, 0, MODULE_PIXELS); // module 0, G0
  const { fault, description } = await describe(CALIBRATED, constantsInMemory(constants));
  t.is(fault, undefined);
  const [row] = description.tables?.[0]?.rows ?? [];
  t.like(row, {
    without_constants_percent: { value: 100, usual: { min: 0, max: 5 } },
    mean_gain: { value: null, usual: { min: 30, max: 52 } },
  });
});

test.serial(
  "other sources say what they return, and a number from the configuration its value",
  async (t) => {
    const yaml = "data_retrieval_layer:\n  energy_in_eV: 12400\n  distance: 150";
    const one = async (factory: string, name = "x") =>
      (await describe(yaml, undefined, factory, name)).description;
    t.deepEqual(await one("TimestampJungfrau1MZmq"), { returns: { dtype: "float64", shape: [], unit: "s" } });
    t.deepEqual(await one("EventIdJungfrau1MZmq"), { returns: { dtype: "string", shape: [] } });
    t.deepEqual(await one("FloatEntryFromConfiguration", "energy"), {
      returns: { dtype: "float64", shape: [], unit: "eV" },
      facts: [
        {
          name: "value",
          title: "value",
          value: 12400,
          unit: "eV",
          where: "monitor.yaml:2: data_retrieval_layer.energy_in_eV",
        },
      ],
    });
    t.like(await one("FloatEntryFromConfiguration", "distance"), {
      returns: { dtype: "float64", shape: [], unit: undefined },
      facts: [{ value: 150, unit: undefined }],
    });
    t.deepEqual(await one("FloatEntryFromConfiguration", "missing"), {
      returns: { dtype: "float64", shape: [] },
    });
  },
);
