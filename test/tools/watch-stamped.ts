import { setImmediate } from "node:timers/promises";
import { CLOCK } from "../../src/api/index.js";
import type { DetectorFrame } from "../../src/data-sources/index.js";
import type { JungfrauEvent } from "../../src/events/index.js";
import { SYSTEM_CLOCK } from "../../src/host/system-clock.js";
import { parametersOf, registerPlugin } from "../helpers/fakes.js";
import { readStamp, type Stamp } from "../helpers/stamped-payloads.js";

/*
 * A monitor on frames that say what they are. Prints `{"run", "frameNumber", "sentMs", "ageMs"}` of each event, and when it
 * is interrupted `{"summary": {counters}}`. Ends with 1 when an event's halves are not of one exposure. It computes for so
 * long on each event.
 *
 *   node dist/test/tools/watch-stamped.js SOURCE [WORK_MS]
 */

const NODE = { nodeRank: 1, nodePoolSize: 2 };
const CONFIGURATION = `
data_retrieval_layer: {required_data: [event_id, detector_data], detector_calibration: false}
`;

const workMs = Number(process.argv[3] ?? 0);
const abort = new AbortController();
process.once("SIGINT", () => abort.abort());

const { context, status } = registerPlugin(new Map([[CLOCK, SYSTEM_CLOCK]])); // when frames come matters
const handler = context.dataRetrievals
  .get("Jungfrau1MZmqDataRetrieval")({
    source: process.argv[2] ?? "",
    monitorParameters: parametersOf(CONFIGURATION),
  })
  .getDataEventHandler();
await handler.initializeEventHandlingOnProcessingNode(NODE);
for await (const event of handler.eventGenerator({ ...NODE, signal: abort.signal })) {
  const takenMs = Date.now();
  const isPartial = (event as JungfrauEvent).frames.some(({ missing }) => missing);
  handler.openEvent({ event });
  const lent = handler.borrowData?.({ event }) ?? {};
  handler.closeEvent({ event });
  await setImmediate(); // what was lent must still be there
  if (isPartial) continue;
  const [top, bottom] = halvesOf(lent.detector_data as DetectorFrame).map(readStamp) as [Stamp, Stamp];
  const { run, frameNumber, sentMs } = top;
  const isWhole =
    top.moduleIndex === 0 &&
    bottom.moduleIndex === 1 &&
    bottom.run === run &&
    bottom.frameNumber === frameNumber &&
    lent.event_id === String(frameNumber);
  if (!isWhole) throw new Error(`event ${lent.event_id} is of ${JSON.stringify([top, bottom])}`);
  const firstMs = Math.min(sentMs, bottom.sentMs);
  console.log(JSON.stringify({ run, frameNumber, sentMs: firstMs, ageMs: takenMs - firstMs }));
  while (Date.now() - takenMs < workMs); // it does nothing else meanwhile
}
console.log(JSON.stringify({ summary: status().counters }));

function halvesOf({ data: { buffer, byteOffset, byteLength } }: DetectorFrame): Uint8Array[] {
  const half = byteLength / 2;
  return [new Uint8Array(buffer, byteOffset, half), new Uint8Array(buffer, byteOffset + half, half)];
}
