import { mkdir, open, readdir } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { DEFAULT_SCENE, makeScene, writeSceneFiles } from "../../src/simulator/index.js";
import { temporaryFolder } from "../helpers/constants-files.js";

const NAMES = ["dark_m0.h5", "dark_m1.h5", "gain_m0.bin", "gain_m1.bin", "monitor.yaml", "spots.json"];
const scene = makeScene({ ...DEFAULT_SCENE, imageCount: 1 });

test("files that are written again leave a reader the old ones, whole", async (t) => {
  const folder = await temporaryFolder(t);
  await writeSceneFiles(folder, scene);
  const old = await Promise.all(NAMES.map((name) => open(join(folder, name))));
  const before = await Promise.all(old.map((file) => file.readFile()));
  const other = makeScene({ ...DEFAULT_SCENE, imageCount: 1, seed: 2, photonEnergyKeV: 8 });
  await writeSceneFiles(folder, other);
  for (const [index, file] of old.entries()) {
    const name = NAMES[index] as string;
    const again = Buffer.alloc((before[index] as Buffer).length + 1);
    const { bytesRead } = await file.read(again, 0, again.length, 0);
    t.true(again.subarray(0, bytesRead).equals(before[index] as Buffer), name);
    const now = await open(join(folder, name));
    t.false((await now.readFile()).equals(before[index] as Buffer), name);
    await Promise.all([now.close(), file.close()]);
  }
  t.deepEqual((await readdir(folder)).sort(), NAMES);
});

test("a file that cannot be written leaves nothing beside it", async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, "gain_m0.bin"));
  await t.throwsAsync(writeSceneFiles(folder, scene), { code: "SIMULATOR_CANNOT_WRITE" });
  t.deepEqual((await readdir(folder)).sort(), ["dark_m0.h5", "gain_m0.bin"]);
});
