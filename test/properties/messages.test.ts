import test from "ava";
import fc from "fast-check";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { frameHeader } from "../../src/simulator/frame-header.js";
import { parseHeader } from "../../src/stream/header.js";
import { parseMessage } from "../../src/stream/message.js";
import { wireHeader } from "../helpers/wire-headers.js";

const uint64 = fc.bigInt(0n, 2n ** 64n - 1n);

test("parsing inverts the simulator's encoding", (t) => {
  fc.assert(
    fc.property(
      fc.nat(1),
      uint64,
      fc.nat(),
      uint64,
      (moduleIndex, frameNumber, frameIndex, timestampTicks) => {
        const header = parseHeader(
          frameHeader({ layout: JUNGFRAU_1M, moduleIndex, frameNumber, frameIndex, timestampTicks }),
        );
        return (
          header.kind === "frame" &&
          header.frameNumber === frameNumber &&
          header.timestampTicks === timestampTicks &&
          header.position?.row === moduleIndex &&
          !header.repaired
        );
      },
    ),
  );
  t.pass();
});

test("any file name leaves the numbers as they are, or makes a fault", (t) => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), uint64, (fname, frameNumber) => {
      try {
        const header = parseHeader(wireHeader({ fname, frameNumber }));
        return header.kind === "frame" && header.frameNumber === frameNumber && header.position?.row === 1;
      } catch (error) {
        return (error as { code?: string }).code === "STREAM_BAD_HEADER";
      }
    }),
    { numRuns: 2000 },
  );
  t.pass();
});

test("any bytes give a frame, an end or a fault", (t) => {
  const parts = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.json().map((text) => new TextEncoder().encode(text)),
    ),
    { maxLength: 3 },
  );
  const context = { layout: JUNGFRAU_1M, streamIndex: 0, streamCount: 2, arrivalSeconds: 0 };
  fc.assert(
    fc.property(parts, (message) => ["frame", "end", "fault"].includes(parseMessage(message, context).kind)),
    { numRuns: 3000 },
  );
  t.pass();
});
