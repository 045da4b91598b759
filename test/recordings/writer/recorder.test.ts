import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { DiskFolder, Recorder } from "../../../src/recordings/index.js";
import type { OutputFile, OutputFolder } from "../../../src/recordings/writer/output-folder.js";
import type { RecorderOptions } from "../../../src/recordings/writer/recorder.js";
import type { ModuleFrame } from "../../../src/stream/index.js";
import { temporaryFolder } from "../../helpers/constants-files.js";
import { FixedClock, RecordingLogger } from "../../helpers/fakes.js";
import { FIELD_RECORDINGS, fieldRecording } from "../../helpers/field-recordings.js";
import { aModuleFrame, FakeModuleStream, modulePayload } from "../../helpers/module-frames.js";
import { readRawFile, upTo } from "../../helpers/raw-reader.js";
import { until } from "../../helpers/until.js";
import { wireHeader } from "../../helpers/wire-headers.js";

const IMAGE_BYTES = 2 ** 20;
const FRAME_BYTES = IMAGE_BYTES + 112;
const NO_LIMITS = { frames: Infinity, seconds: Infinity, bytes: Infinity };

/** A recorder on two ports that a test fills by hand. */
class Recording {
  readonly streams = [
    new FakeModuleStream("tcp://fake:30001"),
    new FakeModuleStream("tcp://fake:30002"),
  ] as const;
  readonly clock = new FixedClock();
  readonly logger = new RecordingLogger();
  readonly path: string;
  readonly recorder: Recorder;
  readonly ended: Promise<void>;
  readonly #abort = new AbortController();
  /** Frames whose memory was given back. */
  released = 0;

