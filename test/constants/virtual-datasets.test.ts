import { execFileSync } from "node:child_process";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import test from "ava";
import { hdf5Library } from "../../src/constants/hdf5-library.js";
import { writeHdf5 } from "../../src/constants/hdf5-write.js";
import { readMaskFile } from "../../src/constants/mask-file.js";
import { JUNGFRAU_1M, MODULE_PIXELS } from "../../src/detector.js";
import { RecordedNotes, temporaryFolder } from "../helpers/constants-files.js";
import { codesAndMessages } from "../helpers/faults.js";
import { irregularFiles } from "../helpers/irregular-files.js";
import { integerType, writeRawHdf5 } from "../helpers/raw-hdf5.js";

/** The pixel that the source's mask leaves out. */
const BAD = 77;

async function writeSource(path: string, name = "bad"): Promise<void> {
  const data = new Int16Array(MODULE_PIXELS);
  data[BAD] = 1;
  await writeHdf5(path, { [name]: { data, shape: [512, 1024], gzip: 1 } });
}

/** A file whose mask is a dataset of another. */
function writeVirtual(path: string, sourceFile: string, sourceDataset = "/bad", name = "pixel_mask") {
  return writeRawHdf5(path, {
    [name]: { type: integerType(2), shape: [512, 1024], sourceFile, sourceDataset },
  });
}

/** A file whose mask is the bytes of another. */
function writeExternal(path: string, externalFile: string, name = "pixel_mask") {
  return writeRawHdf5(path, { [name]: { type: integerType(2), shape: [512, 1024], externalFile } });
}

/**
 * A file of h5py, packed: /pixel_mask, [any number, 1024], takes 512 rows of each /pixel_mask in source0.h5, source1.h5 and so on.
 */
const NUMBERED =
  "H4sIAAAAAAACA+v0cHHj5ZLiYubgYICB/1DAIAHhG0DFHTs72f09XIKYFEwbObORcQWTELJGGOBiYmBkYGATZQBSXAWZFak58bmJxdmHYRbZM1" +
  "AKyhLac8BOUkR3EgMjowoDAxMTIyMDE1QxC5r3oHxmHgZGAaDvIcoEGFiBrmbm4uADamBmgIYKI4hYwzCkwJXbezczjIJRMApGwSgYBdiAu7O/" +
  "DyOk3kNUdEDQClMAEyjOLy1KTlVN0sswZUBU5QzMSEpAgAmKGV0YGOAVL1wGufZlQnUIIxoNq52/WV33R1IWwT8aZ6NgFIyCUTAKRsEoGAWjYB" +
  "SMglEwCkYBqQAAwCwrWwAYAAA=";

function readMask(path: string): Promise<Uint8Array> {
  const selection = { layout: JUNGFRAU_1M, moduleIndex: 0, isOnlyFile: false };
  return readMaskFile({ path, where: "mask.h5" }, selection, new RecordedNotes());
}

test("sources are found beside the file, by an absolute path, and beside the file that a link leads to", async (t) => {
  const folder = await temporaryFolder(t);
  await mkdir(join(folder, "run"));
  await writeSource(join(folder, "run", "source.h5"));
  const path = join(folder, "run", "virtual.h5");
  for (const name of ["source.h5", join(folder, "run", "source.h5"), "/nowhere/source.h5"]) {
    await writeVirtual(path, name);
    t.is((await readMask(path)).indexOf(1), BAD, name);
  }
  await writeVirtual(path, "source.h5");
  await symlink(path, join(folder, "link.h5"));
  t.is((await readMask(join(folder, "link.h5"))).indexOf(1), BAD);
});

test("a source in the same file is read", async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, "virtual.h5");
  const data = new Uint8Array(2 * MODULE_PIXELS);
  data[2 * BAD] = 1;
  const [type, shape] = [integerType(2), [512, 1024]];
  await writeRawHdf5(path, {
    bad: { type, shape, data },
    pixel_mask: { type, shape, sourceFile: ".", sourceDataset: "/bad" },
  });
  t.is((await readMask(path)).indexOf(1), BAD);
});

