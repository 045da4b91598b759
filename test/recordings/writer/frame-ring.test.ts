import { readdir } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { DiskFolder, FrameRing } from "../../../src/recordings/index.js";
import type { ModuleFrame } from "../../../src/stream/index.js";
import { temporaryFolder } from "../../helpers/constants-files.js";
import { aModuleFrame, modulePayload } from "../../helpers/module-frames.js";
import { readRawFile } from "../../helpers/raw-reader.js";

const IMAGE_BYTES = 2 ** 20;

/** Both ports of an exposure; the words tell which. */
function exposure(frameNumber: number, fields: Partial<ModuleFrame> = {}): ModuleFrame[] {
  return [0, 1].map((portIndex) =>
    aModuleFrame({
      portIndex,
      frameNumber: BigInt(frameNumber),
      raw: modulePayload(1000 * portIndex + frameNumber),
      ...(portIndex === 1 && fields),
    }),
  );
}

test("the last frames are saved, as copies, and again under another number", async (t) => {
  const path = await temporaryFolder(t);
  const ring = new FrameRing(3);
  t.is(await ring.save(new DiskFolder(path), 10), undefined, "nothing is held yet");
  for (const number of [1, 2, 3, 4, 5]) {
    const frames = exposure(number);
    ring.add(frames);
    for (const { raw } of frames) raw.fill(0); // its memory is given back
  }
  t.deepEqual(await ring.save(new DiskFolder(path), 10), {
    path: join(path, "kept_master_0.json"),
    exposures: 3,
  });
  for (const port of [0, 1]) {
    const frames = readRawFile(join(path, `kept_d${port}_f0_0.raw`), IMAGE_BYTES);
    t.deepEqual(
      frames.map(({ frameNumber }) => Number(frameNumber)),
      [3, 4, 5],
    );
    for (const { frameNumber, image } of frames)
      t.true(image.equals(modulePayload(1000 * port + Number(frameNumber))));
  }
  ring.add(exposure(6));
  t.deepEqual(await ring.save(new DiskFolder(path), 10), {
    path: join(path, "kept_master_1.json"),
    exposures: 3,
  });
  const again = readRawFile(join(path, "kept_d0_f0_1.raw"), IMAGE_BYTES);
  t.deepEqual(
    again.map(({ frameNumber }) => Number(frameNumber)),
    [4, 5, 6],
  );
});

test("missing frames are left out, and numbers that begin again begin another run", async (t) => {
  const path = await temporaryFolder(t);
  const ring = new FrameRing(10);
  ring.add(exposure(7));
  ring.add(exposure(8, { missing: true }));
  ring.add(exposure(1));
  t.like(await ring.save(new DiskFolder(path), 10), { path: join(path, "kept_master_1.json") });
  const numbers = (file: string) =>
    readRawFile(join(path, file), IMAGE_BYTES).map(({ frameNumber }) => Number(frameNumber));
  t.deepEqual(["kept_d0_f0_0.raw", "kept_d1_f0_0.raw", "kept_d0_f0_1.raw", "kept_d1_f0_1.raw"].map(numbers), [
    [7, 8],
    [7],
    [1],
    [1],
  ]);
});

test("who asks while frames are written gets the same recording, and what comes meanwhile is not kept", async (t) => {
  const path = await temporaryFolder(t);
  const ring = new FrameRing(2);
  ring.add(exposure(1));
  const first = ring.save(new DiskFolder(path), 10);
  const second = ring.save(new DiskFolder(path), 10);
  ring.add(exposure(2));
  t.deepEqual(await first, await second);
  t.is((await readdir(path)).filter((name) => name.includes("master")).length, 1);
  t.like(await ring.save(new DiskFolder(path), 10), { exposures: 1 });
});

test("a folder that is gone is an error, and the frames are still held", async (t) => {
  const ring = new FrameRing(2);
  ring.add(exposure(1));
  await t.throwsAsync(ring.save(new DiskFolder("/proc/nowhere"), 10), { code: "RECORDING_CANNOT_WRITE" });
  t.like(await ring.save(new DiskFolder(await temporaryFolder(t)), 10), { exposures: 1 });
});
