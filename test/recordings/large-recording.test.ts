import { open } from "node:fs/promises";
import { join } from "node:path";
import test from "ava";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { PLAYBACK_DEFAULTS, recordingStreamOpener } from "../../src/recordings/index.js";
import { temporaryFolder } from "../helpers/constants-files.js";
import { RecordingLogger } from "../helpers/fakes.js";
import { recordOf } from "../helpers/raw-recordings.js";

const FRAMES = 10_000;
const RECORD_BYTES = 112 + 2 ** 20;
const MIB = 2 ** 20;

test("a recording of 20 GB is played in constant memory", async (t) => {
  const folder = await temporaryFolder(t);
  // Sparse: the pixels take no room.
  for (const port of [0, 1]) {
    const file = await open(join(folder, `run_d${port}_f0_0.raw`), "w");
    const header = Buffer.from(recordOf({ number: 0 }, port, 2).subarray(0, 112));
    for (let index = 0; index < FRAMES; index += 1) {
      header.writeBigUInt64LE(BigInt(index + 1), 0);
      await file.write(header, 0, header.length, index * RECORD_BYTES);
    }
    await file.truncate(FRAMES * RECORD_BYTES);
    await file.close();
  }
  const playback = { ...PLAYBACK_DEFAULTS, rate: "max", every: 10 } as const;
  const opener = recordingStreamOpener(JUNGFRAU_1M, playback, new RecordingLogger());
  const url = join(folder, "run_d0_f0_0.raw");
  const stream = await opener({ url, streamIndex: 0, streamCount: 1, isPairing: true, highWaterMark: 1 });
  t.teardown(() => stream.close());
  const before = process.memoryUsage.rss();
  let most = 0;
  let exposures = 0;
  for await (const message of stream) {
    if (message.kind !== "exposure") continue;
    exposures += 1;
    most = Math.max(most, process.memoryUsage.rss());
    for (const frame of message.exposure.frames) frame.release?.();
  }
  t.is(exposures, FRAMES / 10);
  // 2 GB were read.
  t.true(most - before < 150 * MIB, `${Math.round((most - before) / MIB)} MiB`);
});
