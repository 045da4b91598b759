import { writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { JUNGFRAU_1M } from "../../../src/detector.js";
import { rawFrameHeader } from "../../../src/recordings/writer/frame-header.js";
import { frameFields, type ModuleFrame } from "../../../src/stream/index.js";
import { parseMessage } from "../../../src/stream/message.js";
import { temporaryFolder } from "../../helpers/constants-files.js";
import { FIELD_RECORDINGS, fieldRecording } from "../../helpers/field-recordings.js";
import { aModuleFrame, modulePayload } from "../../helpers/module-frames.js";
import { type RawFrame, readRawFile, upTo } from "../../helpers/raw-reader.js";
import { HEADERS_BY_RELEASE, wireHeader } from "../../helpers/wire-headers.js";

const PACKET_BYTES = 8192;
const PACKETS = 128;

/** A frame as it comes from a socket. */
function received(header: string, payload = modulePayload(7)): ModuleFrame {
  const context = { layout: JUNGFRAU_1M, streamIndex: 1, streamCount: 2, arrivalSeconds: 0 };
  const message = parseMessage([Buffer.from(header), payload], context);
  if (message.kind !== "frame") throw new Error(JSON.stringify(message));
  return message.frame;
}

/** What a reader of the field finds of a frame that was written. */
async function written(t: ExecutionContext, frame: ModuleFrame): Promise<RawFrame> {
  const path = join(await temporaryFolder(t), "run_d0_f0_0.raw");
  writeFileSync(path, Buffer.concat([rawFrameHeader(frame, frameFields(frame)), frame.raw]));
  const [only, ...others] = readRawFile(path, frame.raw.length);
  t.deepEqual(others, []);
  return only as RawFrame;
}

/** A payload whose packets of these numbers were lost, filled as the slsReceiver does. */
function withLost(packets: readonly number[]): Uint8Array {
  const payload = modulePayload(7);
  for (const packet of packets) payload.fill(0xff, packet * PACKET_BYTES, (packet + 1) * PACKET_BYTES);
  return payload;
}

test("every field of a stream's header is in its place", async (t) => {
  const header = wireHeader({
    frameNumber: 2n ** 63n + 41n,
    expLength: 4_000_000_001,
    packetNumber: 128,
    detSpec1: 2n ** 64n - 3n,
    timestamp: 2n ** 60n + 1n,
    modId: 65_001,
    row: 1,
    column: 0,
    detSpec2: 513,
    detSpec3: 0x80003001,
    detSpec4: 257,
    detType: 3,
    version: 2,
  });
  const { image, ...fields } = await written(t, received(header));
  t.deepEqual(fields, {
    frameNumber: 2n ** 63n + 41n,
    exposure: 4_000_000_001,
    packetsCaught: 128,
    bunchId: 2n ** 64n - 3n,
    timestamp: 2n ** 60n + 1n,
    moduleId: 65_001,
    row: 1,
    column: 0,
    reserved: 513,
    debug: 0x80003001,
    roundRobin: 257,
    detectorType: 3,
    headerVersion: 2,
    packets: upTo(PACKETS),
  });
  t.true(image.equals(modulePayload(7)));
});

test("headers of every release give the same file, but for their version and an unknown row", async (t) => {
  for (const [release, header] of Object.entries(HEADERS_BY_RELEASE)) {
    const { frameNumber, exposure, timestamp, packetsCaught, row } = await written(t, received(header));
    t.deepEqual(
      { frameNumber, timestamp, packetsCaught, row },
      { frameNumber: 7n, timestamp: 70_000n, packetsCaught: 128, row: 1 },
      release,
    );
    t.is(exposure, /"expLength":100/.test(header) ? 100 : 0, release);
  }
});

test("before release 7.0, detSpec1 to 4 had names of their own", async (t) => {
  const header = (HEADERS_BY_RELEASE["6.1"] as string)
    .replace('"bunchId":0', '"bunchId":9')
    .replace('"reserved":0', '"reserved":10')
    .replace('"debug":0', '"debug":11')
    .replace('"roundRNumber":0', '"roundRNumber":12');
  const { bunchId, reserved, debug, roundRobin } = await written(t, received(header));
  t.deepEqual(
    { bunchId, reserved, debug, roundRobin },
    { bunchId: 9n, reserved: 10, debug: 11, roundRobin: 12 },
  );
});

test("a header that a file name broke is read number by number, and what makes no sense is 0", async (t) => {
  const broken = await written(t, received(wireHeader({ fname: 'we"ird', modId: 77, expLength: 5 })));
  t.like(broken, { moduleId: 77, exposure: 5 });
  const odd = await written(
    t,
    received(wireHeader({ modId: -1, expLength: 1.5, detSpec1: "text", detSpec4: 70_000 })),
  );
  t.like(odd, { moduleId: 0, exposure: 0, bunchId: 0n, roundRobin: 0 });
});

test("packets of an incomplete frame: known by what the receiver filled in, or only counted", async (t) => {
  const lost = [0, 9, 127];
  const caught = upTo(PACKETS).filter((packet) => !lost.includes(packet));
  const header = (packetNumber: number) => wireHeader({ completeImage: 0, packetNumber });
  const padded = await written(t, received(header(125), withLost(lost)));
  t.like(padded, { packetsCaught: 125 });
  t.deepEqual(padded.packets, caught);
  // Old memory in the gaps: which packets they are is not known.
  const unpadded = await written(t, received(header(125), withLost([])));
  t.like(unpadded, { packetsCaught: 125 });
  t.deepEqual(unpadded.packets, []);
  // A header that contradicts itself.
  const contradicting = await written(t, received(header(128), withLost([])));
  t.like(contradicting, { packetsCaught: 127 });
  t.deepEqual(contradicting.packets, []);
  const wholly = await written(t, received(header(0), withLost(upTo(PACKETS))));
  t.like(wholly, { packetsCaught: 0 });
  t.deepEqual(wholly.packets, []);
});

test("a frame without a header, as from a receiver, has its port's row and its gain mode", async (t) => {
  const gainMode = { highGain: true, fixedStage: undefined, forcedStage: 2 } as const;
  const frame = aModuleFrame({ raw: modulePayload(1), portIndex: 1, gainMode, timestampTicks: 5n });
  t.like(await written(t, frame), { row: 1, column: 0, debug: 0x3001, timestamp: 5n, packetsCaught: 128 });
  const incomplete = aModuleFrame({ raw: withLost([3]), complete: false });
  t.like(await written(t, incomplete), { packetsCaught: 127 });
});

for (const name of FIELD_RECORDINGS.filter((one) => one === "v920")) {
  test("a real receiver's header is written byte by byte", async (t) => {
    const folder = await fieldRecording(t, name);
    for (const row of [0, 1]) {
      const file = await readFile(join(folder, `run_d${row}_f0_0.raw`));
      const header = { frameNumber: 41, modId: 1234, row, timestamp: 0, expLength: 0, packetNumber: 128 };
      const frame = received(wireHeader(header));
      t.deepEqual(Buffer.from(rawFrameHeader(frame, frameFields(frame))), file.subarray(0, 112));
    }
  });
}
