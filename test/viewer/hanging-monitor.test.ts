import { once } from "node:events";
import { Worker } from "node:worker_threads";
import test from "ava";
import { LiveView } from "../../src/viewer/index.js";
import { FixedClock, RecordingLogger } from "../helpers/fakes.js";
import { ask } from "../helpers/http-requests.js";
import { IDENTITY } from "../helpers/identity.js";
import { PATIENCE_MS, until } from "../helpers/until.js";
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
    const { parentPort, workerData: { url, hang } } = require("node:worker_threads");
    (async () => {
      for (;;) {
        const response = await fetch(url);
        const answer = [response.status, await response.text()];
        if (response.status !== 200) {
          Atomics.store(hang, 0, 1);
          Atomics.notify(hang, 0);
          return parentPort.postMessage(answer);
        }
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    })();`;
  const hang = new Int32Array(new SharedArrayBuffer(4));
  const asker = new Worker(code, { eval: true, workerData: { url: `${view.url}healthz`, hang } });
  const answer = once(asker, "message");
  await once(asker, "online");
  Atomics.wait(hang, 0, 0, PATIENCE_MS); // this thread is the monitor's
  const [[status, text]] = await answer;
  t.is(status, 503);
  t.regex(text, /"stalled","message":"the monitor has not answered for \d+ s"/);
});
