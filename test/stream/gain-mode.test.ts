import test from "ava";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { gainMode, gainModeName, storageCell } from "../../src/stream/gain-mode.js";
import { parseMessage } from "../../src/stream/message.js";
import { modulePayload } from "../helpers/module-frames.js";
import { wireHeader } from "../helpers/wire-headers.js";

const settings: [what: string, bits: number, object][] = [
  ["nothing", 0, {}],
  ["high gain", 0b1, { highGain: true }],
  ["G1 fixed", 0b10, { fixedStage: 1 }],
  ["G2 fixed", 0b100, { fixedStage: 2 }],
  ["G1 forced", 0x1000, { forcedStage: 1 }],
  ["G2 forced, which sets both bits", 0x3000, { forcedStage: 2 }],
  ["G2 forced by one bit", 0x2000, { forcedStage: 2 }],
  ["comparator reset, chip version, storage cell, event code and external flag", 0x80ff0ff0, {}],
  ["all at once", 0xffffffff, { highGain: true, fixedStage: 2, forcedStage: 2 }],
];
for (const [what, bits, expected] of settings) {
  test(`DAQ info that says ${what}`, (t) => {
    const none = { highGain: false, fixedStage: undefined, forcedStage: undefined };
    t.deepEqual(gainMode(bits), { ...none, ...expected });
  });
}

const names: [bits: number, name: string][] = [
  [0, "dynamic"],
  [0b1, "dynamic, HG0"],
  [0x1000, "forceswitchg1"],
  [0x3000, "forceswitchg2"],
  [0x10, "fixg0"],
  [0b10, "fixg1"],
  [0b110, "fixg2"],
  [0b11, "fixg1, HG0"],
  // Chip version, storage cell, event code and external flag.
  [0x80ff0fe0, "dynamic"],
];
for (const [bits, name] of names) {
  test(`DAQ info 0x${bits.toString(16)} is gain mode ${name}`, (t) => {
    t.is(gainModeName(bits), name);
  });
}

test("each storage cell is found beside all other bits", (t) => {
  for (let cell = 0; cell < 16; cell++) {
    t.is(storageCell(cell << 8), cell);
    t.is(storageCell((0xfffff0ff | (cell << 8)) >>> 0), cell);
  }
});

test("a frame carries its module's setting", (t) => {
  const context = { layout: JUNGFRAU_1M, streamIndex: 0, streamCount: 2, arrivalSeconds: 0 };
  const parts = (detSpec3: number | undefined) => [Buffer.from(wireHeader({ detSpec3 })), modulePayload(1)];
  t.like(parseMessage(parts(0x3001), context), {
    frame: { gainMode: { highGain: true, fixedStage: undefined, forcedStage: 2 } },
  });
  t.like(parseMessage(parts(undefined), context), { frame: { gainMode: { highGain: false } } });
});
