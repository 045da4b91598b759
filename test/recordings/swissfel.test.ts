import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { openRecording } from "../../src/recordings/formats.js";
import type { Recording } from "../../src/recordings/recording.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { codesAndMessages } from "../helpers/faults.js";
import { type SwissfelFileOptions, wordsOf, writeSwissfelFile } from "../helpers/hdf5-recordings.js";

async function withFile<T>(
  path: string,
  options: SwissfelFileOptions,
  use: (recording: Recording) => Promise<T>,
): Promise<T> {
  await writeSwissfelFile(path, options);
  const recording = await openRecording(path, JUNGFRAU_1M);
  try {
    return await use(recording);
  } finally {
    recording.close();
  }
}

/** The numbers of the frames whose words are theirs. */
async function numbersOf(recording: Recording): Promise<number[]> {
  const numbers: number[] = [];
  for (let index = 0; index < recording.length; index++) {
    const { frames } = await recording.read(index);
    const number = Number(recording.numberOf(index));
    const isWhole = frames.every(
      ({ raw, frameNumber }, port) =>
        Number(frameNumber) === number && Buffer.from(wordsOf(number, port).buffer).equals(raw),
    );
    numbers.push(isWhole ? number : Number.NaN);
  }
  return numbers;
}

for (const options of [{}, { columns: true }, { isCompressed: false }]) {
  test(`frames of both modules, ${JSON.stringify(options)}`, async (t) => {
    const folder = await temporaryFolder(t);
    await withFile(join(folder, "run_000041.JF01T03V01.h5"), options, async (recording) => {
      t.is(recording.format, "SwissFEL HDF5, JF01T03V01");
      t.is(recording.portCount, 2);
      t.deepEqual(recording.notes, []);
      t.deepEqual(await numbersOf(recording), [501, 502, 503]);
      t.is(await recording.indexOf(502n), 1);
      t.is(await recording.indexOf(500n), undefined);
      t.is(await recording.indexFrom(503n), 2);
      t.is(await recording.indexFrom(504n), 3);
      await t.throwsAsync(recording.read(3), { instanceOf: RangeError });
    });
  });
}

test("bad frames are incomplete, daq_rec is the gain mode, pulses are bunch ids and tell the time", async (t) => {
  const folder = await temporaryFolder(t);
  const options = { isGood: [1, 0, 1], daqRec: [0, 1, 0x3000], pulses: [1000, 1004, 1008] };
  await withFile(join(folder, "JF.h5"), options, async (recording) => {
    const exposures = await Promise.all([0, 1, 2].map((index) => recording.read(index)));
    const ofAll = <T>(value: (frame: (typeof exposures)[number]["frames"][number]) => T) =>
      exposures.map(({ frames }) => frames.map(value));
    t.deepEqual(
      ofAll(({ complete }) => complete),
      [
        [true, true],
        [false, false],
        [true, true],
      ],
    );
    t.deepEqual(
      ofAll(({ gainMode: { highGain, forcedStage } }) => [highGain, forcedStage]).map(([top]) => top),
      [
        [false, undefined],
        [true, undefined],
        [false, 2],
      ],
    );
    const headers = ofAll(({ header }) => JSON.parse(Buffer.from(header ?? []).toString()));
    t.deepEqual(
      headers.map(([top, bottom]) => [top.detSpec1, bottom.row, bottom.completeImage, top.packetNumber]),
      [
        [1000, 1, 1, 128],
        [1004, 1, 0, 0],
        [1008, 1, 1, 128],
      ],
    );
    t.deepEqual(
      exposures.map(({ timestampSeconds }) => (timestampSeconds - recording.startSeconds).toFixed(4)),
      ["0.0000", "0.0400", "0.0800"],
    );
  });
});

test("frames share their memory: it is given back with the last of them", async (t) => {
  const folder = await temporaryFolder(t);
  await withFile(join(folder, "JF.h5"), {}, async (recording) => {
    const { frames } = await recording.read(0);
    const [top, bottom] = frames;
    top?.release?.();
    top?.release?.();
    t.true(Buffer.from(wordsOf(501, 1).buffer).equals(bottom?.raw ?? Buffer.of()));
    bottom?.release?.();
    t.deepEqual(
      frames.map(({ raw }) => raw.length),
      [0, 0],
    );
  });
});