  constructor(path: string, options: Partial<RecorderOptions> = {}) {
    this.path = path;
    this.recorder = new Recorder(
      this.streams,
      {
        folder: new DiskFolder(path),
        name: "run",
        portCount: 2,
        framesPerFile: 10_000,
        limits: NO_LIMITS,
        queueBytes: 64 * IMAGE_BYTES,
        ...options,
      },
      { logger: this.logger, clock: this.clock },
    );
    this.ended = this.recorder.run(this.#abort.signal);
    this.ended.catch(() => undefined); // each test awaits it
  }

  static async begin(t: ExecutionContext, options: Partial<RecorderOptions> = {}): Promise<Recording> {
    return new Recording(await temporaryFolder(t), options);
  }

  send(portIndex: 0 | 1, frameNumber: number, fields: Partial<ModuleFrame> = {}): void {
    this.streams[portIndex].pushFrame({
      portIndex,
      frameNumber: BigInt(frameNumber),
      raw: modulePayload(1000 * portIndex + frameNumber),
      header: Buffer.from(wireHeader({ frameNumber, row: portIndex })),
      arrivalSeconds: this.clock.seconds,
      release: () => {
        this.released += 1;
      },
      ...fields,
    });
  }

  /** Both ports of some exposures. */
  sendBoth(...frameNumbers: number[]): void {
    for (const frameNumber of frameNumbers) for (const port of [0, 1] as const) this.send(port, frameNumber);
  }

  /** Resolves when each port has taken so many frames. */
  async taken(frames: number): Promise<void> {
    await until(() => this.recorder.status().ports.every((port) => port.frames + port.unwritten >= frames));
  }

  /** Ctrl-C. */
  async end(): Promise<void> {
    this.#abort.abort();
    await this.ended;
  }

  /** Frame numbers of a file. */
  numbers(file: string): number[] {
    return readRawFile(join(this.path, file), IMAGE_BYTES).map(({ frameNumber }) => Number(frameNumber));
  }

  async master(run = 0): Promise<Record<string, unknown>> {
    return JSON.parse(await readFile(join(this.path, `run_master_${run}.json`), "utf8"));
  }
}

test("each port has its file, each frame its header and its image, and memory is given back", async (t) => {
  const recording = await Recording.begin(t);
  recording.sendBoth(7, 8, 9);
  await recording.taken(3);
  await recording.end();
  for (const port of [0, 1]) {
    const frames = readRawFile(join(recording.path, `run_d${port}_f0_0.raw`), IMAGE_BYTES);
    t.deepEqual(
      frames.map(({ frameNumber, row, packets }) => ({ frameNumber, row, packets })),
      [7n, 8n, 9n].map((frameNumber) => ({ frameNumber, row: port, packets: upTo(128) })),
    );
    for (const { image, frameNumber } of frames)
      t.true(image.equals(modulePayload(1000 * port + Number(frameNumber))));
  }
  t.is(recording.released, 6);
  t.like(recording.recorder.status(), { queuedBytes: 0, bytes: 6 * FRAME_BYTES });
});

test("two interfaces per module give four files of 256 rows", async (t) => {
  const path = await temporaryFolder(t);
  const streams = [0, 1, 2, 3].map((port) => new FakeModuleStream(`tcp://fake:3000${port}`));
  const options = {
    folder: new DiskFolder(path),
    name: "run",
    portCount: 4,
    framesPerFile: 10_000,
    limits: { ...NO_LIMITS, frames: 1 },
    queueBytes: 64 * IMAGE_BYTES,
  };
  const recorder = new Recorder(streams, options, { logger: new RecordingLogger(), clock: new FixedClock() });
  for (const [portIndex, stream] of streams.entries()) {
    const header = wireHeader({
      row: portIndex,
      detshape: [1, 4],
      shape: [1024, 256],
      packetNumber: 64,
      expLength: 500,
    });
    stream.pushFrame({
      portIndex,
      rows: 256,
      raw: modulePayload(portIndex, 256),
      header: Buffer.from(header),
    });
  }
  await recorder.run(new AbortController().signal);
  for (const port of [0, 1, 2, 3]) {
    const [frame, ...others] = readRawFile(join(path, `run_d${port}_f0_0.raw`), IMAGE_BYTES / 2);
    t.like(frame, { row: port, packetsCaught: 64, exposure: 500 });
    t.deepEqual(frame?.packets, upTo(64));
    t.deepEqual(others, []);
  }
  t.like(JSON.parse(await readFile(join(path, "run_master_0.json"), "utf8")), {
    Geometry: { x: 1, y: 4 },
    "Image Size": 524_288,
    Pixels: { x: 1024, y: 256 },
    "Exposure Time": "50000ns",
    "Number of UDP Interfaces": 2,
    "Number of rows": 512,
    "Frames in File": 1,
  });
});

test("ports are not paired, and losses are counted by port", async (t) => {
  const recording = await Recording.begin(t);
  for (const number of [1, 2, 5, 6]) recording.send(0, number);
  recording.send(1, 2, { complete: false });
  recording.send(1, 3);
  recording.send(1, 3);
  recording.streams[1].push({ kind: "end", repaired: false });
  await until(() => recording.recorder.status().endMessages === 1);
  await until(() => recording.recorder.status().ports[0]?.frames === 4);
  await recording.end();
  t.deepEqual(recording.numbers("run_d0_f0_0.raw"), [1, 2, 5, 6]);
  t.deepEqual(recording.numbers("run_d1_f0_0.raw"), [2, 3]);
  t.deepEqual(recording.recorder.status().ports, [
    { port: 0, frames: 4, incomplete: 0, missing: 2, duplicate: 0, after_end: 0, unwritten: 0 },
    { port: 1, frames: 2, incomplete: 1, missing: 0, duplicate: 1, after_end: 0, unwritten: 0 },
  ]);
  t.like(await recording.master(), { "Frames in File": 2 });
});

test("two streams that bring the same port are reported, and the first is written", async (t) => {
  const recording = await Recording.begin(t);
  recording.send(0, 1);
  await until(() => recording.recorder.status().bytes === FRAME_BYTES);
  recording.streams[1].pushFrame({ portIndex: 0, frameNumber: 1n, raw: modulePayload(3) });
  await until(() => recording.recorder.status().ports[0]?.duplicate === 1);
  await recording.end();
  t.deepEqual(recording.numbers("run_d0_f0_0.raw"), [1]);
  t.true(recording.logger.lines.some((text) => text.includes("the same module as another stream")));
});

test("a receiver that begins to send other ports is reported, and its frames are counted", async (t) => {
  const recording = await Recording.begin(t, { portCount: undefined });
  const exposure = (frameNumber: bigint, ports: number) => ({
    timestampSeconds: 0,
    frames: upTo(ports).map((portIndex) =>
      aModuleFrame({ portIndex, frameNumber, rows: 1024 / ports, raw: modulePayload(1, 1024 / ports) }),
    ),
  });
  recording.streams[0].push({ kind: "exposure", exposure: exposure(1n, 2) });
  recording.streams[0].push({ kind: "exposure", exposure: exposure(2n, 4) });
  recording.streams[0].push({ kind: "exposure", exposure: exposure(3n, 2) });
  await until(() => recording.recorder.status().ports.filter(({ frames }) => frames === 2).length === 2);
  await recording.end();
  t.is(recording.recorder.status().malformed, 4);
  t.deepEqual(recording.numbers("run_d1_f0_0.raw"), [1, 3]);
  t.true(recording.logger.lines.some((text) => text.includes("the recording has 2 ports of 512 rows")));
});

test("a new file begins after so many frames", async (t) => {
  const recording = await Recording.begin(t, { framesPerFile: 3 });
  recording.sendBoth(1, 2, 3, 4, 5, 6, 7);
  await recording.taken(7);
  await recording.end();
  t.deepEqual(
    [0, 1, 2].map((part) => recording.numbers(`run_d1_f${part}_0.raw`)),
    [[1, 2, 3], [4, 5, 6], [7]],
  );
  t.like(await recording.master(), { "Max Frames Per File": 3, "Frames in File": 7 });
});

test("what rx_jsonpara added is beside each file, a line for each frame that has any", async (t) => {
  const recording = await Recording.begin(t, { framesPerFile: 2 });
  const header = (frameNumber: number, added: object) =>
    Buffer.from(wireHeader({ frameNumber, addJsonHeader: added }));
  recording.send(0, 1);
  recording.send(0, 2, { header: header(2, { laser: "on" }) });
  recording.send(0, 3, { header: header(3, { laser: "off", note: 'a "b"' }) });
  await until(() => recording.recorder.status().ports[0]?.frames === 3);
  await recording.end();
  t.is(
    await readFile(join(recording.path, "run_d0_f0_0.jsonl"), "utf8"),
    '{"frameNumber": 2, "addJsonHeader": {"laser":"on"}}\n',
  );
  const [line = ""] = (await readFile(join(recording.path, "run_d0_f1_0.jsonl"), "utf8")).split("\n");
  t.deepEqual(JSON.parse(line), { frameNumber: 3, addJsonHeader: { laser: "off", note: 'a "b"' } });
  t.false((await readdir(recording.path)).includes("run_d1_f0_0.jsonl"));
});

test("a run gets the first number that no file has, and nothing is written over", async (t) => {
  const folder = await temporaryFolder(t);
  for (const name of [
    "run_master_0.json",
    "run_d1_f0_1.raw",
    "run_master_2.h5",
    "other_master_3.json",
    "run_master_x.json",
  ])
    await writeFile(join(folder, name), "mine");
  const recording = new Recording(folder);
  recording.sendBoth(1);
  await recording.taken(1);
  await recording.end();
  t.deepEqual(recording.recorder.status().masters, [join(folder, "run_master_3.json")]);
  t.deepEqual(recording.numbers("run_d0_f0_3.raw"), [1]);
  t.is(await readFile(join(folder, "run_d1_f0_1.raw"), "utf8"), "mine");
});

test("a number that another recorder has just taken is passed over", async (t) => {
  const path = await temporaryFolder(t);
  await writeFile(join(path, "run_master_0.json"), "mine");
  class LateFolder extends DiskFolder {
    override names(): Promise<string[]> {
      return Promise.resolve([]);
    }
  }
  const recording = new Recording(path, { folder: new LateFolder(path) });
  recording.sendBoth(1);
  await recording.taken(1);
  await recording.end();
  t.deepEqual(recording.recorder.status().masters, [join(path, "run_master_1.json")]);
  t.is(await readFile(join(path, "run_master_0.json"), "utf8"), "mine");
});

test("numbers that begin again begin another run", async (t) => {
  const recording = await Recording.begin(t);
  recording.sendBoth(5, 6);
  await recording.taken(2);
  recording.sendBoth(1, 2);
  await recording.taken(4);
  recording.sendBoth(1);
  await recording.taken(5);
  await recording.end();
  t.deepEqual(
    [0, 1, 2].map((run) => recording.numbers(`run_d1_f0_${run}.raw`)),
    [[5, 6], [1, 2], [1]],
  );
  for (const run of [0, 1, 2]) t.like(await recording.master(run), { "Frames in File": run === 2 ? 1 : 2 });
  t.deepEqual(
    recording.recorder.status().ports.map(({ frames, missing }) => ({ frames, missing })),
    [
      { frames: 5, missing: 0 },
      { frames: 5, missing: 0 },
    ],
  );
});

test("all ports end with the same frame", async (t) => {
  const recording = await Recording.begin(t, { limits: { ...NO_LIMITS, frames: 2 } });
  for (const number of [4, 5, 6]) recording.send(0, number);
  await until(() => recording.recorder.status().ports[0]?.after_end === 1);
  for (const number of [3, 4, 5, 6]) recording.send(1, number);
  await recording.ended;
  t.deepEqual(recording.numbers("run_d0_f0_0.raw"), [4, 5]);
  t.deepEqual(recording.numbers("run_d1_f0_0.raw"), [3, 4, 5]);
});

test("a recording ends by its seconds though nothing comes any more, and before it has too many bytes", async (t) => {
  const timed = await Recording.begin(t, { limits: { ...NO_LIMITS, seconds: 60 } });
  timed.sendBoth(1);
  await timed.taken(1);
  timed.clock.seconds += 60;
  await timed.ended;
  t.deepEqual(timed.numbers("run_d1_f0_0.raw"), [1]);
  const small = await Recording.begin(t, { limits: { ...NO_LIMITS, bytes: 5 * FRAME_BYTES + 1 } });
  small.sendBoth(1, 2, 3, 4);
  await small.ended;
  t.is(small.recorder.status().bytes, 5 * FRAME_BYTES);
  t.is(small.numbers("run_d0_f0_0.raw").length + small.numbers("run_d1_f0_0.raw").length, 5);
});

test("exposures of a receiver: missing frames are left out, shared memory is given back once all are written", async (t) => {
  const recording = await Recording.begin(t, { portCount: undefined });
  let released = 0;
  const release = () => {
    released += 1;
  };
  const frames = [0, 1].map((portIndex) =>
    aModuleFrame({
      portIndex,
      frameNumber: 3n,
      raw: modulePayload(portIndex),
      missing: portIndex === 1,
      release,
    }),
  );
  recording.streams[0].push({ kind: "exposure", exposure: { frames, timestampSeconds: 0 } });
  await until(() => released > 0);
  await recording.end();
  t.is(released, 2, "each once");
  t.deepEqual([recording.numbers("run_d0_f0_0.raw"), recording.numbers("run_d1_f0_0.raw")], [[3], []]);
});

test("a stream that fails ends the recording, and what came is whole", async (t) => {
  const recording = await Recording.begin(t);
  recording.sendBoth(1);
  await recording.taken(1);
  recording.streams[0].fail(new Error("broken"));
  await t.throwsAsync(recording.ended, {
    code: "STREAM_FAILED",
    message: /tcp:\/\/fake:30001 failed: broken/,
  });
  t.deepEqual(recording.numbers("run_d1_f0_0.raw"), [1]);
});

/** A folder whose files take so many bytes together, and whose disk is full then, in the midst of a frame. */
class FullDisk implements OutputFolder {
  readonly path: string;
  readonly #folder: DiskFolder;
  #room: number;

