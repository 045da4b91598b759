import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readlinkSync } from "node:fs";
import { cp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import test from "ava";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { openRecording } from "../../src/recordings/formats.js";
import type { Recording } from "../../src/recordings/recording.js";
import { foldersWith, temporaryFolder } from "../helpers/constants-files.js";
import { codesAndMessages } from "../helpers/faults.js";
import { LOST, unpackReal, wordsOf, writeSlsHdf5Run } from "../helpers/hdf5-recordings.js";
import { integerType, writeRawHdf5 } from "../helpers/raw-hdf5.js";

const folderWithRun = foldersWith((folder) => writeSlsHdf5Run(folder));

async function withRecording<T>(path: string, use: (recording: Recording) => Promise<T>): Promise<T> {
  const recording = await openRecording(path, JUNGFRAU_1M);
  try {
    return await use(recording);
  } finally {
    recording.close();
  }
}

/** Each exposure's number, and of each port what its words are: the port that wrote them, or missing. */
function contentsOf(path: string) {
  return withRecording(path, async (recording) => {
    const contents: (readonly [string, ...string[]])[] = [];
    for (let index = 0; index < recording.length; index++) contents.push(await contentOf(recording, index));
    return contents;
  });
}

async function contentOf(recording: Recording, index: number) {
  const { frames } = await recording.read(index);
  const number = Number(recording.numberOf(index));
  const words = frames.map(({ raw, rows, missing, complete, frameNumber }) => {
    if (Number(frameNumber) !== number) return `of frame ${frameNumber}`;
    if (missing) return "missing";
    // Its first word names the port that wrote it, and all its words are compared.
    const port = (raw[1] as number) >> 4;
    const isOfPort = Buffer.from(wordsOf(number, port, rows).buffer).equals(raw);
    return `${isOfPort ? port : undefined}${complete ? "" : " incomplete"}`;
  });
  return [String(number), ...words] as const;
}

/** Files in a folder that this process has open, where the system tells. */
function openFilesOf(folder: string): string[] {
  const descriptors = existsSync("/proc/self/fd") ? readdirSync("/proc/self/fd") : [];
  return descriptors.flatMap((descriptor) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${descriptor}`);
      return path.startsWith(folder) ? [path] : [];
    } catch {
      return []; // the one that listed them
    }
  });
}

const WHOLE = [
  ["11", "0", "1"],
  ["12", "0", "1"],
  ["13", "0", "1"],
] as const;

for (const file of ["run_master_1.h5", "run_virtual_1.h5", "run_d0_f0_1.h5", "run_d1_f0_1.h5"]) {
  test(`${file} of a real receiver names its run`, async (t) => {
    const folder = await temporaryFolder(t);
    if (!unpackReal("v920.tar.gz", folder)) {
      t.pass("recordings of a real receiver are not here");
      return;
    }
    await withRecording(join(folder, "v920", file), async (recording) => {
      t.is(recording.format, "slsReceiver HDF5, master 6.6");
      t.is(recording.portCount, 2);
      t.deepEqual(recording.notes, []);
      t.is(recording.startSeconds, Date.parse("26 Nov 2026 18:55:35") / 1000);
      t.is(recording.length, 4);
      for (let index = 0; index < recording.length; index++) {
        const { frames, timestampSeconds } = await recording.read(index);
        t.deepEqual(
          frames.map(({ frameNumber, complete, raw }) => [frameNumber, complete, crc32(raw)]),
          [0, 1].map(() => [BigInt(51 + index), true, 152_031_681]),
        );
        t.is(timestampSeconds.toFixed(6), (recording.startSeconds + index * 0.1).toFixed(6));
      }
    });
  });
}

test("any file names its run, also in another folder, and one whose master does not tell", async (t) => {
  const folder = await folderWithRun(t);
  for (const file of ["run_master_1.h5", "run_d0_f0_1.h5", "run_d1_f0_1.h5"]) {
    t.deepEqual(await contentsOf(join(folder, file)), WHOLE, file);
  }
  await rm(join(folder, "run_master_1.h5"));
  t.deepEqual(await contentsOf(join(folder, "run_d1_f0_1.h5")), WHOLE);
});

test("links lead to the files beside the one that was named, whatever folder they tell", async (t) => {
  const folder = await folderWithRun(t);
  await writeRawHdf5(join(folder, "run_virtual_1.h5"), {
    data: {
      type: integerType(2),
      shape: [3, 1024, 1024],
      sourceFile: "/data/gone/run_d1_f0_1.h5",
      sourceDataset: "/data",
    },
  });
  await withRecording(join(folder, "run_master_1.h5"), async ({ notes }) => t.deepEqual(notes, []));
  t.deepEqual(await contentsOf(join(folder, "run_virtual_1.h5")), WHOLE);
});

test("what the headers say is what a stream's headers say", async (t) => {
  const folder = await temporaryFolder(t);
  for (const release of [6, 9, 10] as const) {
    await writeSlsHdf5Run(folder, {
      release,
      daqInfo: 0x3001,
      packets: (number) => (number === 12 ? 127 : 128),
    });
    await withRecording(join(folder, "run_master_1.h5"), async (recording) => {
      const [first, second] = [await recording.read(0), await recording.read(1)];
      const [frame] = first.frames;
      t.deepEqual(frame?.gainMode, { highGain: true, fixedStage: undefined, forcedStage: 2 });
      t.is(frame?.timestampTicks, 1000n);
      const header = JSON.parse(Buffer.from(frame?.header ?? []).toString());
      t.like(header, {
        frameNumber: 11,
        detSpec1: 7011,
        expLength: 100,
        packetNumber: 128,
        detSpec3: 0x3001,
        modId: 1234,
      });
      t.deepEqual(
        [first, second].map(({ frames }) => frames.map(({ complete }) => complete)),
        [
          [true, true],
          [false, false],
        ],
      );
      t.is((second.timestampSeconds - first.timestampSeconds).toFixed(6), "0.010000", "10 ms in ticks");
      t.is(recording.startSeconds, Date.parse("26 Nov 2026 18:55:35") / 1000);
    });
  }
});

test("runs of several files, found by number in any order", async (t) => {
  const folder = await temporaryFolder(t);
  await writeSlsHdf5Run(folder, { frameNumbers: [41, 42, 43, 44, 45], framesPerFile: 2 });
  const path = join(folder, "run_d0_f1_1.h5");
  t.deepEqual(
    await contentsOf(path),
    ["41", "42", "43", "44", "45"].map((number) => [number, "0", "1"] as const),
  );
  await withRecording(path, async (recording) => {
    t.is(await recording.indexOf(45n), 4);
    t.is(await recording.indexOf(46n), undefined);
    t.is(await recording.indexFrom(0n), 0);
    t.is(await recording.indexFrom(46n), 5);
    // Also when several are asked for at once.
    const numbers = [4, 0, 3, 1, 2, 4].map((index) => contentOf(recording, index));
    t.deepEqual(
      (await Promise.all(numbers)).map(([number]) => number),
      ["45", "41", "44", "42", "43", "45"],
    );
    await t.throwsAsync(recording.read(5), { instanceOf: RangeError });
  });
  t.deepEqual(openFilesOf(folder), []);
});

test("frames that a port has lost are missing, and not those that follow them", async (t) => {
  const folder = await temporaryFolder(t);
  await writeSlsHdf5Run(folder, { frameNumbers: [11, LOST, 13, 14] });
  // The other port began one frame later, so the same numbers lie at other places.
  const other = await temporaryFolder(t);
  await writeSlsHdf5Run(other, { frameNumbers: [12, 13, 14] });
  await cp(join(other, "run_d1_f0_1.h5"), join(folder, "run_d1_f0_1.h5"));
  const path = join(folder, "run_master_1.h5");
  t.deepEqual(await contentsOf(path), [
    ["11", "0", "missing"],
    ["12", "missing", "1"],
    ["13", "0", "1"],
    ["14", "0", "1"],
  ]);
  await withRecording(path, async (recording) => {
    const missed = [];
    for (const index of [0, 1, 2, 3]) missed.push((await recording.read(index)).missed);
    t.deepEqual(missed, [1, 2, 2, 2]);
  });
  await withRecording(path, async ({ notes }) =>
    t.true(notes.includes("'run_d0_f0_1.h5': 1 of 4 frames were not written."), notes.join("\n")),
  );
});

test("a detector may count from 0", async (t) => {
  const folder = await temporaryFolder(t);
  await writeSlsHdf5Run(folder, { frameNumbers: [0, 1] });
  t.deepEqual(await contentsOf(join(folder, "run_master_1.h5")), [
    ["0", "0", "1"],
    ["1", "0", "1"],
  ]);
});

test("ports lie where their headers say", async (t) => {
  const folder = await temporaryFolder(t);
  await writeSlsHdf5Run(folder, {
    frameNumbers: [1],
    positions: [
      [1, 0],
      [0, 0],
    ],
  });
  t.deepEqual(await contentsOf(join(folder, "run_master_1.h5")), [["1", "1", "0"]]);
  await writeSlsHdf5Run(folder, {
    frameNumbers: [1],
    positions: [
      [0, 1],
      [0, 0],
    ],
  });
  t.deepEqual(await contentsOf(join(folder, "run_master_1.h5")), [["1", "1", "0"]]);
  await writeSlsHdf5Run(folder, {
    frameNumbers: [1],
    positions: [
      [0, 0],
      [0, 0],
    ],
  });
  t.deepEqual(await contentsOf(join(folder, "run_master_1.h5")), [["1", "0", "1"]]);
});

test("four ports of 256 rows", async (t) => {
  const folder = await temporaryFolder(t);
  const positions = [0, 1, 2, 3].map((row) => [row, 0] as const);
  await writeSlsHdf5Run(folder, { frameNumbers: [5, 6], rows: 256, positions });
  const path = join(folder, "run_master_1.h5");
  t.deepEqual(await contentsOf(path), [
    ["5", "0", "1", "2", "3"],
    ["6", "0", "1", "2", "3"],
  ]);
  await rm(join(folder, "run_d2_f0_1.h5"));
  t.deepEqual((await contentsOf(path))[0], ["5", "0", "1", "missing", "3"]);
});

test("a run goes on without the file of a module", async (t) => {
  const folder = await folderWithRun(t);
  await rm(join(folder, "run_d1_f0_1.h5"));
  const path = join(folder, "run_master_1.h5");
  t.deepEqual(
    await contentsOf(path),
    WHOLE.map(([number, top]) => [number, top, "missing"] as const),
  );
  await withRecording(path, async ({ notes }) =>
    t.is(
      notes.at(-1),
      "Port 1 of 2, counted from the top, has no frames: they are missing in each exposure.",
    ),
  );
});

test("a file that a link names is not opened if it is no regular file", async (t) => {
  const folder = await folderWithRun(t);
  execFileSync("mkfifo", [join(folder, "run_virtual_1.h5")]);
  await withRecording(join(folder, "run_master_1.h5"), async ({ notes, length }) => {
    t.is(length, 3);
    t.deepEqual(notes, [
      "'/data/gone/run_virtual_1.h5', which the master links to, is not a regular file: the data files are found by their names.",
    ]);
  });
  await rename(join(folder, "run_virtual_1.h5"), join(folder, "run_d2_f0_1.h5"));
  await withRecording(join(folder, "run_d0_f0_1.h5"), async ({ notes }) =>
    t.true(notes.includes("'run_d2_f0_1.h5' is not a regular file: its frames are missing.")),
  );
});

test("links that lead elsewhere are not followed", async (t) => {
  const folder = await folderWithRun(t);
  const outside = await folderWithRun(t);
  const { withLibrary } = await import("../helpers/unusual-files.js");
  const path = join(folder, "images.h5");
  await withLibrary(path, (file) => {
    file.create_external_link(join(outside, "run_d0_f0_1.h5"), "/data", "/data");
    file.create_external_link(join(outside, "run_d0_f0_1.h5"), "/frame number", "/frame number");
  });
  t.deepEqual(await codesAndMessages(openRecording(path, JUNGFRAU_1M)), [
    [
      "RECORDING_FORMAT",
      `'${path}': /data is a link into another file, '${join(outside, "run_d0_f0_1.h5")}'. Name that file, or write the numbers ` +
        "into this one.",
    ],
  ]);
});

test("exposures are added that the receiver has written since, and those before keep their places", async (t) => {
  const folder = await temporaryFolder(t);
  const later = await temporaryFolder(t);
  await writeSlsHdf5Run(folder, { frameNumbers: [1, 2] });
  await writeSlsHdf5Run(later, { frameNumbers: [1, 2, 3, 4], framesPerFile: 2 });
  await withRecording(join(folder, "run_master_1.h5"), async (recording) => {
    t.is(recording.length, 2);
    for (const port of [0, 1])
      await cp(join(later, `run_d${port}_f1_1.h5`), join(folder, `run_d${port}_f1_1.h5`));
    t.deepEqual(await contentOf(recording, 1), ["2", "0", "1"]);
    t.is(recording.length, 4);
    t.deepEqual(await contentOf(recording, 3), ["4", "0", "1"]);
    t.deepEqual(await contentOf(recording, 0), ["1", "0", "1"]);
  });
});

test("other HDF5, other detectors and cut images are refused by name", async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, "dark.h5");
  await writeRawHdf5(path, { gain0: { type: integerType(2), shape: [1, 1], data: new Uint8Array(2) } });
  const refused = async (file = path) => (await codesAndMessages(openRecording(file, JUNGFRAU_1M)))[0];
  const [code, message = ""] = (await refused()) ?? [];
  t.is(code, "RECORDING_FORMAT");
  t.regex(message, /neither \/entry\/data of a master, nor \/data of images/);
  await writeSlsHdf5Run(folder, { rows: 128, name: "roi" });
  t.regex(
    (await refused(join(folder, "roi_master_1.h5")))?.[1] ?? "",
    /frames of a JUNGFRAU 1M's port have 512 or 256 × 1024/,
  );
  const positions = [0, 1, 2].map((row) => [row, 0] as const);
  await writeSlsHdf5Run(folder, { positions, name: "large", frameNumbers: [1] });
  t.regex(
    (await refused(join(folder, "large_master_1.h5")))?.[1] ?? "",
    /3 ports of 512 rows, but a JUNGFRAU 1M has 2/,
  );
});

for (const file of ["run_master_1.h5", "run_d0_f0_1.h5"]) {
  test(`${file} cut anywhere gives whole frames, or says what is wrong`, async (t) => {
    const folder = await folderWithRun(t);
    const path = join(folder, file);
    const bytes = await readFile(path);
    let opened = 0;
    for (let step = 0; step < 50; step++) {
      await writeFile(path, bytes.subarray(0, Math.floor((bytes.length * step) / 50)));
      const contents = await contentsOf(path).catch((error: { code: string }) => error.code);
      if (typeof contents === "string") {
        t.regex(contents, /^RECORDING_(?:FORMAT|DAMAGED|NOT_READABLE)$/, `${step}`);
        continue;
      }
      opened += 1;
      for (const [index, [number, top = "", bottom]] of contents.entries()) {
        t.is(number, String(11 + index));
        t.true(["0", "missing"].includes(top), `${step}: ${top}`);
        t.is(bottom, "1");
      }
      await withRecording(path, async ({ notes }) =>
        t.regex(notes.join(" "), /truncated or damaged/, `${step}`),
      );
    }
    t.true(opened > 40, `opened ${opened}`);
  });
}

test("a frame that is damaged costs that frame alone", async (t) => {
  const folder = await temporaryFolder(t);
  // Longer than what HDF5 holds back until it closes the file.
  const frameNumbers = Array.from({ length: 20 }, (_, index) => index + 1);
  await writeSlsHdf5Run(folder, { frameNumbers });
  const path = join(folder, "run_d0_f0_1.h5");
  const bytes = await readFile(path);
  const image = bytes.indexOf(Buffer.from(wordsOf(7, 0).buffer));
  t.true(image > 0);
  // The index of the chunks of later frames is behind the images: only the middle of the file is taken away.
  await withRecording(path, async (recording) => {
    await writeFile(path, bytes.subarray(0, image + 1000));
    t.deepEqual(await contentOf(recording, 5), ["6", "0", "1"]);
    const error = await t.throwsAsync(recording.read(6));
    t.like(error, { name: "RecordingError", code: "RECORDING_DAMAGED" });
    await writeFile(path, bytes);
    t.deepEqual(await contentOf(recording, 7), ["8", "0", "1"]);
  });
});
