import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { readMonitorParameters } from "../../src/configuration/index.js";
import { type ConstantsStage, constantsReader } from "../../src/constants/index.js";
import { JUNGFRAU_1M, MODULE_PIXELS } from "../../src/detector.js";
import { Command } from "../helpers/command.js";
import { temporaryFolder } from "../helpers/constants-files.js";

const SIMULATE = ["simulate", "--json", "--wait", "--ports", "0,0", "--rate", "100", "--out"];
const COUNTS = ["--frames", "60", "--skip", "10"];

/** A detector in the dark, and what is wrong with its pixels. */
async function darkDetector(t: ExecutionContext, ...args: string[]) {
  const folder = await temporaryFolder(t);
  const simulator = new Command(t, [...SIMULATE, folder, ...args]);
  const { source } = JSON.parse(await simulator.line(/source/));
  const faults: Record<string, number[]> = JSON.parse(
    await readFile(join(folder, "dark-faults.json"), "utf8"),
  );
  return { folder, source, faults, simulator };
}

/** What a monitor takes from files: pedestals by module and stage, and what the masks leave out. */
async function constantsIn(...paths: string[]) {
  const pedestals = new Map<string, Float32Array>();
  const masked = new Uint8Array(2 * MODULE_PIXELS);
  const files = paths.map((path) => ({ path, where: path }));
  const mask = paths.length === 1 ? files : [];
  await constantsReader(JUNGFRAU_1M)(
    { dark: files, gain: [], mask },
    {
      setPedestals: (module, stage, map) => pedestals.set(`${stage} ${module}`, Float32Array.from(map)),
      setGains: () => undefined,
      addMask: (module, map) =>
        masked.set(
          Uint8Array.from(map, (value) => Number(value !== 0)),
          module * MODULE_PIXELS,
        ),
    },
    { info: () => undefined, warn: () => undefined },
  );
  const pedestal = (stage: ConstantsStage, pixel: number) =>
    pedestals.get(`${stage} ${Math.floor(pixel / MODULE_PIXELS)}`)?.[pixel % MODULE_PIXELS] as number;
  return { pedestal, masked };
}

test.serial("darks of three stages have the detector's pedestals, and mask its bad pixels", async (t) => {
  const { folder, source, faults } = await darkDetector(t, "--dark", "--frames", "75");
  const out = join(folder, "darks");
  const truth = ["dark_m0.h5", "dark_m1.h5"].map((name) => join(folder, name));
  const compare = truth.flatMap((path) => ["--compare", path]);
  const dark = new Command(t, [
    "dark",
    source,
    "--out",
    out,
    ...COUNTS,
    ...compare,
    "--json",
    "--monitor-yaml",
  ]);
  t.is(await dark.ended(), 0, dark.stderr);
  const report = JSON.parse(dark.stdout[0] ?? "");
  t.is(report.modules.length, 6);
  for (const { stage, frames, rms, shift, bad_pixels: bad } of report.modules) {
    t.true(frames >= 60);
    t.true(
      Math.abs(shift) < 0.2 && Math.abs(rms - (stage === "g0" ? 8 : 2.5)) < 0.3,
      `${stage} ${shift} ${rms}`,
    );
    t.true(bad > 2500 && bad < 4000);
  }
  t.true(report.refused.notDark >= 2);
  t.deepEqual(report.files, [join(out, "pedestal.h5"), join(out, "monitor.yaml")]);

  const [made, simulated] = [await constantsIn(join(out, "pedestal.h5")), await constantsIn(...truth)];
  const bad = Object.values(faults).flat();
  t.true(bad.length > 6000);
  t.deepEqual(
    bad.filter((pixel) => made.masked[pixel] === 0),
    [],
  );
  const goodMasked = made.masked.reduce((sum, value) => sum + value, 0) - bad.length;
  t.true(goodMasked < 10, `${goodMasked}`);
  for (const stage of ["g0", "g1", "g2"] as const) {
    for (const pixel of [100, 700_000]) {
      if (bad.includes(pixel)) continue;
      t.true(Math.abs(made.pedestal(stage, pixel) - simulated.pedestal(stage, pixel)) < 6);
    }
  }

  const parameters = readMonitorParameters(join(out, "monitor.yaml"));
  t.is(parameters.getParameterGroup({ group: "data_retrieval_layer" }).detector_units, "adu");
  const check = new Command(t, ["check", "-c", join(out, "monitor.yaml")]);
  t.is(await check.ended(), 0, check.stdout.join("\n"));

  const again = new Command(t, ["dark", source, "--out", out]);
  t.is(await again.ended(), 2);
  t.regex(
    again.stderr,
    /HOST_OUTPUT_FAILED: .* holds pedestal\.h5 already\. Choose another folder .*--force/,
  );
});