  constructor(path: string, roomBytes: number) {
    this.path = path;
    this.#folder = new DiskFolder(path);
    this.#room = roomBytes;
  }

  names(): Promise<string[]> {
    return this.#folder.names();
  }

  replace(): Promise<void> {
    return Promise.reject(new Error("ENOSPC: no space left on device"));
  }

  async create(name: string): Promise<OutputFile> {
    const file = await this.#folder.create(name);
    return {
      get sizeBytes() {
        return file.sizeBytes;
      },
      truncate: (bytes) => file.truncate(bytes),
      close: () => file.close(),
      append: async (buffers) => {
        const bytes = Buffer.concat(buffers);
        const fitting = bytes.subarray(0, this.#room);
        this.#room -= fitting.length;
        await file.append([fitting]);
        if (fitting.length < bytes.length) throw new Error("ENOSPC: no space left on device");
      },
    };
  }
}

test("a full disk ends the recording: whole frames stay, the rest is counted, memory is given back", async (t) => {
  const path = await temporaryFolder(t);
  const recording = new Recording(path, { folder: new FullDisk(path, 2000 + 5.5 * FRAME_BYTES) });
  recording.sendBoth(...upTo(20));
  const error = await t.throwsAsync(recording.ended, { code: "RECORDING_CANNOT_WRITE" });
  t.regex(
    error?.message ?? "",
    /run_d[01]_f0_0\.raw': ENOSPC.*Make room, .* What was written before can be read\.$/,
  );
  const ports = recording.recorder.status().ports;
  for (const { port, frames } of ports)
    t.deepEqual(recording.numbers(`run_d${port}_f0_0.raw`), upTo(frames), `port ${port}`);
  const written = ports.reduce((sum, { frames }) => sum + frames, 0);
  t.true(written >= 4 && written <= 5, `${written}`);
  const taken = ports.reduce((sum, port) => sum + port.frames + port.unwritten + port.after_end, 0);
  t.is(recording.released, taken);
  t.is(recording.recorder.status().queuedBytes, 0);
  t.like(await recording.master(), { "Frames in File": 0 }, "the master of the start is whole");
});

test("a folder that takes no file ends the recording", async (t) => {
  const recording = new Recording("/proc/nowhere");
  recording.sendBoth(1);
  await t.throwsAsync(recording.ended, { code: "RECORDING_CANNOT_WRITE", message: /\/proc\/nowhere/ });
  t.deepEqual(recording.recorder.status().masters, []);
});

/** A folder whose files are as slow as a test wants. */
class SlowDisk extends DiskFolder {
  #open: () => void = () => undefined;
  readonly #opened = new Promise<void>((resolve) => {
    this.#open = resolve;
  });

