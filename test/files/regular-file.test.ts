import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import {
  NotRegularFileError,
  openRegularFile,
  openRegularFileHandle,
  readTextFile,
} from "../../src/files/regular-file.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { irregularFiles } from "../helpers/irregular-files.js";

test("folders, pipes, sockets and devices are refused at once", async (t) => {
  for (const [kind, path] of await irregularFiles(t)) {
    const expected = { instanceOf: NotRegularFileError, message: `it is ${kind}, not a regular file` };
    t.throws(() => openRegularFile(path), expected);
    t.throws(() => readTextFile(path, 10), expected);
    await t.throwsAsync(openRegularFileHandle(path), expected);
  }
});

test("a file is read to its end, and a larger one is refused before it", async (t) => {
  const path = join(await temporaryFolder(t), "text");
  await writeFile(path, "µ and more");
  t.is(readTextFile(path, 11).text, "µ and more");
  t.throws(() => readTextFile(path, 10), { message: "it holds more than 10 bytes" });
  await truncate(path, 1e12); // takes no room on the disk
  t.throws(() => readTextFile(path, 1000), { message: "it holds more than 1000 bytes" });
  t.regex(readTextFile("/proc/self/status", 100_000).text, /^Name:/); // has no size
});
