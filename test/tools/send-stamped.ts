import { setTimeout as delay } from "node:timers/promises";
import { bindAgain } from "../helpers/ports.js";
import { stampedPayload } from "../helpers/stamped-payloads.js";
import { wireHeader } from "../helpers/wire-headers.js";

/*
 * One module of a detector that takes frames from `startMs` on, until it is killed. Senders of the same run and start
 * agree about frame numbers without a word between them, also one that was started again in the middle of a run.
 *
 *   node dist/test/tools/send-stamped.js URL MODULE RUN START_MS
 */

const PERIOD_MS = 50;
/** Each run is below the one before, so that numbers go back, whatever was lost of its begin. */
const firstNumberOf = (run: number) => (1000 - run) * 100_000;

const [url = "", moduleIndex, run, startMs] = process.argv
  .slice(2)
  .map((text, index) => (index === 0 ? text : Number(text))) as [string, number, number, number];

process.once("SIGINT", () => process.exit(0));
const port = await bindAgain(url);
for (let index = Math.max(0, Math.ceil((Date.now() - startMs) / PERIOD_MS)); ; index++) {
  await delay(Math.max(0, startMs + index * PERIOD_MS - Date.now()));
  const frameNumber = firstNumberOf(run) + index;
  await port.send([
    wireHeader({ frameNumber, row: moduleIndex, detshape: [1, 2] }),
    stampedPayload({ moduleIndex, run, frameNumber, sentMs: Date.now() }),
  ]);
}
