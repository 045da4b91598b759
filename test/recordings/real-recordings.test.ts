import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { crc32 } from "node:zlib";
import test, { type ExecutionContext } from "ava";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { openRecording } from "../../src/recordings/index.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { SHARED } from "../helpers/recordings.js";

const FOLDER = join(SHARED, "recordings");

/** What a receiver of release 9.2 wrote; the figures are those of its README, the others were computed by Python. */
const real: [
  archive: string,
  files: readonly string[],
  numbers: readonly bigint[],
  checksums: readonly number[],
][] = [
  [
    "v920",
    ["run_master_0.json", "run_d0_f0_0.raw", "run_d1_f0_0.raw"],
    [41n, 42n, 43n, 44n],
    [152031681, 152031681],
  ],
  [
    "v920_4ports",
    ["run_master_0.json", "run_d2_f0_0.raw"],
    [5n, 6n, 7n],
    [3002068145, 794716743, 3002068145, 794716743],
  ],
];

async function unpacked(t: ExecutionContext, archive: string): Promise<string> {
  const folder = await temporaryFolder(t);
  await promisify(execFile)("tar", ["xzf", join(FOLDER, `${archive}.tar.gz`), "-C", folder]);
  return join(folder, archive);
}

for (const [archive, files, numbers, checksums] of existsSync(FOLDER) ? real : []) {
  test(`reads ${archive} as a receiver wrote it, by each of its files`, async (t) => {
    const folder = await unpacked(t, archive);
    const copy = await temporaryFolder(t);
    await cp(folder, copy, { recursive: true });
    for (const path of files.map((file) => join(copy, file))) {
      const recording = await openRecording(path, JUNGFRAU_1M);
      t.teardown(() => recording.close());
      t.deepEqual(recording.notes, []);
      t.is(recording.length, numbers.length);
      for (const [index, frameNumber] of numbers.entries()) {
        const { frames } = await recording.read(index);
        t.deepEqual(
          frames.map(({ raw }) => crc32(raw)),
          checksums,
        );
        t.true(frames.every((frame) => frame.complete && frame.frameNumber === frameNumber));
      }
    }
  });
}

test("real recordings are where the shared folder is", (t) => {
  t.is(existsSync(FOLDER), existsSync(join(FOLDER, "v920.tar.gz")));
});
