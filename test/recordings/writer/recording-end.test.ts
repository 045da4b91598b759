import test from "ava";
import { RecordingEnd, type RecordingLimits } from "../../../src/recordings/writer/recording-end.js";
import { FixedClock } from "../../helpers/fakes.js";
import { aModuleFrame } from "../../helpers/module-frames.js";

/** What belongs to a recording of two ports, of frames `port:number` 100 ms after each other: `+`, `-`, and `|` for its end. */
function wanted(line: string, limits: Partial<RecordingLimits>): string {
  const clock = new FixedClock(1000);
  const end = new RecordingEnd({ frames: Infinity, seconds: Infinity, bytes: Infinity, ...limits }, clock);
  return line
    .split(" ")
    .map((text) => {
      clock.seconds += 0.1;
      const [port, number] = text.split(":");
      const frame = aModuleFrame({
        portIndex: Number(port),
        frameNumber: BigInt(number ?? ""),
        arrivalSeconds: clock.seconds,
      });
      const isWanted = end.accept(frame, { run: 0, sizeBytes: 10, portCount: 2 });
      return `${isWanted ? "+" : "-"}${end.isReached ? "|" : ""}`;
    })
    .join("");
}

test("without limits, nothing ends", (t) => {
  t.is(wanted("0:1 1:1 0:2 1:2", {}), "++++");
});

test("the first port that has its frames says with which number the others end", (t) => {
  t.is(wanted("0:1 0:2 0:3 1:1 1:2 0:4 1:3", { frames: 2 }), "++-++|-|-|");
});

test("a port that skipped the last number has ended, too", (t) => {
  t.is(wanted("0:1 0:2 1:1 1:3", { frames: 2 }), "+++-|");
});

test("a dead port is waited for, but not for ever", (t) => {
  const clock = new FixedClock(1000);
  const end = new RecordingEnd({ frames: 1, seconds: Infinity, bytes: Infinity }, clock);
  t.true(end.accept(aModuleFrame({ arrivalSeconds: 1000 }), { run: 0, sizeBytes: 10, portCount: 2 }));
  clock.seconds += 1.9;
  t.false(end.look());
  clock.seconds += 0.2;
  t.true(end.look());
});

test("seconds count from the first frame on, bytes never go over", (t) => {
  t.is(wanted("0:1 1:1 0:2 1:2 0:3", { seconds: 0.25 }), "+++-|-|");
  t.is(wanted("0:1 1:1 0:2 1:2", { bytes: 30 }), "+++-|");
});
