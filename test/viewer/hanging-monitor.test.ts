import { once } from "node:events";
import { Worker } from "node:worker_threads";
import test from "ava";
import { LiveView } from "../../src/viewer/index.js";
import { FixedClock, RecordingLogger } from "../helpers/fakes.js";
import { ask } from "../helpers/http-requests.js";
import { IDENTITY } from "../helpers/identity.js";
import { until } from "../helpers/until.js";
import { watchedData } from "../helpers/watched.js";

// In a file of its own, because it holds up the process that it runs in.
test("a monitor that hangs is not called healthy", async (t) => {
  const view = await LiveView.start({
    host: "127.0.0.1",
    port: 0,
    origins: [],
    token: undefined,
    frames: "none",
    rawSource: undefined,
    status: () => ({ state: "streaming", message: "streaming", counters: {} }),
    watched: watchedData(),
    identity: IDENTITY,
    metrics: { text: async () => "", contentType: "text/plain" },
    clock: new FixedClock(),
    logger: new RecordingLogger(),
  });
  t.teardown(() => view.close());
  await until(async () => (await ask(`${view.url}healthz`)).status === 200);
  const code = `
    const { parentPort, workerData } = require("node:worker_threads");
    setTimeout(async () => {
      const response = await fetch(workerData);
      parentPort.postMessage([response.status, await response.text()]);
    }, 5500);`;
  const asker = new Worker(code, { eval: true, workerData: `${view.url}healthz` });
  const answer = once(asker, "message");
  await once(asker, "online");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 6500); // this thread is the monitor's
  const [[status, text]] = await answer;
  t.is(status, 503);
  t.regex(text, /"stalled","message":"the monitor has not answered for [56] s"/);
});
