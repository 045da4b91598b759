import test from "ava";
import { JUNGFRAU_1M } from "../../src/detector.js";
import { Receiver, receiverSettings } from "../../src/receiver/index.js";
import { FixedClock, RecordingLogger } from "../helpers/fakes.js";
import { ANY_PORT } from "../helpers/ports.js";

for (const delivery of ["latest", "all"] as const) {
  test(`${delivery}: ends when it is closed, also while it waits for a monitor`, async (t) => {
    const settings = await receiverSettings(JUNGFRAU_1M, {
      addresses: ["tcp://127.0.0.1:9", "tcp://127.0.0.1:10", ANY_PORT],
      delivery,
      format: "parts",
    });
    const services = { logger: new RecordingLogger(), clock: new FixedClock() };
    const receiver = await Receiver.open(settings, services);
    const ended = receiver.run(new AbortController().signal, () => undefined);
    await new Promise(setImmediate);
    t.deepEqual(
      receiver.status().inputs?.map(({ name, counters }) => [name, counters.messages]),
      [
        ["tcp://127.0.0.1:9", 0],
        ["tcp://127.0.0.1:10", 0],
      ],
    );
    receiver.close();
    await t.notThrowsAsync(ended);
  });
}
