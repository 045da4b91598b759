import test from "ava";
import { RunOrder } from "../../../src/recordings/writer/run-order.js";
import { aModuleFrame } from "../../helpers/module-frames.js";

/** The run of each frame, written as `port:number` or `port:number@ticks`, 100 ms after each other; `x` for one that came twice. */
function runs(line: string, intervalSeconds = 0.1): string {
  const order = new RunOrder();
  return line
    .split(" ")
    .map((text, index) => {
      const [, port, number, ticks = "0"] = /^(\d):(\d+)(?:@(\d+))?$/.exec(text) ?? [];
      const run = order.runOf(
        aModuleFrame({
          portIndex: Number(port),
          frameNumber: BigInt(number ?? ""),
          timestampTicks: BigInt(ticks),
          header: Buffer.from(text),
          arrivalSeconds: index * intervalSeconds,
        }),
      );
      return run ?? "x";
    })
    .join("");
}

test("numbers that grow are one run, also with gaps and across acquisitions", (t) => {
  t.is(runs("0:1 1:1 0:2 0:3 1:5 0:9 1:9"), "0000000");
});

test("a port whose numbers begin again begins a run, and the others follow when theirs do", (t) => {
  t.is(runs("0:1 1:1 0:2 0:1 1:2 1:1 0:2 1:2"), "00010111");
});

test("ticks that begin again begin a run; those of a frame that was lost as a whole are 0 and say nothing", (t) => {
  t.is(runs("0:1@10 1:1@10 0:2@20 1:2@0 0:3@30 1:3@30 0:4@10 1:4@10"), "00000011");
});

test("a port that joins late is of the newest run", (t) => {
  t.is(runs("0:1 0:2 0:1 1:1 1:2"), "00111");
});

test("a port that has not begun again soon after the others is of the newest run all the same", (t) => {
  t.is(runs("0:8 1:1 0:1 1:2 1:3", 1.5), "00101");
});

test("frames are never of a run before the last but one", (t) => {
  t.is(runs("0:5 1:5 0:4 0:3 1:6", 0.01), "00122");
});

test("a frame that comes twice is of no run", (t) => {
  t.is(runs("0:1 0:1 0:2 0:2@5"), "0x01");
});
