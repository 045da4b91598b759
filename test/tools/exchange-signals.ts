import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DetectorFrame } from "../../src/data-sources/index.js";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { encodeNpy } from "../../src/host/index.js";
import { DEFAULT_SCENE, makeScene, sceneFrames, withFaults } from "../../src/simulator/index.js";
import { aDataEvent } from "../helpers/module-frames.js";
import { signalOf } from "../helpers/signals.js";

/*
 * Compare the signals of frames with what numpy makes of the same frames. Ends with 1 when one differs by more than 1e-6 of its
 * size. Needs Debian's python3-numpy.
 *
 *   node dist/test/tools/exchange-signals.js
 */

const TOLERANCE = 1e-6;

const WITH_NUMPY = `
import json, sys, numpy as np
folder = sys.argv[1]
frame = np.load(f"{folder}/frame.npy")
status = np.load(f"{folder}/status.npy")
words = np.load(f"{folder}/words.npy")
masked = np.load(f"{folder}/masked.npy") != 0
is_raw = frame.dtype == np.uint16
good = (status == 0) & ~(is_raw & (frame == 0xFFFF))
values = frame.astype(np.float64)

region = (slice(430, 601), slice(123, 1000))
chosen = values[region][good[region]]
roi = {"sum": chosen.sum(), "mean": chosen.mean(), "maximum": chosen.max(), "good_pixels": len(chosen)}

lit = int(np.count_nonzero(good & (frame > (3000 if is_raw else 5))))

counted = words[~masked & (words != 0xFFFF)] if not is_raw else words[words != 0xFFFF]
code, adc = counted >> 14, counted & 0x3FFF
saturation = {
    "g1": np.count_nonzero(code == 1),
    "g2": np.count_nonzero(code == 3),
    "saturated": np.count_nonzero(counted == 0xC000),
    "near_limit": np.count_nonzero((code == 3) & (adc <= 1500)),
}

def profile(in_angstrom):
    rows, columns = np.indices(frame.shape)
    radius = np.hypot(rows - 500.3, columns - 620.7)
    if in_angstrom:
        theta = np.arctan(radius * 0.075 / 150) / 2
        radius = 4 * np.pi * np.sin(theta) / (12.398419843320026 / 12.4)
    bins = 80
    width = radius.max() / bins
    ring = np.minimum((radius / width).astype(int), bins - 1)
    pixels = np.bincount(ring[good], minlength=bins)
    sums = np.bincount(ring[good], values[good], minlength=bins)
    return {"centres": ((np.arange(bins) + 0.5) * width).tolist(), "mean": (sums / pixels).tolist(), "good_pixels": pixels.tolist()}

json.dump({
    "roi": {key: float(value) for key, value in roi.items()},
    "lit": {"lit": lit},
    "saturation": {key: int(value) for key, value in saturation.items()},
    "profile": profile(False),
    "profile_q": profile(True),
}, sys.stdout)
`;

/** What is compared, by the names that Python has for it. */
const SIGNALS: Readonly<Record<string, (isRaw: boolean) => readonly [factory: string, keys: string]>> = {
  roi: () => ["RegionOfInterestJungfrau1MZmq", "signal_rows: [430, 601], signal_columns: [123, 1000]"],
  lit: (isRaw) => ["LitPixelsJungfrau1MZmq", `signal_threshold: ${isRaw ? 3000 : 5}, signal_minimum: 1`],
  saturation: () => ["SaturationJungfrau1MZmq", "signal_margin_adu: 1500"],
  profile: () => ["RadialProfileJungfrau1MZmq", "signal_beam_centre: [500.3, 620.7], signal_bins: 80"],
  profile_q: () => [
    "RadialProfileJungfrau1MZmq",
    "signal_beam_centre: [500.3, 620.7], signal_bins: 80, signal_distance_mm: 150, signal_photon_energy_kev: 12.4",
  ],
};

