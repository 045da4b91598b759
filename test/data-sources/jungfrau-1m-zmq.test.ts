import { setTimeout } from "node:timers/promises";
import "../helpers/without-coverage.js";
import test from "ava";
import {
  CREATE_KERNEL,
  type CreateKernel,
  KERNEL_VARIABLE,
  type Kernel,
  kernelCreator,
  noBadPixels,
  PIXEL_STATUS,
} from "../../src/calibration/index.js";
import { type ConstantsFiles, READ_CONSTANTS, type ReadConstants } from "../../src/constants/index.js";
import type { DetectorFrame } from "../../src/data-sources/index.js";
import { JUNGFRAU_1M, MODULE_PIXELS } from "../../src/detector.js";
import { CalibrationError } from "../../src/errors.js";
import { type ModuleFrame, missingFrame } from "../../src/stream/index.js";
import { constantsInMemory, flatConstants, flatHighGain } from "../helpers/calibrators.js";
import { collectGarbage } from "../helpers/collect-garbage.js";
import { parametersOf, registerPlugin } from "../helpers/fakes.js";
import { codesAndMessages } from "../helpers/faults.js";
import { aDataEvent, words } from "../helpers/module-frames.js";
import { areStatisticsOf } from "../helpers/one-by-one.js";
import { sameFrames, sameValues } from "../helpers/same-values.js";

/** Made once, as they are large; a test that changes some makes its own. */
const FLAT = constantsInMemory(flatConstants());

const createKernel = kernelCreator(JUNGFRAU_1M, process.env[KERNEL_VARIABLE]);
const kernels: Promise<Kernel>[] = [];
let kernelsInUse = 0;
test.beforeEach(() => {
  kernelsInUse = 0;
});

/** A kernel that no other source of a test has. Tests have the same ones, as their memory takes long to get. */
const kernelOfTest: CreateKernel = (note) => {
  const index = kernelsInUse++;
  const kernel = kernels[index] ?? createKernel(note);
  if (index < 4) kernels[index] = kernel;
  return kernel;
};

/** A frame source in a container of fakes: it touches neither socket nor disk. */
async function source(
  yaml: string,
  readConstants: ReadConstants = FLAT,
  create: CreateKernel = kernelOfTest,
) {
  const plugin = registerPlugin(
    new Map<symbol, unknown>([
      [READ_CONSTANTS, readConstants],
      [CREATE_KERNEL, create],
    ]),
  );
  const built = plugin.context.dataSources.get("Jungfrau1MZmq")({
    dataSourceName: "detector",
    monitorParameters: parametersOf(yaml),
  });
  await built.initializeDataSource();
  const plain = aDataEvent({ fill: 2500 });
  return {
    getData: (event = plain) => built.getData({ event }) as DetectorFrame,
    borrowData: (event = plain) => built.borrowData?.({ event }) as DetectorFrame,
    counters: () => built.counters?.(),
    dispose: () => plugin.dispose(),
    logger: { lines: plugin.logger.lines.filter((line) => !line.startsWith("debug")) },
    details: plugin.logger.lines,
    warnings: () => plugin.logger.lines.filter((line) => line.startsWith("warn")),
  };
}

/** Less than either kernel takes. */
const KERNEL_BYTES = 40 * 2 ** 20;

const CALIBRATED = `
calibration:
  dark_filenames: [d0.h5, d1.h5]
  gain_filenames: [g0.bin, g1.bin]
  photon_energy_kev: 8
`;

// One after the other: they share kernels of 66 MB.
test.serial("gives raw words when calibration is off, and needs no constants then", async (t) => {
  const { getData } = await source("data_retrieval_layer: {detector_calibration: no}", () => {
    throw new Error("no constants are needed");
  });
  const raw = words(7, [
    [0, 1, 0xc001],
    [511, 1023, 1],
    [512, 0, 2],
    [1023, 1023, 3],
  ]);
  const frame = getData(aDataEvent({ words: raw }));
  sameValues(t, frame.data, raw);
  const { data: _, ...rest } = frame;
  t.deepEqual(rest, {
    dtype: "uint16",
    unit: "raw",
    shape: [1024, 1024],
    stride: [1024, 1],
    incomplete: false,
    badPixels: noBadPixels(),
  });
});

test.serial("gives photons when calibration is on, which is the default", async (t) => {
  const { getData } = await source(CALIBRATED);
  const frame = getData(
    aDataEvent({
      fill: 2500,
      pixels: [
        [0, 1, 2820],
        [512, 0, 0x4000 | 12300],
        [1023, 1023, 0xc000 | 13000],
        [5, 5, 0x8000],
      ],
    }),
  );
  t.true(frame.data instanceof Float32Array);
  t.like(frame, { dtype: "float32", unit: "photons", shape: [1024, 1024] });
  t.is(frame.data.length, JUNGFRAU_1M.pixels);
  t.deepEqual(
    [0, 1, 512 * 1024, JUNGFRAU_1M.pixels - 1].map((pixel) => frame.data[pixel]),
    [0, 1, 100, 1000],
  );
  t.true(Number.isNaN(frame.data[5 * 1024 + 5]));
  t.is(frame.badPixels.invalidGainCode, 1);
});

