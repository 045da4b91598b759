import { setTimeout as delay } from "node:timers/promises";
import test, { type ExecutionContext } from "ava";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { EventIntake, INTAKE_DEFAULTS } from "../../src/events/index.js";
import { FixedClock, RecordingLogger } from "../helpers/fakes.js";
import { FakeModuleStream } from "../helpers/module-frames.js";

/** An intake at work on two streams that a test fills. */
async function startedIntake(t: ExecutionContext) {
  const streams = [new FakeModuleStream(), new FakeModuleStream()] as const;
  const intake = await EventIntake.open(
    {
      ...INTAKE_DEFAULTS,
      layout: JUNGFRAU_1M,
      urls: ["a", "b"],
      kind: "ports",
      delivery: "latest",
      incompleteFrames: "mark",
    },
    {
      openModuleStream: ({ streamIndex }) => streams[streamIndex] as FakeModuleStream,
      logger: new RecordingLogger(),
      clock: new FixedClock(),
    },
  );
  const events = intake.events();
  void events.next();
  t.teardown(() => intake.close());
  return { intake, streams };
}

test("a stream that did not see a run begin keeps the others back for a while only, and is paired again", async (t) => {
  const { intake, streams } = await startedIntake(t);
  const [top, bottom] = streams;
  const send = (...numbers: readonly number[]) => {
    for (const number of numbers) {
      top.pushFrame({ frameNumber: BigInt(number) });
      bottom.pushFrame({ frameNumber: BigInt(number), portIndex: 1 });
    }
  };
  send(100, 101, 102, 103, 104, 105);
  // The run begins again at 101, and the top module's receiver is connected to when 106 is sent.
  for (let number = 101; number < 106; number++)
    bottom.pushFrame({ frameNumber: BigInt(number), portIndex: 1 });
  const pairedBefore = 6;
  let number = 106;
  while ((intake.status().counters.paired as number) <= pairedBefore && number < 2000) {
    send(number);
    number += 1;
    await delay(1);
  }
  t.true(
    (intake.status().counters.paired as number) > pairedBefore,
    JSON.stringify(intake.status().counters),
  );
  t.true(number - 106 < 8 * INTAKE_DEFAULTS.windowSize, `${number - 106} exposures were lost`);
});
