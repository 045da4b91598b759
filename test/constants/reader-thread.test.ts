import { join } from "node:path";
import test from "ava";
import { constantsReader } from "../../src/constants/index.js";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { CollectedConstants } from "../helpers/calibrators.js";
import {
  constantsFiles,
  OTHER_PEDESTALS,
  RecordedNotes,
  temporaryFolder,
  writeDarkFile,
} from "../helpers/constants-files.js";
import { writeSlowDarkFile } from "../helpers/raw-hdf5.js";

test("the thread that asks for constants goes on while they are read", async (t) => {
  const folder = await temporaryFolder(t);
  await writeSlowDarkFile(join(folder, "slow.h5"), 2000);
  await writeDarkFile(join(folder, "other.h5"), OTHER_PEDESTALS);
  const constants = new CollectedConstants();
  let turns = 0;
  const timer = setInterval(() => {
    turns += 1;
  }, 10);
  t.teardown(() => clearInterval(timer));
  const start = performance.now();
  await constantsReader(JUNGFRAU_1M)(
    constantsFiles(folder, ["slow.h5", "other.h5"], []),
    constants,
    new RecordedNotes(),
  );
  const tookMs = performance.now() - start;
  t.log(`${turns} turns in ${tookMs.toFixed(0)} ms`);
  t.true(turns > tookMs / 100);
  t.is(constants.pedestals[0], 2500);
});

test("what the taker of constants throws ends their reading", async (t) => {
  const folder = await temporaryFolder(t);
  await writeDarkFile(join(folder, "one.h5"), OTHER_PEDESTALS);
  const constants = new CollectedConstants();
  let taken = 0;
  constants.setPedestals = () => {
    taken += 1;
    throw new Error("no room");
  };
  const files = constantsFiles(folder, ["one.h5", "one.h5"], []);
  await t.throwsAsync(constantsReader(JUNGFRAU_1M)(files, constants, new RecordedNotes()), {
    message: "no room",
  });
  t.is(taken, 1);
});
