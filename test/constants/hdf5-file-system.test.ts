import { execFileSync } from "node:child_process";
import { copyFile, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { openIncomplete } from "../../src/constants/hdf5-file-system.js";
import { hdf5Library } from "../../src/constants/hdf5-library.js";
import { writeHdf5 } from "../../src/constants/hdf5-write.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { withLibrary } from "../helpers/unusual-files.js";

const ROWS = 100;

/** A file whose last dataset lies behind the first. */
async function writeTwo(path: string): Promise<void> {
  const data = new Uint16Array(ROWS * 1024).fill(7);
  await writeHdf5(path, { first: { data, shape: [ROWS, 1024] }, last: { data, shape: [ROWS, 1024] } });
}

test("of a cut file, what is there is read, and what is not fails instead of being zeros", async (t) => {
  const path = join(await temporaryFolder(t), "cut.h5");
  await writeTwo(path);
  const { length } = await readFile(path);
  await truncate(path, length - 1000);
  const library = await hdf5Library();
  t.throws(() => new library.File(path, "r"), { message: /truncated file/ });

  const file = openIncomplete(() => new library.File(path, "r"));
  const read = (name: string) => {
    const dataset = file.get(name);
    return dataset !== null && "slice" in dataset ? dataset.slice([[ROWS - 1, ROWS]]) : undefined;
  };
  t.deepEqual(read("first"), new Uint16Array(1024).fill(7));
  t.throws(() => read("last"), { message: /file read failed|Read failed/i });
  file.close();
});

test("a file that was incomplete is read anew when it is opened again", async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, "grows.h5");
  await writeTwo(join(folder, "whole.h5"));
  await writeFile(path, (await readFile(join(folder, "whole.h5"))).subarray(0, 3000));
  const library = await hdf5Library();
  // Not closed: HDF5 does not let go of a damaged file either.
  const before = openIncomplete(() => new library.File(path, "r"));
  await copyFile(join(folder, "whole.h5"), path);
  const after = openIncomplete(() => new library.File(path, "r"));
  const dataset = after.get("last");
  t.is(dataset !== null && "value" in dataset ? (dataset.value as Uint16Array)[0] : undefined, 7);
  after.close();
  before.close();
});

test("a pipe that a file names is not opened", async (t) => {
  const folder = await temporaryFolder(t);
  execFileSync("mkfifo", [join(folder, "pipe")]);
  const path = join(folder, "links.h5");
  await withLibrary(path, (file) => {
    file.create_external_link("pipe", "/data", "outside");
  });
  const { File } = await hdf5Library();
  const file = new File(path, "r");
  t.throws(() => file.get("outside/data"));
  file.close();
});
