import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { FileWatch } from "../../src/host/index.js";
import { temporaryFolder } from "../helpers/constants-files.js";

test("a file has changed when it is another than at the start, and the same at two looks", async (t) => {
  const folder = await temporaryFolder(t);
  const [one, other] = [join(folder, "one"), join(folder, "other")];
  await writeFile(one, "1");
  await writeFile(other, "1");
  const watch = await FileWatch.of([one, other]);
  t.deepEqual(await watch.changed(), []);
  await writeFile(one, "12");
  t.deepEqual(await watch.changed(), [], "it may be being written");
  await writeFile(one, "123");
  t.deepEqual(await watch.changed(), [], "it was");
  t.deepEqual(await watch.changed(), [one]);
  t.deepEqual(await watch.changed(), [], "that was said");
});

test("a file of the same size in its place is another; one that is gone is waited for", async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, "dark.h5");
  await writeFile(path, "1");
  const watch = await FileWatch.of([path]);
  await writeFile(`${path}.part`, "2");
  await rename(`${path}.part`, path);
  await watch.changed();
  t.deepEqual(await watch.changed(), [path]);
  await rm(path);
  t.deepEqual([await watch.changed(), await watch.changed()], [[], []]);
  await writeFile(path, "34");
  await watch.changed();
  t.deepEqual(await watch.changed(), [path]);
});

test("what is about to be read is known", async (t) => {
  const path = join(await temporaryFolder(t), "dark.h5");
  await writeFile(path, "1");
  const watch = await FileWatch.of([path]);
  await writeFile(path, "12");
  await watch.accept();
  t.deepEqual([await watch.changed(), await watch.changed()], [[], []]);
});