test.serial("a run of pedestalmode ends by itself, and OM's files are what a monitor reads", async (t) => {
  const { folder, source, faults } = await darkDetector(t, "--pedestalmode", "4,30");
  const out = join(folder, "darks");
  const dark = new Command(t, ["dark", source, "--out", out, "--skip", "8", "--format", "om"]);
  t.is(await dark.ended(), 0, dark.stderr);
  const table = dark.stdout.join("\n");
  t.regex(table, /^ +0 +G0 +1[67]\d +2[45]\d\d/m);
  t.regex(table, /^ +1 +G2 +30 +13[89]\d\d/m);
  const names = ["dark_m0.h5", "dark_m1.h5"];
  const made = await constantsIn(...names.map((name) => join(out, name)));
  const check = new Command(t, ["check", "-c", join(folder, "monitor.yaml")]);
  await check.ended();
  t.regex(check.stdout.join("\n"), /averages of int16 words with gain bits/);
  const simulated = await constantsIn(...names.map((name) => join(folder, name)));
  for (const stage of ["g0", "g1", "g2"] as const) {
    t.true(Math.abs(made.pedestal(stage, 5000) - simulated.pedestal(stage, 5000)) < 8);
    t.true(Number.isNaN(made.pedestal(stage, faults.noNoise?.[0] as number)));
  }
});

test.serial("Ctrl-C keeps what there is, and says that it is not all", async (t) => {
  const { folder, source } = await darkDetector(t, "--dark");
  const dark = new Command(t, ["dark", source, "--out", join(folder, "darks"), "--skip", "5"]);
  await dark.line(/^G0 [1-9]\d* of 1000, \d+ pixels without; G1 0 of 1000; G2 0 of 1000/);
  dark.interrupt();
  t.is(await dark.ended(), 0, dark.stderr);
  t.regex(dark.stderr, /ended before every stage had 1000 frames\. The frames so far are used\./);
  const { pedestal } = await constantsIn(join(folder, "darks", "pedestal.h5"));
  t.true(pedestal("g0", 5000) > 1000);
});

test.serial("without a dark frame nothing is written, and older files stay", async (t) => {
  const folder = await temporaryFolder(t);
  const old = join(folder, "pedestal.h5");
  await writeFile(old, "old");
  const args = ["dark", "tcp://127.0.0.1:9,tcp://127.0.0.1:10", "--out", folder];
  const refused = new Command(t, args);
  t.is(await refused.ended(), 2);
  const dark = new Command(t, [...args, "--force"]);
  await dark.line(/^G0 0 of 1000/);
  dark.interrupt();
  t.is(await dark.ended(), 1);
  t.regex(dark.stderr, /No dark frame was counted: none arrived\. Nothing was written\./);
  t.is(await readFile(old, "utf8"), "old");
});

test.serial("a host that does not exist is told before anything is opened", async (t) => {
  const folder = await temporaryFolder(t);
  const dark = new Command(t, ["dark", "tcp://127.0.0.1:9,tcp://nobody.invalid:10", "--out", folder]);
  t.is(await dark.ended(), 2);
  t.regex(dark.stderr, /^error STREAM_UNKNOWN_HOST: /m);
});

for (const [args, message] of [
  [["--stages", "g3"], /Write one or more of g0,g1,g2,hg0/],
  [["--wrong-limit", "2"], /Write a number from 0 to 1/],
  [["--compare", "none.h5"], /--compare none\.h5 does not exist/],
] as const) {
  test.serial(`dark ${args.join(" ")} is wrong usage`, async (t) => {
    const folder = await temporaryFolder(t);
    const dark = new Command(t, ["dark", "tcp://127.0.0.1:9,tcp://127.0.0.1:10", "--out", folder, ...args]);
    t.is(await dark.ended(), 2);
    t.regex(dark.stderr, message);
  });
}
