import test from "ava";
import {
  type ConstantsFiles,
  emptyConstants,
  READ_CONSTANTS,
  type ReadConstants,
} from "../../src/calibration/index.js";
import type { DetectorFrame } from "../../src/data-sources/index.js";
import { DETECTOR_PIXELS } from "../../src/detector.js";
import { CalibrationError } from "../../src/errors.js";
import { parametersOf, registerPlugin } from "../helpers/fakes.js";
import { codesAndMessages } from "../helpers/faults.js";
import { anEvent, words } from "../helpers/module-frames.js";

/** Constants in memory: G0 2500 ADU and 40 ADU/keV, G1 13500 and -1.5, G2 14000 and -0.125. */
function flatConstants() {
  const constants = emptyConstants();
  for (const [stage, [pedestal, gain]] of [
    [2500, 40],
    [13500, -1.5],
    [14000, -0.125],
  ].entries()) {
    constants.pedestals.fill(pedestal as number, stage * DETECTOR_PIXELS, (stage + 1) * DETECTOR_PIXELS);
    constants.gains.fill(gain as number, stage * DETECTOR_PIXELS, (stage + 1) * DETECTOR_PIXELS);
  }
  return constants;
}

/** A frame source in a container of fakes: it touches neither socket nor disk. */
async function source(yaml: string, readConstants: ReadConstants = async () => flatConstants()) {
  const { context, logger } = registerPlugin(new Map([[READ_CONSTANTS, readConstants]]));
  const built = context.dataSources.get("Jungfrau1MZmq")({
    dataSourceName: "detector",
    monitorParameters: parametersOf(yaml),
  });
  await built.initializeDataSource();
  return { getData: (event = anEvent(words(2500))) => built.getData({ event }) as DetectorFrame, logger };
}

const CALIBRATED = `
calibration:
  dark_filenames: [d0.h5, d1.h5]
  gain_filenames: [g0.bin, g1.bin]
  photon_energy_kev: 8
`;

test("gives raw words when calibration is off, and needs no constants then", async (t) => {
  const { getData } = await source("data_retrieval_layer: {detector_calibration: no}", () => {
    throw new Error("no constants are needed");
  });
  const raw = words(7, [
    [0, 1, 0xc001],
    [511, 1023, 1],
    [512, 0, 2],
    [1023, 1023, 3],
  ]);
  const frame = getData(anEvent(raw));
  t.deepEqual(frame.data, raw);
  const { data: _, ...rest } = frame;
  t.deepEqual(rest, {
    dtype: "uint16",
    unit: "raw",
    shape: [1024, 1024],
    stride: [1024, 1],
    incomplete: false,
    badPixels: { missing: 0, invalidGainCode: 0, saturated: 0, noConstants: 0 },
  });
});

test("gives photons when calibration is on, which is the default", async (t) => {
  const { getData } = await source(CALIBRATED);
  const frame = getData(
    anEvent(
      words(2500, [
        [0, 1, 2820],
        [512, 0, 0x4000 | 12300],
        [1023, 1023, 0xc000 | 13000],
        [5, 5, 0x8000],
      ]),
    ),
  );
  t.true(frame.data instanceof Float32Array);
  t.like(frame, { dtype: "float32", unit: "photons", shape: [1024, 1024] });
  t.is(frame.data.length, DETECTOR_PIXELS);
  t.deepEqual(
    [0, 1, 512 * 1024, DETECTOR_PIXELS - 1].map((pixel) => frame.data[pixel]),
    [0, 1, 100, 1000],
  );
  t.true(Number.isNaN(frame.data[5 * 1024 + 5]));
  t.is(frame.badPixels.invalidGainCode, 1);
});

test("the caller owns what it gets", async (t) => {
  for (const yaml of [CALIBRATED, "data_retrieval_layer: {detector_calibration: no}"]) {
    const { getData } = await source(yaml);
    const first = getData(anEvent(words(2820)));
    const value = first.data[0];
    const second = getData(anEvent(words(3140)));
    t.not(first.data.buffer, second.data.buffer);
    t.is(first.data[0], value);
  }
});

test("a payload may start at an odd address", async (t) => {
  const { getData } = await source("data_retrieval_layer: {detector_calibration: no}");
  const event = anEvent(words(0x1234));
  const frames = event.frames.map((frame) => {
    const bytes = new Uint8Array(frame.raw.length + 1);
    bytes.set(frame.raw, 1);
    return { ...frame, raw: bytes.subarray(1) };
  });
  t.true(getData({ ...event, frames }).data.every((word) => word === 0x1234));
});

test("four halves make a frame", async (t) => {
  const { getData } = await source("data_retrieval_layer: {detector_calibration: no}");
  const raw = words(0).map((_, pixel) => pixel >> 10);
  const bytes = new Uint8Array(raw.buffer);
  const {
    frames: [frame],
    ...event
  } = anEvent(raw);
  const frames = [0, 1, 2, 3].map((portIndex) => ({
    ...(frame as NonNullable<typeof frame>),
    portIndex,
    rows: 256,
    raw: bytes.subarray(portIndex * 524288, (portIndex + 1) * 524288),
  }));
  t.deepEqual(getData({ ...event, frames }).data, raw);
});

test("missing pixels of incomplete frames are counted, raw and calibrated", async (t) => {
  for (const yaml of [CALIBRATED, "data_retrieval_layer: {detector_calibration: no}"]) {
    const { getData } = await source(yaml);
    const frame = getData(
      anEvent(
        words(2500, [
          [3, 3, 0xffff],
          [3, 4, 0xffff],
        ]),
        { complete: false },
      ),
    );
    t.like(frame, { incomplete: true, badPixels: { missing: 2 } });
  }
});