test.serial("the caller owns what it gets", async (t) => {
  for (const yaml of [CALIBRATED, "data_retrieval_layer: {detector_calibration: no}"]) {
    const { getData } = await source(yaml);
    const first = getData(aDataEvent({ fill: 2820 }));
    const value = first.data[0];
    const second = getData(aDataEvent({ fill: 3140 }));
    t.not(first.data.buffer, second.data.buffer);
    t.is(first.data[0], value);
  }
});

/** Words that are the same in no two rows, all in G0. */
const rows = () => wordsOf((pixel) => 2500 + (pixel >> 10));

/** Each of its place. */
function wordsOf(word: (pixel: number) => number): Uint16Array {
  const all = new Uint16Array(JUNGFRAU_1M.pixels);
  for (let pixel = 0; pixel < all.length; pixel++) all[pixel] = word(pixel);
  return all;
}

for (const keys of ["detector_calibration: no", "detector_units: adu"]) {
  test.serial(`a payload may start at an odd address: ${keys}`, async (t) => {
    const { getData } = await source(withKeys(keys));
    const event = aDataEvent({ words: rows() });
    const frames = event.frames.map((frame) => {
      const bytes = new Uint8Array(frame.raw.length + 1);
      bytes.set(frame.raw, 1);
      return { ...frame, raw: bytes.subarray(1) };
    });
    sameValues(t, getData({ ...event, frames }).data, getData(event).data);
  });

  test.serial(`four halves make a frame: ${keys}`, async (t) => {
    const { getData } = await source(withKeys(keys));
    sameValues(t, getData(fourHalves(rows())).data, getData(aDataEvent({ words: rows() })).data);
  });
}

/** An event of a detector with two UDP interfaces a module; its bottom module may be in high gain. */
function fourHalves(raw: Uint16Array, isBottomInHighGain = false) {
  const bytes = new Uint8Array(raw.buffer);
  const event = aDataEvent({ words: raw });
  const [frame] = event.frames as [ModuleFrame];
  const frames = [0, 1, 2, 3].map((portIndex) => ({
    ...frame,
    ...gainMode({ highGain: isBottomInHighGain && portIndex >= 2 }),
    portIndex,
    rows: 256,
    raw: bytes.subarray(portIndex * 524288, (portIndex + 1) * 524288),
  }));
  return { ...event, frames };
}

test.serial("of four halves, those of a module have its gain setting", async (t) => {
  const constants = { ...flatConstants(), highGain: flatHighGain() };
  const { getData } = await source(CALIBRATED, constantsInMemory(constants));
  const { data } = getData(fourHalves(words(2820), true));
  const inHighGain = Math.fround(820 / 800);
  t.deepEqual(
    [0, 300, 600, 1000].map((row) => data[row * 1024]),
    [1, 1, inHighGain, inHighGain],
  );
});

test.serial("missing pixels of incomplete frames are counted, raw and calibrated", async (t) => {
  for (const yaml of [CALIBRATED, "data_retrieval_layer: {detector_calibration: no}"]) {
    const { getData } = await source(yaml);
    const frame = getData(
      aDataEvent({
        fill: 2500,
        pixels: [
          [3, 3, 0xffff],
          [3, 4, 0xffff],
        ],
        complete: false,
      }),
    );
    t.like(frame, { incomplete: true, badPixels: { missing: 2 } });
  }
});

test.serial("the pixels of a module that did not come are missing, raw and calibrated", async (t) => {
  for (const yaml of [CALIBRATED, "data_retrieval_layer: {detector_calibration: no}"]) {
    const { getData } = await source(yaml);
    const { frames, ...event } = aDataEvent({ fill: 2500 });
    const [top] = frames as [ModuleFrame];
    const frame = getData({ ...event, frames: [top, missingFrame(top, 1)], incomplete: true });
    t.like(frame, { incomplete: true, badPixels: { missing: MODULE_PIXELS } });
  }
});

test.serial("units and fill value are as configured", async (t) => {
  const yaml = (unit: string) =>
    `${CALIBRATED}\ndata_retrieval_layer: {detector_units: ${unit}, detector_fill_value: -5}`;
  const event = aDataEvent({
    fill: 2500,
    pixels: [
      [0, 1, 2820],
      [0, 2, 0xffff],
    ],
  });
  const frame = (await source(yaml("keV"))).getData(event);
  t.deepEqual([...frame.data.subarray(0, 3)], [0, 8, -5]);
  t.is(frame.unit, "keV");
  t.deepEqual([...(await source(yaml("adu"))).getData(event).data.subarray(0, 3)], [0, 320, -5]);
});

