import { join } from "node:path";
import test from "ava";
import { readConstants } from "../../src/constants/read-constants.js";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { CollectedConstants } from "../helpers/calibrators.js";
import {
  constantsFiles,
  OTHER_PEDESTALS,
  PEDESTALS,
  RecordedNotes,
  temporaryFolder,
  writeDarkFile,
} from "../helpers/constants-files.js";
import { writeFiltered } from "../helpers/unusual-files.js";

// In a file of its own, as a process looks for plugins from the first file on that needs one.
test("HDF5 looks for plugins once a file needs one, and not before", async (t) => {
  const folder = await temporaryFolder(t);
  const library = await (await import("h5wasm/node")).ready;
  const isProvided = () => library.get_plugin_search_paths().some((path) => path.includes("h5wasm-plugins"));
  const read = (name: string) =>
    readConstants(
      JUNGFRAU_1M,
      constantsFiles(folder, [name, "other.h5"], []),
      new CollectedConstants(),
      new RecordedNotes(),
    );
  await writeDarkFile(join(folder, "plain.h5"), PEDESTALS);
  await writeDarkFile(join(folder, "other.h5"), OTHER_PEDESTALS);
  const maps = PEDESTALS.map((map, stage) => [`gain${stage}`, { data: map, shape: [512, 1024] }] as const);
  await writeFiltered(join(folder, "lzf.h5"), Object.fromEntries(maps), [32000]);

  await read("plain.h5");
  t.false(isProvided());
  await read("lzf.h5");
  t.true(isProvided());
});