const FRAMES = [
  "detector_units: photons",
  "detector_units: keV, detector_fill_value: -1",
  "detector_rounded: true",
  "detector_geometry: {module_gap_rows: 36, double_pixels: keep}",
  "detector_calibration: false",
  "detector_calibration: false, detector_geometry: {module_gap_rows: 36, double_pixels: keep}",
];

const scene = makeScene({ ...DEFAULT_SCENE, imageCount: 1 });
const bright = withFaults(sceneFrames(scene), [{ name: "bright", value: 0 }], {
  layout: JUNGFRAU_1M,
  rateHz: 10,
});
const words = bright(0).raw;
words.fill(0xffff, 300_000, 300_512); // a lost packet
words[5] = 0x8123;
const masked = new Uint8Array(JUNGFRAU_1M.pixels).fill(1, 524_000, 525_000);
const event = aDataEvent({ words });

function numpyOf(frame: DetectorFrame): Record<string, Record<string, number | number[]>> {
  const folder = mkdtempSync(join(tmpdir(), "om-jungfrau-signals-"));
  try {
    const { shape, data, dtype } = frame;
    const status = frame.status ?? new Uint8Array(data.length);
    const save = (name: string, array: Parameters<typeof encodeNpy>[0]) =>
      writeFileSync(join(folder, `${name}.npy`), encodeNpy(array));
    save("frame", { dtype, shape, data });
    // encodeNpy has no uint8.
    save("status", { dtype: "uint16", shape, data: Uint16Array.from(status) });
    const detectorShape = [JUNGFRAU_1M.rows, JUNGFRAU_1M.columns] as const;
    save("words", { dtype: "uint16", shape: detectorShape, data: words });
    save("masked", { dtype: "uint16", shape: detectorShape, data: Uint16Array.from(masked) });
    return JSON.parse(python(WITH_NUMPY, [folder]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Debian's numpy belongs to Debian's Python, which may not be the first on the path. */
function python(script: string, args: readonly string[]): string {
  const hasNumpy = (command: string) => spawnSync(command, ["-c", "import numpy"]).status === 0;
  const command = ["python3", "/usr/bin/python3"].find(hasNumpy);
  if (command === undefined)
    throw new Error("No Python with numpy was found. Install Debian's python3-numpy.");
  const { status, stdout, stderr } = spawnSync(command, ["-c", script, ...args], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ended with ${status}:\n${stderr}`);
  return stdout;
}

/** The largest difference, as a share of the size of a value. @throws {Error} if one has other numbers than the other */
function difference(actual: unknown, expected: number | number[]): number {
  const [a, b] = [actual, expected].map((value) =>
    typeof value === "number" ? [value] : Array.from(value as ArrayLike<number>),
  ) as [number[], number[]];
  if (a.length !== b.length || a.some((value) => !Number.isFinite(value)))
    throw new Error(`${a} is not ${b}`);
  const size = Math.max(...b.map(Math.abs), Number.MIN_VALUE);
  return Math.max(...b.map((value, i) => Math.abs((a[i] as number) - value))) / size;
}

for (const keys of FRAMES) {
  const isRaw = keys.includes("calibration: false");
  let expected: ReturnType<typeof numpyOf> | undefined;
  for (const [name, of] of Object.entries(SIGNALS)) {
    const [factory, signalKeys] = of(isRaw);
    const source = await signalOf(factory, `${signalKeys}, ${keys}`, { ...scene.constants, masked });
    expected ??= numpyOf(source.frame(event, "getData"));
    const value = source.value(event) as Readonly<Record<string, unknown>>;
    for (const [key, one] of Object.entries(expected[name] ?? {})) {
      const worst = difference(value[key], one);
      const isGood = worst <= TOLERANCE;
      console.log(`${isGood ? "ok     " : "FAILED "} ${name}.${key} of {${keys}}: differs by ${worst}`);
      if (!isGood) process.exitCode = 1;
    }
  }
}