const REFUSED: readonly (readonly [
  what: string,
  write: (path: string, folder: string) => Promise<unknown>,
  code: string,
  message: string,
])[] = [
  [
    "is missing",
    (path) => writeVirtual(path, "gone.h5"),
    "CALIBRATION_FILE_NOT_READABLE",
    "mask.h5: /pixel_mask is a virtual dataset, and its source file 'gone.h5' does not exist. Copy that file to FOLDER, or write " +
      "the numbers into this file.",
  ],
  [
    "lacks the dataset",
    async (path, folder) => {
      await writeSource(join(folder, "source.h5"), "other");
      await writeVirtual(path, "source.h5");
    },
    "CALIBRATION_FILE_NOT_READABLE",
    "mask.h5: /pixel_mask is a virtual dataset, and its source file 'FOLDER/source.h5' has no dataset /bad. Copy the right file " +
      "there, or write the numbers into this file.",
  ],
  [
    "is a pipe that never answers",
    async (path, folder) => {
      execFileSync("mkfifo", [join(folder, "pipe")]);
      await writeVirtual(path, "pipe");
    },
    "CALIBRATION_FILE_NOT_READABLE",
    "mask.h5: /pixel_mask is a virtual dataset, and its source file 'pipe' cannot be read at FOLDER/pipe: it is a pipe " +
      "(FIFO), not a regular file. Copy the right file there, or write the numbers into this file.",
  ],
  [
    "is virtual itself, and its own source is missing",
    async (path, folder) => {
      await writeVirtual(join(folder, "middle.h5"), "gone.h5", "/bad", "bad");
      await writeVirtual(path, "middle.h5");
    },
    "CALIBRATION_FILE_NOT_READABLE",
    "mask.h5: /pixel_mask: source file 'middle.h5': /bad is a virtual dataset, and its source file 'gone.h5' does not exist. Copy that file to " +
      "FOLDER, or write the numbers into this file.",
  ],
  [
    "goes round in a circle",
    async (path, folder) => {
      await writeVirtual(join(folder, "other.h5"), "virtual.h5", "/pixel_mask", "bad");
      await writeVirtual(path, "other.h5");
    },
    "CALIBRATION_FORMAT",
    "whose sources refer to each other in a circle. Write the numbers into the file.",
  ],
  [
    "is itself",
    (path) => writeVirtual(path, "virtual.h5", "/pixel_mask"),
    "CALIBRATION_FORMAT",
    "mask.h5: /pixel_mask: source file 'virtual.h5': /pixel_mask is a virtual dataset whose sources refer to each other in a circle.",
  ],
  [
    "is itself, by another name",
    async (path, folder) => {
      await symlink(path, join(folder, "link.h5"));
      await writeVirtual(path, "link.h5", "pixel_mask");
    },
    "CALIBRATION_FORMAT",
    "mask.h5: /pixel_mask: source file 'link.h5': /pixel_mask is a virtual dataset whose sources refer to each other in a circle.",
  ],
  [
    "is virtual, and so are its sources, many times over",
    async (path, folder) => {
      for (let depth = 0; depth < 20; depth++)
        await writeVirtual(join(folder, `${depth}.h5`), `${depth + 1}.h5`, "/bad", "bad");
      await writeSource(join(folder, "20.h5"));
      await writeVirtual(path, "0.h5");
    },
    "CALIBRATION_FORMAT",
    "is a virtual dataset whose sources are virtual too, 8 files deep. Write the numbers into the file.",
  ],
  [
    "has a number in its name",
    async (path, folder) => {
      const virtual = gunzipSync(Buffer.from(NUMBERED, "base64"));
      await writeFile(path, virtual);
      await writeFile(join(folder, "source0.h5"), virtual); // its own source is what makes HDF5 abort
      await writeSource(join(folder, "source%b.h5"), "pixel_mask");
    },
    "CALIBRATION_FORMAT",
    "mask.h5: /pixel_mask is a virtual dataset whose source files have numbers in their names, 'source%b.h5'. Write the numbers",
  ],
  [
    "keeps its numbers in another file",
    async (path, folder) => {
      await writeExternal(join(folder, "source.h5"), "/etc/passwd", "bad");
      await writeVirtual(path, "source.h5");
    },
    "CALIBRATION_FORMAT",
    "mask.h5: /pixel_mask: source file 'source.h5': /bad takes its numbers from another file, '/etc/passwd', which is refused: it " +
      "is outside this file. Write the numbers into this file.",
  ],
  [
    "is cut short",
    async (path, folder) => {
      const source = join(folder, "source.h5");
      await writeSource(source);
      await writeFile(source, (await readFile(source)).subarray(0, 100));
      await writeVirtual(path, "source.h5");
    },
    "CALIBRATION_FILE_NOT_READABLE",
    "mask.h5: /pixel_mask is a virtual dataset, and its source file 'source.h5' cannot be read: ",
  ],
];

for (const [what, write, code, message] of REFUSED) {
  test(`a virtual dataset is refused whose source ${what}`, async (t) => {
    const folder = await temporaryFolder(t);
    const path = join(folder, "virtual.h5");
    await write(path, folder);
    const faults = await codesAndMessages(readMask(path));
    t.deepEqual(
      faults.map(([found]) => found),
      [code],
    );
    const text = faults[0]?.[1]?.replaceAll(folder, "FOLDER") ?? "";
    t.true(text.includes(message), text);
  });
}

test("external storage is refused, whatever it leads to", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "numbers"), Buffer.alloc(2 * MODULE_PIXELS));
  await writeSource(join(folder, "source.h5"));
  const irregular = (await irregularFiles(t)).map(([, file]) => file);
  const files = [join(folder, "numbers"), join(folder, "source.h5"), "/nowhere", ...irregular];
  for (const [number, file] of files.entries()) {
    const path = join(folder, `${number}.h5`);
    await writeExternal(path, file);
    const faults = await codesAndMessages(readMask(path));
    const message =
      `mask.h5: /pixel_mask takes its numbers from another file, '${file}', which is refused: it is outside this file. ` +
      "Write the numbers into this file.";
    t.deepEqual(faults, [["CALIBRATION_FORMAT", message]]);
  }
});

test("HDF5 opens no file by itself that is none of its own", async (t) => {
  const { File, ready } = await hdf5Library();
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "text"), "numbers");
  const reasons: [string, string][] = [
    ...(await irregularFiles(t))
      .slice(1)
      .map(([kind, file]): [string, string] => [file, `it is ${kind}, not a regular file`]),
    [join(folder, "text"), "it is not an HDF5 file"],
  ];
  await ready;
  for (const [number, [target, reason]] of reasons.entries()) {
    const path = join(folder, `${number}.h5`);
    const file = new File(path, "w");
    file.create_external_link(target, "/mask", "link");
    file.create_soft_link("/link", "pixel_mask");
    file.close();
    const faults = await codesAndMessages(readMask(path));
    t.deepEqual(
      faults.map(([code]) => code),
      ["CALIBRATION_FORMAT"],
    );
    const message = `mask.h5: /pixel_mask takes its numbers from another file, '${target}', which is refused: ${reason}.`;
    t.true(faults[0]?.[1]?.startsWith(message), faults[0]?.[1]);
  }
});
