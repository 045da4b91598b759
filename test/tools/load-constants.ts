import { once } from "node:events";
import { readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import { Calibrator, kernelCreator } from "../../src/calibration/index.js";
import { constantsReader } from "../../src/constants/index.js";
import { JUNGFRAU_1M } from "../../src/detector.js";

/*
 * Load constants as a data source does, in a process of its own, and say what it took.
 *
 *   node dist/test/tools/load-constants.js DARK0 DARK1 GAIN0 GAIN1
 */
const [dark0, dark1, gain0, gain1] = process.argv.slice(2);
const file = (path = "") => ({ path, where: path });
const files = { dark: [file(dark0), file(dark1)], gain: [file(gain0), file(gain1)], mask: [] };

// A thread with the HDF5 library takes some 30 MB, however much is read with it.
const library = JSON.stringify(import.meta.resolve("h5wasm/node"));
await once(new Worker(`import(${library}).then(({ ready }) => ready)`, { eval: true }), "exit");

const options = { unit: "photons", photonEnergyKeV: 12.4, fillValue: Number.NaN, rounded: false } as const;
const before = peakBytes();
const cpuBefore = process.cpuUsage();
const calibrator = new Calibrator(await kernelCreator(JUNGFRAU_1M, undefined)(console.error), options);
await constantsReader(JUNGFRAU_1M)(files, calibrator, { info: () => undefined, warn: console.error });
calibrator.finishConstants();
const { user, system } = process.cpuUsage(cpuBefore);

const constantsBytes = 3 * 2 * JUNGFRAU_1M.pixels * Float32Array.BYTES_PER_ELEMENT;
console.log(
  JSON.stringify({ peakBytes: peakBytes() - before, constantsBytes, cpuMs: (user + system) / 1000 }),
);

/** The most memory that this process ever had, whatever was freed since; only Linux tells. */
function peakBytes(): number {
  const [, kilobytes] = /VmHWM:\s*(\d+)/.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  return 1024 * Number(kilobytes);
}