  open(): void {
    this.#open();
  }

  override async create(name: string): Promise<OutputFile> {
    const file = await super.create(name);
    if (!name.endsWith(".raw")) return file;
    const append = file.append.bind(file);
    file.append = async (buffers) => {
      await this.#opened;
      return append(buffers);
    };
    return file;
  }
}

test("what waits for a slow disk is bounded: the streams are read no further, and it is logged", async (t) => {
  const path = await temporaryFolder(t);
  const disk = new SlowDisk(path);
  const recording = new Recording(path, { folder: disk, queueBytes: 4 * FRAME_BYTES });
  recording.sendBoth(...upTo(20));
  await until(() => recording.recorder.status().queuedBytes >= 4 * FRAME_BYTES);
  await delay(100);
  t.true(
    recording.recorder.status().queuedBytes <= 6 * FRAME_BYTES,
    "one more of each stream was on its way",
  );
  t.true(recording.logger.lines.some((text) => text.includes("The disk is too slow")));
  disk.open();
  await recording.taken(20);
  await recording.end();
  t.deepEqual(recording.numbers("run_d0_f0_0.raw"), upTo(20));
});

for (const name of FIELD_RECORDINGS.filter((one) => one === "v920")) {
  test("a master has the keys and values of a real one, in the spelling of version 8.0", async (t) => {
    const recording = await Recording.begin(t);
    recording.sendBoth(41, 42, 43, 44);
    await recording.taken(4);
    await recording.end();
    const folder = await fieldRecording(t, name);
    const real = JSON.parse(await readFile(join(folder, "run_master_0.json"), "utf8"));
    const RENAMED: Readonly<Record<string, string>> = {
      "Image Size in bytes": "Image Size",
      "Receiver Roi": "Receiver Rois",
      Exptime: "Exposure Time",
      Period: "Acquisition Period",
    };
    const text = await readFile(join(recording.path, "run_master_0.json"), "utf8");
    t.regex(text, /^ {4}"Version": 8\.0,$/m);
    const master = JSON.parse(text);
    for (const [key, value] of Object.entries(real)) {
      if (key === "Frame Header Format") continue; // version 8.0 has it no longer
      const spelling = RENAMED[key] ?? key;
      t.is(
        typeof master[spelling],
        typeof value === "string" && key === "Scan Parameters" ? "object" : typeof value,
        key,
      );
      const isSame = ![
        "Version",
        "Timestamp",
        "Scan Parameters",
        "Receiver Roi",
        "Exptime",
        "Period",
      ].includes(key);
      if (isSame) t.deepEqual(master[spelling], value, key);
    }
    t.deepEqual(master["Receiver Rois"], [{ xmin: 0, xmax: 1023, ymin: 0, ymax: 1023 }]);
    t.regex(master.Timestamp, /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/);
  });
}
