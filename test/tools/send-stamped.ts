import { setTimeout as delay } from "node:timers/promises";
import { SECONDS_PER_TICK } from "../../src/detector.js";
import { bindAgain } from "../helpers/ports.js";
import { stampedPayload } from "../helpers/stamped-payloads.js";
import { wireHeader } from "../helpers/wire-headers.js";

/*
 * One module of a detector that takes frames from `startMs` on, until it is killed. Senders of the same run and start
 * agree about frame numbers without a word between them, also one that was started again in the middle of a run.
 *
 *   node dist/test/tools/send-stamped.js URL MODULE RUN FIRST_NUMBER START_MS PERIOD_MS
 */

const [url, moduleIndex, run, firstNumber, startMs, periodMs] = process.argv
  .slice(2)
  .map((text, index) => (index === 0 ? text : Number(text))) as [
  string,
  number,
  number,
  number,
  number,
  number,
];

/** The modules' clock begins anew with each run. */
const ticksOf = (index: number) => 1 + Math.round((index * periodMs) / 1000 / SECONDS_PER_TICK);

process.once("SIGINT", () => process.exit(0));
const port = await bindAgain(url);
for (let index = Math.max(0, Math.ceil((Date.now() - startMs) / periodMs)); ; index++) {
  await delay(Math.max(0, startMs + index * periodMs - Date.now()));
  const frameNumber = firstNumber + index;
  await port.send([
    wireHeader({ frameNumber, timestamp: ticksOf(index), row: moduleIndex, detshape: [1, 2] }),
    stampedPayload({ moduleIndex, run, frameNumber, sentMs: Date.now() }),
  ]);
}
