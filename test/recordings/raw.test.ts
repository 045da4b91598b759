import { appendFile, open, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { openRecording } from "../../src/recordings/index.js";
import { headerEntry } from "../../src/stream/index.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { recordOf, type WrittenFrame, wordOf, writeRun } from "../helpers/raw-recordings.js";

async function opened(t: ExecutionContext, path: string) {
  const recording = await openRecording(path, JUNGFRAU_1M);
  t.teardown(() => recording.close());
  return recording;
}

/** Of each exposure its number, and the first word of each port; `-` of one that is missing. */
async function contents(t: ExecutionContext, path: string) {
  const recording = await opened(t, path);
  const found: [bigint, ...(number | "-")[]][] = [];
  for (let index = 0; index < recording.length; index += 1) {
    const { frames } = await recording.read(index);
    for (const [port, { portIndex, raw, frameNumber, missing }] of frames.entries()) {
      t.is(portIndex, port);
      t.is(raw.length, (2 * 1024 * 1024) / recording.portCount);
      t.is(frameNumber, recording.numberOf(index));
      t.true(!missing || raw.every((byte) => byte === 0xff));
    }
    const words = frames.map(({ raw, missing }) =>
      missing ? "-" : (raw[0] as number) + 256 * (raw[1] as number),
    );
    found.push([recording.numberOf(index), ...words]);
  }
  return { found, recording };
}

const numbered = (...numbers: readonly number[]) => numbers.map((number) => ({ number }));
const whole = (number: number, ports = 2): [bigint, ...number[]] => [
  BigInt(number),
  ...Array.from({ length: ports }, (_, port) => wordOf(number, port)),
];

for (const master of ["7.2", "8.0", "none"] as const) {
  for (const ports of [2, 4] as const) {
    test(`reads ${ports} ports with master ${master}, whichever file is named`, async (t) => {
      const folder = await temporaryFolder(t);
      const path = await writeRun(folder, { ports, master, run: 3, frames: () => numbered(7, 8, 9) });
      for (const name of [path, ...(ports === 4 ? ["run_d3_f0_3.raw"] : ["run_d1_f0_3.raw"])]) {
        const { found, recording } = await contents(t, join(folder, name.replace(folder, "")));
        t.deepEqual(found, [whole(7, ports), whole(8, ports), whole(9, ports)]);
        t.is(recording.portCount, ports);
        t.is(recording.notes.length, master === "none" ? 1 : 0, recording.notes.join());
        t.regex(recording.format, master === "none" ? /without a master/ : new RegExp(`master ${master}`));
      }
    });
  }
}

test("reads a run of several files, and finds events by their numbers", async (t) => {
  const folder = await temporaryFolder(t);
  const frames = () => numbered(100, 101, 102, 105, 106);
  const path = await writeRun(folder, { framesPerFile: 2, frames });
  const { found, recording } = await contents(t, path);
  t.deepEqual(
    found.map(([number]) => number),
    [100n, 101n, 102n, 105n, 106n],
  );
  t.is(await recording.indexOf(105n), 3);
  t.is(await recording.indexOf(103n), undefined);
  t.is(await recording.indexFrom(103n), 3);
  t.is(await recording.indexFrom(107n), 5);
  t.is(await recording.indexFrom(0n), 0);
});

test("puts a missing frame where a port has none", async (t) => {
  const folder = await temporaryFolder(t);
  const frames = (port: number) => (port === 0 ? numbered(1, 2, 3, 5, 6) : numbered(2, 4, 5, 6, 7));
  const { found, recording } = await contents(t, await writeRun(folder, { frames }));
  t.deepEqual(found, [
    [1n, wordOf(1, 0), "-"],
    whole(2),
    [3n, wordOf(3, 0), "-"],
    [4n, "-", wordOf(4, 1)],
    whole(5),
    whole(6),
    [7n, "-", wordOf(7, 1)],
  ]);
  const [missing] = (await recording.read(3)).frames;
  t.like(missing, { complete: false, missing: true, frameNumber: 4n });
});

test("goes by the headers' places, or by the files' names where all claim the first", async (t) => {
  const exchanged = await temporaryFolder(t);
  const path = await writeRun(exchanged, { frames: (port) => [{ number: 1, row: 1 - port }] });
  t.deepEqual((await contents(t, path)).found, [[1n, wordOf(1, 1), wordOf(1, 0)]]);
  const alike = await temporaryFolder(t);
  const other = await writeRun(alike, { frames: () => [{ number: 1, row: 0 }] });
  t.deepEqual((await contents(t, other)).found, [whole(1)]);
  const beside = await temporaryFolder(t);
  const entries = { Geometry: { x: 2, y: 1 } };
  const third = await writeRun(beside, { entries, frames: (port) => [{ number: 1, row: 0, column: port }] });
  t.deepEqual((await contents(t, third)).found, [whole(1)]);
});

test("a module that has no file is missing, and a note says so", async (t) => {
  for (const absent of [0, 1]) {
    const folder = await temporaryFolder(t);
    const path = await writeRun(folder, { frames: () => numbered(1) });
    await rm(join(folder, `run_d${absent}_f0_0.raw`));
    const { found, recording } = await contents(t, path);
    t.deepEqual(found, [absent === 0 ? [1n, "-", wordOf(1, 1)] : [1n, wordOf(1, 0), "-"]]);
    t.regex(recording.notes.join(), new RegExp(`no file for port ${absent}`));
  }
});

test("frames have what their headers say, also as the JSON that a stream would send", async (t) => {
  const folder = await temporaryFolder(t);
  const frame: WrittenFrame = {
    number: 2n ** 60n + 1n,
    ticks: 7_000,
    exposureTicks: 200,
    packets: 127,
    bunch: 2n ** 63n,
    daqInfo: 0x3001,
  };
  const path = await writeRun(folder, { frames: () => [frame] });
  const { frames } = await (await opened(t, path)).read(0);
  const [top, bottom] = frames as [(typeof frames)[0], (typeof frames)[0]];
  t.like(top, { complete: false, timestampTicks: 7_000n, repaired: false });
  t.deepEqual(top.gainMode, { highGain: true, fixedStage: undefined, forcedStage: 2 });
  const entries = ["frameNumber", "bunchId", "expLength", "packetNumber", "gainMode", "modId", "frameIndex"];
  t.deepEqual(
    entries.map((name) => headerEntry(top, name)),
    [`${2n ** 60n + 1n}`, `${2n ** 63n}`, 200, 127, "forceswitchg2, HG0", 1234, 0],
  );
  t.is(headerEntry(bottom, "row"), 1);
  top.release?.();
  t.is(top.raw.length, 0);
});

test("times are the run's start and the detector's ticks, or else its period", async (t) => {
  const start = new Date("2026-11-26T18:55:34").getTime() / 1000; // the receiver's and this machine's local time
  const times = async (frames: readonly WrittenFrame[], entries = {}) => {
    const path = await writeRun(await temporaryFolder(t), { frames: () => frames, entries });
    const recording = await opened(t, path);
    const indices = Array.from({ length: recording.length }, (_, index) => index);
    return Promise.all(
      indices.map(async (index) =>
        Number(((await recording.read(index)).timestampSeconds - start).toFixed(6)),
      ),
    );
  };
  const ticks = [
    { number: 5, ticks: 1_000_000 },
    { number: 7, ticks: 1_250_000 },
  ];
  t.deepEqual(await times(ticks), [0, 0.025]);
  t.deepEqual(await times(numbered(5, 7)), [0, 0.2]);
  t.deepEqual(await times(numbered(5, 7), { Period: undefined }), [0, 0.002]);
});

test("a sidecar's lines are added to the headers", async (t) => {
  const folder = await temporaryFolder(t);
  const path = await writeRun(folder, { frames: () => numbered(1, 2, 3) });
  const line = (frameNumber: number) =>
    `${JSON.stringify({ frameNumber, addJsonHeader: { laser: `on${frameNumber}`, long: "x".repeat(3000) } })}\n`;
  const many = Array.from({ length: 100 }, (_, index) => line(index + 3)).join("");
  await writeFile(
    join(folder, "run_d0_f0_0.jsonl"),
    `${line(1)}{"frameNumber": 2, "addJson\n${many}{"frameNumb`,
  );
  const recording = await opened(t, path);
  const lasers = [];
  for (const index of [2, 0, 1, 0]) {
    const [top] = (await recording.read(index)).frames;
    lasers.push(headerEntry(top as NonNullable<typeof top>, "laser"));
  }
  t.deepEqual(lasers, ["on3", "on1", undefined, "on1"]);
});

test("a run that is still written grows", async (t) => {
  const folder = await temporaryFolder(t);
  const path = await writeRun(folder, { frames: () => numbered(1, 2) });
  const recording = await opened(t, path);
  t.is(recording.length, 2);
  for (const port of [0, 1])
    await appendFile(join(folder, `run_d${port}_f0_0.raw`), recordOf({ number: 3 }, port, 2));
  await recording.read(1);
  t.is(recording.length, 3);
  t.deepEqual((await contents(t, path)).found.at(-1), whole(3));
});

test("a file that the receiver goes on with is read, and what was added to its headers", async (t) => {
  const folder = await temporaryFolder(t);
  const recording = await opened(t, await writeRun(folder, { frames: () => numbered(1, 2) }));
  await recording.read(1);
  t.is(recording.length, 2, "there is none yet");
  for (const port of [0, 1]) {
    // The file before was still short of a frame when it was last looked at.
    await appendFile(join(folder, `run_d${port}_f0_0.raw`), recordOf({ number: 3 }, port, 2));
    await writeFile(join(folder, `run_d${port}_f1_0.raw`), recordOf({ number: 4 }, port, 2));
  }
  await writeFile(
    join(folder, "run_d0_f1_0.jsonl"),
    '{"frameNumber": 4, "addJsonHeader": {"laser": "on"}}\n',
  );
  await recording.read(1);
  t.is(recording.length, 4);
  const { frames } = await recording.read(3);
  t.deepEqual(
    frames.map(({ frameNumber, complete }) => [frameNumber, complete]),
    [
      [4n, true],
      [4n, true],
    ],
  );
  t.regex(Buffer.from(frames[0]?.header ?? []).toString(), /"laser":"on"/);
  for (const port of [0, 1])
    await writeFile(join(folder, `run_d${port}_f2_0.raw`), recordOf({ number: 5 }, port, 2));
  await recording.read(3);
  t.is(recording.length, 5, "and the one after that");
});

for (const [name, damage] of [
  ["zeros", { number: 0, detectorType: 0 }],
  ["another number", { number: 900 }],
  ["more packets than there are", { number: 3, packets: 129 }],
] as const) {
  test(`a header of ${name} costs its frame alone`, async (t) => {
    const frames = (isDamaged: (port: number) => boolean) => (port: number) =>
      [1, 2, 3, 4, 5].map((number) => (number === 3 && isDamaged(port) ? damage : { number }));
    const one = await writeRun(await temporaryFolder(t), { frames: frames((port) => port === 0) });
    t.deepEqual((await contents(t, one)).found, [
      whole(1),
      whole(2),
      [3n, "-", wordOf(3, 1)],
      whole(4),
      whole(5),
    ]);
    // No header around it tells of it: reading it does.
    const both = await writeRun(await temporaryFolder(t), { frames: frames(() => true) });
    const recording = await opened(t, both);
    await t.throwsAsync(recording.read(2), { code: "RECORDING_DAMAGED", message: /^Frame 3 of / });
    t.is((await recording.read(3)).frames[0]?.frameNumber, 4n);
  });
}

test("where numbers begin again, the longer run is read, with a note", async (t) => {
  const folder = await temporaryFolder(t);
  const path = await writeRun(folder, { frames: () => numbered(8, 9, 1, 2, 3) });
  const { found, recording } = await contents(t, path);
  t.deepEqual(found, [whole(1), whole(2), whole(3)]);
  t.regex(recording.notes.join(), /restart; 3 consecutive frames are read, and 2 others are not/);
});

const refused: [string, string, RegExp, Parameters<typeof writeRun>[1]["entries"]][] = [
  [
    "a region of interest",
    "RECORDING_FORMAT",
    /rx_clearroi/,
    { "Receiver Roi": { xmin: 0, xmax: 99, ymin: 0, ymax: 1023 } },
  ],
  [
    "regions of interest",
    "RECORDING_FORMAT",
    /rx_clearroi/,
    { "Receiver Roi": undefined, "Receiver Rois": [{ xmin: 0, xmax: 99, ymin: 0, ymax: 1023 }] },
  ],
  [
    "another detector",
    "RECORDING_FORMAT",
    /of type Eiger, not from a JUNGFRAU 1M/,
    { "Detector Type": "Eiger" },
  ],
  ["one module", "RECORDING_FORMAT", /1 ports with images of 1048576 bytes/, { Geometry: { x: 1, y: 1 } }],
  ["other images", "RECORDING_FORMAT", /2 ports with images of 4096 bytes/, { "Image Size in bytes": 4096 }],
];
for (const [name, code, message, entries] of refused) {
  test(`refuses ${name}`, async (t) => {
    const path = await writeRun(await temporaryFolder(t), {
      frames: () => numbered(1),
      ...(entries && { entries }),
    });
    await t.throwsAsync(openRecording(path, JUNGFRAU_1M), { code, message });
  });
}

test("a region of interest of the whole detector leaves nothing out", async (t) => {
  const entries = { "Receiver Roi": { xmin: 0, xmax: 1023, ymin: 0, ymax: 1023 } };
  const path = await writeRun(await temporaryFolder(t), { frames: () => numbered(1), entries });
  t.deepEqual((await contents(t, path)).found, [whole(1)]);
});

test("refuses what is not there, is not a file, or is no recording", async (t) => {
  const folder = await temporaryFolder(t);
  const path = await writeRun(folder, { frames: () => numbered(1) });
  const fails = (name: string, code: string, message: RegExp) =>
    t.throwsAsync(openRecording(name, JUNGFRAU_1M), { code, message });
  await fails(join(folder, "nothing.raw"), "RECORDING_NOT_READABLE", /nothing\.raw/);
  await fails(folder, "RECORDING_NOT_READABLE", /not a regular file/);
  await fails("/dev/zero", "RECORDING_NOT_READABLE", /not a regular file/);
  await writeFile(join(folder, "notes.txt"), "hello\n");
  await fails(join(folder, "notes.txt"), "RECORDING_FORMAT", /not a recording/);
  await writeFile(join(folder, "run_d0_f0_9.raw"), "");
  await fails(join(folder, "run_d0_f0_9.raw"), "RECORDING_DAMAGED", /no complete frame/);
  await rename(path, join(folder, "master.json"));
  await fails(join(folder, "master.json"), "RECORDING_NOT_READABLE", /NAME_master_NUMBER\.json/);
  await writeFile(path, '{"Version": 7.2, ');
  await fails(path, "RECORDING_DAMAGED", /not JSON/);
  // Named by a data file, the run is read in spite of its master.
  const { recording } = await contents(t, join(folder, "run_d0_f0_0.raw"));
  t.regex(recording.notes.join(), /The master is not read/);
});

test("a file that became shorter costs its last frames", async (t) => {
  const folder = await temporaryFolder(t);
  const recording = await opened(t, await writeRun(folder, { frames: () => numbered(1, 2, 3) }));
  await truncate(join(folder, "run_d0_f0_0.raw"), 2 * (112 + 2 ** 20) + 500);
  const { frames } = await recording.read(2);
  t.deepEqual(
    frames.map(({ missing }) => missing ?? false),
    [true, false],
  );
  await truncate(join(folder, "run_d1_f0_0.raw"), 0);
  await t.throwsAsync(
    recording.read(1).then(() => recording.read(2)),
    { code: "RECORDING_DAMAGED" },
  );
});

test("each file, cut at each of 50 places, gives its whole frames and says what is not", async (t) => {
  const folder = await temporaryFolder(t);
  const path = await writeRun(folder, { frames: () => numbered(1, 2, 3) });
  const record = 112 + 2 ** 20;
  for (const [port, file] of ["run_d0_f0_0.raw", "run_d1_f0_0.raw"].entries()) {
    const bytes = await readFile(join(folder, file));
    for (let cut = 49; cut >= 0; cut -= 1) {
      const size = Math.floor((bytes.length * cut) / 50);
      await truncate(join(folder, file), size);
      const kept = Math.floor(size / record);
      const { found, recording } = await contents(t, path);
      const expected = [1, 2, 3].map((number) => {
        const exposure = whole(number) as [bigint, ...(number | "-")[]];
        if (number > kept) exposure[port + 1] = "-";
        return exposure;
      });
      t.deepEqual(found, expected);
      t.true(
        recording.notes.some((note) => note.includes(file)),
        `${cut}`,
      );
      recording.close();
    }
    await writeFile(join(folder, file), bytes);
  }
  const bytes = await readFile(path);
  for (let cut = 0; cut < 50; cut += 1) {
    await writeFile(path, bytes.subarray(0, Math.floor((bytes.length * cut) / 50)));
    await t.throwsAsync(openRecording(path, JUNGFRAU_1M), { code: "RECORDING_DAMAGED" });
  }
});

test("a file that was made longer and not filled ends with its last frame", async (t) => {
  const folder = await temporaryFolder(t);
  const path = await writeRun(folder, { frames: () => numbered(1, 2) });
  for (const port of [0, 1]) {
    const file = await open(join(folder, `run_d${port}_f0_0.raw`), "r+");
    await file.truncate(5 * (112 + 2 ** 20));
    await file.close();
  }
  const { found, recording } = await contents(t, path);
  t.deepEqual(found, [whole(1), whole(2)]);
  t.regex(recording.notes.join(), /left out because of damaged headers: 3\./);
});