for (const unit of ["keV", "adu"]) {
  test.serial(`${unit} needs no photon energy`, async (t) => {
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

test.serial("OM's own spelling of the keys wins", async (t) => {
  let files: ConstantsFiles | undefined;
  const yaml = `
data_retrieval_layer:
  detector_dark_filenames: [/om/d0.h5, om1.h5]
  detector_photon_energy_kev: 4
${CALIBRATED}`;
  const { getData } = await source(yaml, (asked, to, notes) => {
    files = asked;
    return constantsInMemory(flatConstants())(asked, to, notes);
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
    mask: [],
  });
  t.is(getData(aDataEvent({ fill: 2820 })).data[0], 2);
});

test.serial(
  "one line says what the constants are, and what is odd of them; what else is found is detail",
  async (t) => {
    const { logger, details } = await source(CALIBRATED, async (_files, _to, notes) => {
      notes.info("d0.h5: pedestals are of a kind");
      notes.warn("g0.bin: this is odd");
    });
    t.deepEqual(logger.lines, [
      "warn g0.bin: this is odd",
      "info Calibrating to photons of 8 keV: dark d0.h5, d1.h5; gain g0.bin, g1.bin",
    ]);
    t.true(details.includes("debug d0.h5: pedestals are of a kind"));
  },
);

test.serial("every fault of the configuration is told together", async (t) => {
  const yaml = `
data_retrieval_layer:
  detector_units: bananas
  detector_fill_value: none
calibration:
  dark_filenames: [one.h5, two.h5, three.h5]
  photon_energy_kev: -1
`;
  t.deepEqual(await codesAndMessages(source(yaml)), [
    [
      "CONFIGURATION_BAD_VALUE",
      "monitor.yaml:3: data_retrieval_layer.detector_units is 'bananas'. Write photons or keV or adu.",
    ],
    [
      "CONFIGURATION_BAD_VALUE",
      "monitor.yaml:6: calibration.dark_filenames has 3 entries. Write one file per module, top module first, or a single file for both.",
    ],
    [
      "CONFIGURATION_MISSING_KEY",
      "monitor.yaml:5: calibration.gain_filenames (or data_retrieval_layer.detector_gain_filenames) is missing. Add it, or set data_retrieval_layer.detector_calibration: false for raw frames.",
    ],
    [
      "CONFIGURATION_WRONG_TYPE",
      "monitor.yaml:4: data_retrieval_layer.detector_fill_value is the string 'none'. Write a number such as 12.4 (or .nan, with its dot), without quotes or unit.",
    ],
    [
      "CONFIGURATION_BAD_VALUE",
      "monitor.yaml:7: calibration.photon_energy_kev is -1. Write a number of keV above 0 and up to 200.",
    ],
  ]);
});

test.serial("faults of keys and of files are told together", async (t) => {
  const yaml = CALIBRATED.replace("8\n", "-1\n");
  const faults = await codesAndMessages(
    source(yaml, async ({ dark }) => {
      throw new CalibrationError("CALIBRATION_FORMAT", `${dark[0]?.where} is broken`);
    }),
  );
  t.deepEqual(
    faults.map(([code]) => code),
    ["CONFIGURATION_BAD_VALUE", "CALIBRATION_FORMAT"],
  );
});

test.serial("a photon energy that looks like eV is refused, in each spelling of the key", async (t) => {
  for (const [yaml, where] of [
    [CALIBRATED.replace("8\n", "12400\n"), "monitor.yaml:5: calibration.photon_energy_kev is 12400"],
    [CALIBRATED.replace("8\n", "200.1\n"), "monitor.yaml:5: calibration.photon_energy_kev is 200.1"],
    [
      `data_retrieval_layer: {detector_photon_energy_kev: 9000}${CALIBRATED}`,
      "monitor.yaml:1: data_retrieval_layer.detector_photon_energy_kev is 9000",
    ],
  ] as const) {
    t.deepEqual(await codesAndMessages(source(yaml)), [
      [
        "CONFIGURATION_BAD_VALUE",
        `${where}. Write a number of keV above 0 and up to 200. Was it meant in eV?`,
      ],
    ]);
  }
});

test.serial("a photon energy that silicon hardly stops is warned of, and others are not", async (t) => {
  const warningsAt = async (energy: string) =>
    (await source(CALIBRATED.replace("8\n", `${energy}\n`))).warnings();
  for (const energy of ["101", "200"]) {
    t.deepEqual(await warningsAt(energy), [
      `warn monitor.yaml:5: calibration.photon_energy_kev is ${energy}: 320 µm of silicon stop hardly any photon above ` +
        "100 keV. Check the number.",
    ]);
  }
  for (const energy of ["0.25", "80", "100"]) t.deepEqual(await warningsAt(energy), []);
});

test.serial(
  "of two spellings that differ, a warning names both, and the files that are not used are looked for",
  async (t) => {
    const { warnings } = await source(
      `data_retrieval_layer:\n  detector_photon_energy_kev: 9\n  detector_dark_filenames: [d0.h5, d1.h5]\n  ` +
        `detector_gain_filenames: [other.bin]\n${CALIBRATED.trimStart()}`,
    );
    const differ = (named: string, documented: string) =>
      `warn monitor.yaml:${named} and monitor.yaml:${documented} have different values. The first is used: remove the other.`;
    const missing = (place: string, file: string) =>
      `warn monitor.yaml:${place} = '${file}' does not exist: there is no /beamline/${file}. It is not used.`;
    t.deepEqual(warnings(), [
      missing("6: calibration.dark_filenames[0]", "d0.h5"),
      missing("6: calibration.dark_filenames[1]", "d1.h5"),
      differ("4: data_retrieval_layer.detector_gain_filenames", "7: calibration.gain_filenames"),
      missing("7: calibration.gain_filenames[0]", "g0.bin"),
      missing("7: calibration.gain_filenames[1]", "g1.bin"),
      differ("2: data_retrieval_layer.detector_photon_energy_kev", "8: calibration.photon_energy_kev"),
    ]);
  },
);

test.serial("every path with a variable is told, with its key", async (t) => {
  const faults = await codesAndMessages(
    source(
      CALIBRATED.replace("d0.h5, d1.h5", `'\${DATA}/d0.h5', '\${DATA}/d1.h5'`).replace(
        "g1.bin",
        "$HOME/g1.bin",
      ),
    ),
  );
  t.deepEqual(
    faults.map(([code, message]) => [code, /^.* has the path '\S+'/.exec(message)?.[0]]),
    [
      `dark_filenames has the path '\${DATA}/d0.h5'`,
      `dark_filenames has the path '\${DATA}/d1.h5'`,
      "gain_filenames has the path '$HOME/g1.bin'",
    ].map((fault, index) => [
      "CONFIGURATION_BAD_VALUE",
      `monitor.yaml:${index < 2 ? 3 : 4}: calibration.${fault}`,
    ]),
  );
});

test.serial("whether to calibrate must be known before anything else is", async (t) => {
  const faults = await codesAndMessages(source("data_retrieval_layer: {detector_calibration: maybe}"));
  t.deepEqual(
    faults.map(([code]) => code),
    ["CONFIGURATION_WRONG_TYPE"],
  );
});

for (const energy of ["0", "-3", ".nan", ".inf"]) {
  test.serial(`a photon energy of ${energy} is refused`, async (t) => {
    const yaml = CALIBRATED.replace("8\n", `${energy}\n`);
    t.deepEqual(
      (await codesAndMessages(source(yaml))).map(([code]) => code),
      ["CONFIGURATION_BAD_VALUE"],
    );
  });
}

const RAW = "data_retrieval_layer: {detector_calibration: no}";
const withKeys = (keys: string) => `${CALIBRATED}\ndata_retrieval_layer: {${keys}}`;

test.serial("each calibrated frame has a status plane, and says why its pixels are bad", async (t) => {
  const constants = { ...flatConstants(), masked: new Uint8Array(JUNGFRAU_1M.pixels) };
  constants.masked[1] = 1;
  constants.gains[2] = 0;
  const { getData } = await source(CALIBRATED, constantsInMemory(constants));
  const pixels = [2500, 2500, 2500, 0xffff, 0x8000, 0xc000, 0x4000];
  const frame = getData(
    aDataEvent({ fill: 2500, pixels: pixels.map((word, column) => [0, column, word] as const) }),
  );
  if (frame.dtype === "uint16") return t.fail();
  const { good, masked, noConstants, missing, invalidGainCode, saturated } = PIXEL_STATUS;
  t.deepEqual(
    [...frame.status.subarray(0, 8)],
    [good, masked, noConstants, missing, invalidGainCode, saturated, good, good],
  );
  t.is(frame.status.length, JUNGFRAU_1M.pixels);
  t.deepEqual(frame.badPixels, {
    missing: 1,
    masked: 1,
    invalidGainCode: 1,
    saturated: 1,
    noConstants: 1,
  });
  t.is(frame.g1AtLimit, 1);
});

for (const keys of [
  "",
  "detector_rounded: true",
  "detector_geometry: {module_gap_rows: 2}",
  "detector_calibration: no",
  "detector_calibration: no, detector_geometry: {double_pixels: keep}",
]) {
  test.serial(
    `borrowed frames are as owned ones, and the source's own memory: ${keys || "by default"}`,
    async (t) => {
      const { getData, borrowData } = await source(withKeys(keys));
      const event = aDataEvent({ fill: 2820, pixels: [[700, 3, 0xffff]] });
      const owned = getData(event);
      const borrowed = borrowData(event);
      sameFrames(t, borrowed, owned);
      t.not(borrowed.data.buffer, owned.data.buffer);
      const other = borrowData(aDataEvent({ fill: 3140 }));
      t.is(other.data.buffer, borrowed.data.buffer);
      t.is(borrowed.data[5], other.data[5]);
      t.not(owned.data[5], other.data[5]);
      if (owned.dtype !== "uint16" && other.dtype !== "uint16") {
        t.not(owned.status.buffer, other.status.buffer);
        t.true(owned.status.some((status) => status === PIXEL_STATUS.missing));
        t.false(other.status.some((status) => status === PIXEL_STATUS.missing));
      }
    },
  );
}

for (const keys of [
  "",
  "detector_rounded: true",
  "detector_geometry: {module_gap_rows: 2, double_pixels: keep}",
  "detector_geometry: {double_pixels: mask}",
  "detector_calibration: no",
  "detector_calibration: no, detector_geometry: {double_pixels: keep}",
]) {
  test.serial(
    `statistics of frames, borrowed and owned, are of their own pixels: ${keys || "by default"}`,
    async (t) => {
      const { getData, borrowData } = await source(withKeys(keys));
      const event = (fill: number) =>
        aDataEvent({
          fill,
          pixels: [
            [700, 3, 0xffff],
            [255, 9, 9000],
            [9, 9, 0x4001],
          ],
        });
      const borrowed = borrowData(event(2820));
      areStatisticsOf(t, borrowed.statistics(), borrowed.data, borrowed.status);
      const statistics = borrowed.statistics();
      const owned = getData(event(2820));
      const late = borrowData(event(2900));
      const newest = borrowData(event(3140));
      areStatisticsOf(t, owned.statistics(), owned.data, owned.status);
      t.like(owned.statistics(), { min: statistics.min, max: statistics.max, count: statistics.count });
      t.deepEqual(borrowed.statistics(), statistics); // they had been asked for
      t.throws(() => late.statistics(), {
        code: "HOST_EVENT_CLOSED",
        message: /^The frame of event .* was borrowed/,
      });
      areStatisticsOf(t, newest.statistics(), newest.data, newest.status);
      t.notDeepEqual(newest.statistics(), statistics);
    },
  );
}

test.serial("statistics of an owned frame are those of what its owner has made of it", async (t) => {
  const { getData } = await source(CALIBRATED);
  const frame = getData(aDataEvent({ fill: 2820 }));
  frame.data.fill(7);
  t.deepEqual(frame.statistics(), { min: 7, max: 7, mean: 7, count: JUNGFRAU_1M.pixels });
});

test.serial(
  "an owned frame overwrites what was borrowed before, where it is made in the same memory",
  async (t) => {
    const { getData, borrowData } = await source(CALIBRATED);
    const borrowed = borrowData(aDataEvent({ fill: 2820 }));
    getData(aDataEvent({ fill: 2900 }));
    t.throws(() => borrowed.statistics(), { code: "HOST_EVENT_CLOSED" });
  },
);

test.serial("a frame can be sent to another thread", async (t) => {
  const { getData, borrowData } = await source(CALIBRATED);
  for (const frame of [getData(), borrowData()]) sameFrames(t, structuredClone(frame), { ...frame });
});

test.serial("10,000 borrowed frames take no more memory than the first", async (t) => {
  const { borrowData } = await source(CALIBRATED);
  const events = [
    aDataEvent({ fill: 2820, pixels: [[5, 5, 0x4000 | 12000]] }),
    aDataEvent({ fill: 2900, pixels: [[900, 5, 0xffff]] }),
  ];
  const inUse = () => {
    collectGarbage();
    const { heapUsed, external, arrayBuffers } = process.memoryUsage();
    return [heapUsed, external, arrayBuffers];
  };
  const run = (frames: number) => {
    for (let i = 0; i < frames; i++) borrowData(events[i % 2]);
  };
  run(200);
  const before = inUse();
  run(10_000);
  const growth = inUse().map((bytes, index) => bytes - (before[index] as number));
  t.log(`growth of heap, external memory and array buffers: ${growth.join(", ")} bytes`);
  t.true(
    growth.every((bytes) => bytes < 500_000),
    "less than a twentieth of what a byte a pixel and frame would be",
  );
});

test.serial("what initialisation took is freed on dispose, and there is no data then", async (t) => {
  const sources: Awaited<ReturnType<typeof source>>[] = [];
  for (let i = 0; i < 3; i++) sources.push(await source(CALIBRATED, FLAT, createKernel));
  for (const { getData } of sources) getData();
  collectGarbage();
  const before = process.memoryUsage().external;
  for (const { dispose } of sources) dispose();
  sources[0]?.dispose(); // harmless
  // WebAssembly's memory goes in steps, a collection each.
  let freed = 0;
  for (let step = 0; step < 20 && freed < 3 * KERNEL_BYTES; step++) {
    await setTimeout(10);
    collectGarbage();
    freed = before - process.memoryUsage().external;
  }
  t.true(freed >= 3 * KERNEL_BYTES, `${freed} bytes were freed`);
  const error = t.throws(() => sources[0]?.getData());
  t.is((error as { code?: string }).code, "HOST_NOT_INITIALIZED");
});

test.serial("a source gives nothing before it is initialised", (t) => {
  const plugin = registerPlugin();
  const built = plugin.context.dataSources.get("Jungfrau1MZmq")({
    dataSourceName: "detector",
    monitorParameters: parametersOf(RAW),
  });
  t.throws(() => built.getData({ event: aDataEvent({ fill: 1 }) }), {
    message: "Data source 'detector' is not initialised, or disposed of. Call initializeDataSource first.",
  });
});

test.serial("photons are rounded on request, as int32", async (t) => {
  const event = aDataEvent({
    fill: 2500,
    pixels: [
      [0, 1, 2500 + 479],
      [0, 2, 2500 + 481],
      [0, 3, 0xffff],
    ],
  });
  const frame = (await source(withKeys("detector_rounded: yes"))).getData(event);
  t.true(frame.data instanceof Int32Array);
  t.like(frame, { dtype: "int32", unit: "photons", fillValue: -(2 ** 31) });
  t.deepEqual([...frame.data.subarray(0, 4)], [0, 1, 2, -(2 ** 31)]);
  const filled = (await source(withKeys("detector_rounded: yes, detector_fill_value: -1"))).getData(event);
  t.is(filled.data[3], -1);
  const byDefault = (await source(withKeys("detector_rounded: yes, detector_fill_value: .nan"))).getData(
    event,
  );
  t.is(byDefault.data[3], -(2 ** 31));
});

test.serial("a frame says its fill value as its pixels hold it", async (t) => {
  const { getData } = await source(withKeys("detector_fill_value: 0.1"));
  const frame = getData(aDataEvent({ fill: 2500, pixels: [[0, 0, 0xffff]] }));
  t.like(frame, { fillValue: frame.data[0] });
  t.is(frame.data[0], Math.fround(0.1));
});

for (const [keys, message] of [
  [
    "detector_rounded: true, detector_units: keV",
    /detector_rounded is for photons, but detector_units is keV/,
  ],
  ["detector_rounded: true, detector_fill_value: 0.5", /detector_fill_value is 0.5, which int32 cannot hold/],
  ["detector_rounded: true, detector_fill_value: 2147483648", /detector_fill_value is 2147483648/],
  [
    "detector_geometry: {module_gap_rows: -1}",
    /detector_geometry.module_gap_rows is -1. Write a whole number/,
  ],
  ["detector_geometry: {module_gap_rows: 1e9}", /module_gap_rows is 1000000000/],
  ["detector_geometry: {double_pixels: split}", /double_pixels is 'split'. Write pack or keep or mask/],
  ["detector_geometry: {gap: 36}", /has a key 'gap'. Known keys: module_gap_rows and double_pixels/],
] as const) {
  test.serial(`{${keys}} is refused`, async (t) => {
    const faults = await codesAndMessages(source(withKeys(keys)));
    t.deepEqual(
      faults.map(([code]) => code),
      ["CONFIGURATION_BAD_VALUE"],
    );
    t.regex(faults[0]?.[1] ?? "", message);
    t.regex(faults[0]?.[1] ?? "", /^monitor\.yaml:7: data_retrieval_layer\./);
  });
}

test.serial("every fault of a geometry is told", async (t) => {
  const faults = await codesAndMessages(
    source(withKeys("detector_geometry: {module_gap_rows: 0.5, double_pixels: split, gap: 36}")),
  );
  t.deepEqual(
    faults.map(([, message]) =>
      message.slice("monitor.yaml:7: data_retrieval_layer.detector_geometry".length),
    ),
    [
      " has a key 'gap'. Known keys: module_gap_rows and double_pixels.",
      ".module_gap_rows is 0.5. Write a whole number, 0 to 4096.",
      ".double_pixels is 'split'. Write pack or keep or mask.",
    ],
  );
});

test.serial("a geometry that is no map is refused", async (t) => {
  const faults = await codesAndMessages(source(withKeys("detector_geometry: 36")));
  t.deepEqual(faults, [
    [
      "CONFIGURATION_WRONG_TYPE",
      "monitor.yaml:7: data_retrieval_layer.detector_geometry is the number 36. Write a map: {key: value}.",
    ],
  ]);
});

/** The ADC values of each pixel: its row and column, as far as 14 bits go. */
const places = () => wordsOf((pixel) => (pixel >> 10) * 8 + ((pixel & 1023) >> 7));

test.serial("gap rows between the modules", async (t) => {
  for (const keys of ["", "detector_calibration: no, "]) {
    const { getData } = await source(
      withKeys(`${keys}detector_units: adu, detector_geometry: {module_gap_rows: 36}`),
    );
    const plain = (await source(withKeys(`${keys}detector_units: adu`))).getData(
      aDataEvent({ words: places() }),
    );
    const frame = getData(aDataEvent({ words: places() }));
    t.deepEqual(
      [frame.shape, frame.stride],
      [
        [1060, 1024],
        [1024, 1],
      ],
    );
    t.is(frame.data.length, 1060 * 1024);
    const [top, gap, bottom] = [0, 512 * 1024, 548 * 1024];
    sameValues(t, frame.data.subarray(top, gap), plain.data.subarray(0, gap));
    sameValues(t, frame.data.subarray(bottom), plain.data.subarray(gap));
    t.true(frame.data.subarray(gap, bottom).every((value) => Number.isNaN(value) || value === 0xffff));
    t.deepEqual(frame.badPixels, plain.badPixels);
    t.is(frame.status?.indexOf(PIXEL_STATUS.gap), gap);
    t.is(frame.status?.lastIndexOf(PIXEL_STATUS.gap), bottom - 1);
  }
});

for (const doublePixels of ["keep", "mask"] as const) {
  test.serial(`gaps between chips, double pixels: ${doublePixels}`, async (t) => {
    const { getData } = await source(
      withKeys(
        `detector_units: adu, detector_geometry: {module_gap_rows: 10, double_pixels: ${doublePixels}}`,
      ),
    );
    const frame = getData(aDataEvent({ words: places() }));
    if (frame.dtype === "uint16") return t.fail();
    t.deepEqual(frame.shape, [2 * 514 + 10, 1030]);
    const raw = places();
    let gaps = 0;
    for (let row = 0; row < frame.shape[0]; row++) {
      for (let column = 0; column < frame.shape[1]; column++) {
        const at = row * 1030 + column;
        const source = [sourceRow(row), sourceColumn(column)] as const;
        if (source[0] === undefined || source[1] === undefined) {
          gaps += 1;
          if (frame.status[at] !== PIXEL_STATUS.gap || !Number.isNaN(frame.data[at]))
            t.fail(`${row}, ${column}`);
          continue;
        }
        const isDouble =
          [255, 256].includes(source[0] % 512) || [255, 256, 511, 512, 767, 768].includes(source[1]);
        const expected = isDouble && doublePixels === "mask" ? PIXEL_STATUS.masked : PIXEL_STATUS.good;
        const value = (raw[source[0] * 1024 + source[1]] as number) - 2500;
        const isRight =
          expected === PIXEL_STATUS.good ? frame.data[at] === value : Number.isNaN(frame.data[at]);
        if (frame.status[at] !== expected || !isRight)
          t.fail(`${row}, ${column}: ${frame.data[at]}, not ${value}`);
      }
    }
    t.is(gaps, frame.data.length - JUNGFRAU_1M.pixels);
    // Four rows, and six columns of what is left.
    t.is(frame.badPixels.masked, doublePixels === "mask" ? 4 * 1024 + 6 * 1020 : 0);
  });
}

/** Two modules of two chips, 10 rows between the modules, 2 between chips. */
function sourceRow(row: number): number | undefined {
  const starts = [0, 258, 524, 782];
  const chip = starts.findLastIndex((start) => row >= start);
  const inChip = row - (starts[chip] as number);
  return inChip < 256 ? 256 * chip + inChip : undefined;
}

function sourceColumn(column: number): number | undefined {
  const inChip = column % 258;
  return inChip < 256 ? 256 * Math.floor(column / 258) + inChip : undefined;
}

const gainMode = (mode: Partial<ModuleFrame["gainMode"]>) => ({
  gainMode: { highGain: false, fixedStage: undefined, forcedStage: undefined, ...mode },
});

test.serial("in high gain, G0 has the constants of HG0", async (t) => {
  const constants = { ...flatConstants(), highGain: flatHighGain() };
  const { getData, warnings, counters } = await source(CALIBRATED, constantsInMemory(constants));
  const raw = words(2800, [[0, 1, 0x4000 | 12300]]);
  const frame = getData(aDataEvent({ words: raw, ...gainMode({ highGain: true }) }));
  t.deepEqual([frame.data[0], frame.data[1]], [1, 100]);
  t.is(getData(aDataEvent({ words: raw })).data[0], Math.fround(300 / 320));
  t.like(frame, { wrongConstants: false });
  t.deepEqual([warnings(), counters()], [[], { wrong_constants: 0 }]);
});

const wrongSettings: [string, Partial<ModuleFrame["gainMode"]>, RegExp][] = [
  [
    "high gain without constants for it",
    { highGain: true },
    /Module 0 is in high gain, for which there are no constants/,
  ],
  ["a fixed stage", { fixedStage: 1 }, /Module 0 is fixed in G1/],
  [
    "a forced stage without constants",
    { forcedStage: 2 },
    /Module 0 is forced to G2, for which its files have no constants/,
  ],
];
for (const [what, mode, message] of wrongSettings) {
  test.serial(`${what} is counted, and logged once a module`, async (t) => {
    const constants = flatConstants();
    constants.pedestals.fill(Number.NaN, 2 * JUNGFRAU_1M.pixels);
    const { getData, warnings, counters } = await source(CALIBRATED, constantsInMemory(constants));
    for (let i = 0; i < 3; i++)
      t.like(getData(aDataEvent({ fill: 2820, ...gainMode(mode) })), { wrongConstants: true });
    t.like(getData(), { wrongConstants: false });
    t.deepEqual(counters(), { wrong_constants: 3 });
    t.is(warnings().length, 2);
    t.regex(warnings()[0] ?? "", message);
    t.is(getData(aDataEvent({ fill: 2820, ...gainMode(mode) })).data[0], 1);
  });
}

test.serial("a stage that is forced, and has constants, is nothing to tell of", async (t) => {
  const { getData, warnings, counters } = await source(CALIBRATED);
  getData(aDataEvent({ fill: 0x4000 | 12300, ...gainMode({ forcedStage: 1 }) }));
  t.deepEqual([warnings(), counters()], [[], { wrong_constants: 0 }]);
});

test.serial("mask files are looked for in both places, and optional", async (t) => {
  const asked: string[][] = [];
  const readConstants: ReadConstants = async ({ mask }) => {
    asked.push(mask.map(({ where }) => where));
  };
  await source(`${CALIBRATED}  mask_filenames: [m.h5]\n`, readConstants);
  await source(
    `${CALIBRATED}  mask_filenames: [m.h5]\ndata_retrieval_layer: {detector_mask_filenames: [a, b]}`,
    readConstants,
  );
  t.deepEqual(asked, [
    ["monitor.yaml:6: calibration.mask_filenames[0] = 'm.h5'"],
    [
      "monitor.yaml:7: data_retrieval_layer.detector_mask_filenames[0] = 'a'",
      "monitor.yaml:7: data_retrieval_layer.detector_mask_filenames[1] = 'b'",
    ],
  ]);
});

test.serial("adu needs no gain files", async (t) => {
  const yaml = `
data_retrieval_layer: {detector_units: adu}
calibration: {dark_filenames: [d0.h5, d1.h5]}
`;
  const { getData } = await source(yaml, async ({ gain }, to) => {
    t.deepEqual(gain, []);
    for (const module of [0, 1]) to.setPedestals(module, "g0", new Float32Array(MODULE_PIXELS).fill(2500));
  });
  const frame = getData(aDataEvent({ fill: 2820, pixels: [[0, 1, 0x4000 | 5]] }));
  t.deepEqual([frame.data[0], frame.data[1], frame.badPixels.noConstants], [320, Number.NaN, 1]);
});

test.serial(
  "another kernel than there is is a fault of calibrated sources alone, beside others",
  async (t) => {
    const kernels = new Map<symbol, unknown>([
      [CREATE_KERNEL, kernelCreator(JUNGFRAU_1M, "fast")],
      [READ_CONSTANTS, FLAT],
    ]);
    const start = (yaml: string) =>
      codesAndMessages(
        (async () =>
          registerPlugin(kernels)
            .context.dataSources.get("Jungfrau1MZmq")({
              dataSourceName: "detector",
              monitorParameters: parametersOf(yaml),
            })
            .initializeDataSource())(),
      );
    t.deepEqual(await start(RAW), []);
    const faults = await start(CALIBRATED.replace("8\n", "-1\n"));
    t.deepEqual(
      faults.map(([, message]) => message.split(" ")[0]),
      ["monitor.yaml:5:", "The"],
    );
  },
);

test.serial("a source can be initialised again", async (t) => {
  const plugin = registerPlugin(new Map([[READ_CONSTANTS, FLAT]]));
  const built = plugin.context.dataSources.get("Jungfrau1MZmq")({
    dataSourceName: "detector",
    monitorParameters: parametersOf(CALIBRATED),
  });
  const event = aDataEvent({ fill: 2820, ...gainMode({ highGain: true }) });
  for (let time = 0; time < 2; time++) {
    await built.initializeDataSource();
    t.deepEqual(built.counters?.(), { wrong_constants: 0 });
    t.is((built.getData({ event }) as DetectorFrame).data[0], 1);
  }
});