test("units and fill value are as configured", async (t) => {
  const yaml = (unit: string) =>
    `${CALIBRATED}\ndata_retrieval_layer: {detector_units: ${unit}, detector_fill_value: -5}`;
  const event = anEvent(
    words(2500, [
      [0, 1, 2820],
      [0, 2, 0xffff],
    ]),
  );
  const frame = (await source(yaml("keV"))).getData(event);
  t.deepEqual([...frame.data.subarray(0, 3)], [0, 8, -5]);
  t.is(frame.unit, "keV");
  t.deepEqual([...(await source(yaml("adu"))).getData(event).data.subarray(0, 3)], [0, 320, -5]);
});

for (const unit of ["keV", "adu"]) {
  test(`${unit} needs no photon energy`, async (t) => {
    await t.notThrowsAsync(
      source(`
data_retrieval_layer: {detector_units: ${unit}}
calibration:
  dark_filenames: [d0.h5, d1.h5]
  gain_filenames: [g0.bin, g1.bin]
`),
    );
  });
}

test("OM's own spelling of the keys wins", async (t) => {
  let files: ConstantsFiles | undefined;
  const yaml = `
data_retrieval_layer:
  detector_dark_filenames: [/om/d0.h5, om1.h5]
  detector_photon_energy_kev: 4
${CALIBRATED}`;
  const { getData } = await source(yaml, async (asked) => {
    files = asked;
    return flatConstants();
  });
  t.deepEqual(files, {
    dark: [
      {
        path: "/om/d0.h5",
        where: "monitor.yaml:3: data_retrieval_layer.detector_dark_filenames[0] = '/om/d0.h5'",
      },
      {
        path: "/beamline/om1.h5",
        where: "monitor.yaml:3: data_retrieval_layer.detector_dark_filenames[1] = 'om1.h5'",
      },
    ],
    gain: [
      { path: "/beamline/g0.bin", where: "monitor.yaml:8: calibration.gain_filenames[0] = 'g0.bin'" },
      { path: "/beamline/g1.bin", where: "monitor.yaml:8: calibration.gain_filenames[1] = 'g1.bin'" },
    ],
  });
  t.is(getData(anEvent(words(2820))).data[0], 2);
});

test("what the reading of constants finds goes to the log", async (t) => {
  const { logger } = await source(CALIBRATED, async (_, note) => {
    note("d0.h5: pedestals are of a kind");
    return flatConstants();
  });
  t.deepEqual(logger.lines, ["info d0.h5: pedestals are of a kind"]);
});

test("every fault of the configuration is told together", async (t) => {
  const yaml = `
data_retrieval_layer:
  detector_units: bananas
  detector_fill_value: none
calibration:
  dark_filenames: [one.h5]
  photon_energy_kev: -1
`;
  t.deepEqual(await codesAndMessages(source(yaml)), [
    [
      "CALIBRATION_FILE_COUNT",
      "monitor.yaml:6: calibration.dark_filenames names 1 file, the detector has 2 modules. Name one file a module, top module first.",
    ],
    [
      "CONFIGURATION_MISSING_KEY",
      "monitor.yaml:5: calibration.gain_filenames (or data_retrieval_layer.detector_gain_filenames) is missing. Add it, or set data_retrieval_layer.detector_calibration: false for raw frames.",
    ],
    [
      "CONFIGURATION_BAD_VALUE",
      "monitor.yaml:3: data_retrieval_layer.detector_units is 'bananas'. Write photons or keV or adu.",
    ],
    [
      "CONFIGURATION_WRONG_TYPE",
      "monitor.yaml:4: data_retrieval_layer.detector_fill_value is the string 'none'. Write a number such as 12.4, without quotes or unit.",
    ],
    [
      "CONFIGURATION_BAD_VALUE",
      "monitor.yaml:7: calibration.photon_energy_kev is -1. Write the photon energy in keV, above 0.",
    ],
  ]);
});

test("faults of keys and of files are told together", async (t) => {
  const yaml = CALIBRATED.replace("8\n", "-1\n");
  const faults = await codesAndMessages(
    source(yaml, async ({ dark }) => {
      throw new CalibrationError("CALIBRATION_NOT_HDF5", `${dark[0]?.where} is broken`);
    }),
  );
  t.deepEqual(
    faults.map(([code]) => code),
    ["CONFIGURATION_BAD_VALUE", "CALIBRATION_NOT_HDF5"],
  );
});

test("one file for both modules is warned of", async (t) => {
  const { logger } = await source(CALIBRATED.replace("d1.h5", "d0.h5"));
  t.deepEqual(logger.lines, [
    "warn monitor.yaml:3: calibration.dark_filenames[1] = 'd0.h5' is the file of the other module too. Name one a module.",
  ]);
});

test("a photon energy that looks like eV is warned of", async (t) => {
  const { logger } = await source(CALIBRATED.replace("8\n", "12400\n"));
  t.deepEqual(logger.lines, [
    "warn A photon energy of 12400 keV is more than a JUNGFRAU sees. Was it meant in eV?",
  ]);
});

test("whether to calibrate must be known before anything else is", async (t) => {
  const faults = await codesAndMessages(source("data_retrieval_layer: {detector_calibration: maybe}"));
  t.deepEqual(
    faults.map(([code]) => code),
    ["CONFIGURATION_WRONG_TYPE"],
  );
});

for (const energy of ["0", "-3", ".nan", ".inf"]) {
  test(`a photon energy of ${energy} is refused`, async (t) => {
    const yaml = CALIBRATED.replace("8\n", `${energy}\n`);
    t.deepEqual(
      (await codesAndMessages(source(yaml))).map(([code]) => code),
      ["CONFIGURATION_BAD_VALUE"],
    );
  });
}