test("lost frames are left out and counted; without frame_index, pulses number the frames", async (t) => {
  const folder = await temporaryFolder(t);
  await withFile(
    join(folder, "lost.h5"),
    { frameNumbers: [7, 0, 9], isGood: [1, 0, 1] },
    async (recording) => {
      t.deepEqual(await numbersOf(recording), [7, 9]);
      t.deepEqual(recording.notes, [
        "/data/JF01T03V01/frame_index is 0 for 1 of 3 frames, which were lost; they are left out.",
      ]);
    },
  );
  const options = { pulses: [501, 502, 503], without: ["frame_index", "daq_rec", "is_good_frame"] };
  await withFile(join(folder, "pulses.h5"), options, async (recording) => {
    t.deepEqual(await numbersOf(recording), [501, 502, 503]);
    t.deepEqual(
      (await recording.read(0)).frames.map(({ complete }) => complete),
      [true, true],
    );
  });
  await withFile(join(folder, "again.h5"), { frameNumbers: [7, 8, 1] }, async (recording) => {
    t.deepEqual(await numbersOf(recording), [7, 8, 1]);
    t.regex(recording.notes.join(), /does not grow at 1 of 3 frames/);
  });
});

test("other sizes, and files without numbers, are refused by name", async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, "JF.h5");
  const refused = async (options: SwissfelFileOptions) => {
    await writeSwissfelFile(path, options);
    return codesAndMessages(openRecording(path, JUNGFRAU_1M));
  };
  t.deepEqual(await refused({ rows: 1536 }), [
    [
      "RECORDING_FORMAT",
      `'${path}': /data/JF01T03V01/data is [3, 1536, 1024], but raw frames of a JUNGFRAU 1M are [frames, 1024, 1024].`,
    ],
  ]);
  t.deepEqual(await refused({ without: ["frame_index", "pulse_id"] }), [
    ["RECORDING_FORMAT", `'${path}': /data/JF01T03V01 holds neither frame_index nor pulse_id.`],
  ]);
});

test("a file cut anywhere gives whole frames, or says what is wrong", async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, "JF.h5");
  await writeSwissfelFile(path);
  const bytes = await readFile(path);
  const codes = new Set<string>();
  for (let step = 0; step < 50; step++) {
    await writeFile(path, bytes.subarray(0, Math.floor((bytes.length * step) / 50)));
    const found = await openRecording(path, JUNGFRAU_1M).catch((error: { code: string }) => error.code);
    if (typeof found === "string") {
      codes.add(found);
      continue;
    }
    for (const number of await numbersOf(found).catch(() => [])) t.true([501, 502, 503].includes(number));
    found.close();
  }
  // Its writer puts the numbers behind the images: without them, nothing is known of a frame.
  t.deepEqual([...codes], ["RECORDING_FORMAT", "RECORDING_DAMAGED"]);
});

test("a chunk that is damaged costs its frame alone, wherever it is", async (t) => {
  const folder = await temporaryFolder(t);
  const path = join(folder, "JF.h5");
  await writeSwissfelFile(path);
  const whole = await readFile(path);
  // A chunk begins with its size.
  const start = Buffer.alloc(8);
  start.writeBigUInt64BE(2n ** 21n);
  const second = whole.indexOf(start, whole.indexOf(start) + 8);
  const third = whole.indexOf(start, second + 8);
  t.true(third > second + 8);
  for (let step = 0; step < 50; step++) {
    const bytes = Buffer.from(whole);
    const at = second + 4 + Math.floor(((third - second - 1000) * step) / 50);
    bytes.fill(step % 2 === 0 ? 0xff : 0, at, at + 40);
    await writeFile(path, bytes);
    const recording = await openRecording(path, JUNGFRAU_1M);
    const codes = [];
    for (const index of [0, 1, 2, 1, 0]) {
      codes.push(
        await recording.read(index).then(
          () => "read",
          (error: { code: string }) => error.code,
        ),
      );
    }
    recording.close();
    t.deepEqual(
      codes,
      ["read", "RECORDING_DAMAGED", "read", "RECORDING_DAMAGED", "read"],
      `at ${at - second}`,
    );
  }
});
