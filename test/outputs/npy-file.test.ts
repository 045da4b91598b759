import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import test from "ava";

import { encodeNpy, type NpyArray } from "../../src/host/npy.js";
import { writeNpy } from "../../src/outputs/npy-file.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { inPackage } from "../helpers/package-root.js";

const ARRAY: NpyArray = { dtype: "uint16", shape: [1, 2], data: Uint16Array.of(1, 2) };

/** As a file system without hard links answers, or one that changes owners. */
const refuseLink = () => Promise.reject(Object.assign(new Error("EPERM"), { code: "EPERM" }));

for (const [what, link] of [
  ["", undefined],
  [", also where there are no hard links", refuseLink],
] as const) {
  test(`an array takes the first name that is free, and leaves nothing else${what}`, async (t) => {
    const folder = await temporaryFolder(t);
    await writeFile(join(folder, "1.npy"), "kept");
    t.is(await writeNpy(folder, "1", ARRAY, link), "1-2.npy");
    t.is(await writeNpy(folder, "1", ARRAY, link), "1-3.npy");
    t.deepEqual((await readdir(folder)).sort(), ["1-2.npy", "1-3.npy", "1.npy"]);
    t.is(await readFile(join(folder, "1.npy"), "utf8"), "kept");
    t.deepEqual(await readFile(join(folder, "1-2.npy")), Buffer.from(encodeNpy(ARRAY)));
  });

  test(`of two that write the same name at the same time each gets its own${what}`, async (t) => {
    const folder = await temporaryFolder(t);
    const writes = Array.from({ length: 20 }, () => writeNpy(folder, "1", ARRAY, link));
    const names = await Promise.all(writes);
    t.is(new Set(names).size, 20);
    t.deepEqual((await readdir(folder)).sort(), names.sort());
  });
}

test("a folder that has gone is an error that names the file", async (t) => {
  const folder = join(await temporaryFolder(t), "gone");
  await t.throwsAsync(writeNpy(folder, "7", ARRAY), {
    code: "HOST_OUTPUT_FAILED",
    message: /^Cannot write '.*7\.npy': ENOENT/,
  });
});

test("a write that fails in the middle leaves no file, neither whole nor half", async (t) => {
  const folder = await temporaryFolder(t);
  const module = (path: string) => JSON.stringify(pathToFileURL(inPackage("dist/src", path)).href);
  const script = `
    import { writeNpy } from ${module("outputs/npy-file.js")};
    const data = new Float32Array(2 ** 20);
    const error = await writeNpy(process.argv[1], "1", { dtype: "float32", shape: [1024, 1024], data })
      .catch((error) => error);
    process.stdout.write(error.code + ": " + error.message);`;
  // The limit is in blocks of at most 1024 bytes; what goes beyond fails with EFBIG, as a full disk does with ENOSPC.
  const shell = ["-c", 'ulimit -f 1000; exec "$0" "$@"', process.execPath];
  const args = [...shell, "--input-type=module", "--eval", script, folder];
  const { stdout } = await promisify(execFile)("sh", args);
  t.regex(stdout, /^HOST_OUTPUT_FAILED: Cannot write '.*1\.npy': EFBIG.*Check that there is room/);
  t.deepEqual(await readdir(folder), []);
});
