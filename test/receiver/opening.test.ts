import { setTimeout as delay } from "node:timers/promises";
import test from "ava";
import { JUNGFRAU_1M, layoutOf } from "../../src/detector.js";
import { Receiver, receiverSettings } from "../../src/receiver/index.js";
import { FixedClock, RecordingLogger } from "../helpers/fakes.js";
import { codesAndMessages } from "../helpers/faults.js";
import { ANY_PORT, bindAgain } from "../helpers/ports.js";

const NOBODY = ["tcp://127.0.0.1:9", "tcp://127.0.0.1:10"];

async function faultsOf(addresses: readonly string[]): Promise<[code: string, message: string][]> {
  const open = async () => {
    const settings = await receiverSettings(JUNGFRAU_1M, { addresses, delivery: "latest", format: "parts" });
    const receiver = await Receiver.open(settings, {
      logger: new RecordingLogger(),
      clock: new FixedClock(),
    });
    receiver.close();
  };
  return codesAndMessages(open());
}

const WRITE = "Write tcp://HOST:PORT with an address of this machine and a free port, or 0 for any.";

for (const [what, url, reason] of [
  ["an address of another machine", "tcp://192.0.2.1:0", "Address not available"],
  ["a port that there is not", "tcp://127.0.0.1:65536", "there is no such address"],
  ["an address without a port", "tcp://127.0.0.1", "there is no such address"],
  ["no address", "nonsense", "there is no such address"],
] as const) {
  test(`${what} cannot be listened on`, async (t) => {
    t.deepEqual(await faultsOf([...NOBODY, url]), [
      ["STREAM_CANNOT_LISTEN", `Cannot listen on ${url}: ${reason}. ${WRITE}`],
    ]);
  });
}

test("a port in use cannot be listened on", async (t) => {
  const port = await bindAgain(ANY_PORT);
  t.teardown(() => port.close());
  t.deepEqual(await faultsOf([...NOBODY, port.url]), [
    ["STREAM_CANNOT_LISTEN", `Cannot listen on ${port.url}: Address already in use. ${WRITE}`],
  ]);
});

test("port 0, a name and every interface can", async (t) => {
  for (const url of [ANY_PORT, "tcp://localhost:0", "tcp://*:0", "tcp://0.0.0.0:0"])
    t.deepEqual(await faultsOf([...NOBODY, url]), []);
});

for (const count of [1, 6, 7]) {
  test(`${count} addresses are not those of a receiver`, async (t) => {
    const addresses = Array.from({ length: count }, (_, index) => `tcp://127.0.0.1:${index + 1}`);
    t.deepEqual(await faultsOf(addresses), [
      [
        "STREAM_BAD_SOURCE",
        `A receiver pairs the 2 streams of a JUNGFRAU 1M, or 4 when its modules have two interfaces, not ${count}. Write ` +
          "tcp://HOST:PORT for each, and then, if you like, the address that monitors pull from.",
      ],
    ]);
  });
}

test("what another receiver has paired is not paired again", async (t) => {
  const settings = receiverSettings(layoutOf("JUNGFRAU 0.5M", 1), {
    addresses: ["pairs+tcp://127.0.0.1:9", ANY_PORT],
    delivery: "latest",
    format: "parts",
  });
  await t.throwsAsync(settings, {
    code: "STREAM_BAD_SOURCE",
    message: /not those that another receiver has paired/,
  });
});

test("every fault is told at once, and no socket stays open", async (t) => {
  const settings = receiverSettings(JUNGFRAU_1M, {
    addresses: ["tcp://127.0.0.1:0", "x"],
    delivery: "latest",
    format: "parts",
    inputKeyFile: "a",
    clientKeyFiles: ["b", "c"],
  });
  t.deepEqual(await codesAndMessages(settings), [
    [
      "STREAM_BAD_SOURCE",
      "Source 'tcp://127.0.0.1:0,x': 'tcp://127.0.0.1:0' is not an address. Write tcp://HOST:PORT for each receiver stream, separated by commas: one per module, or two per module with two interfaces. Or write pairs+tcp://HOST:PORT for a receiver that pairs them, or name recorded files.",
    ],
    [
      "STREAM_KEY_FILE",
      "Key file 'a' has no effect without the server's public key. Name it, too, to encrypt the stream.",
    ],
    [
      "STREAM_KEY_FILE",
      "Key files 'b', 'c' of clients have no effect without the server's own key pair. Name it with --curve-key, too, to encrypt the stream.",
    ],
  ]);
});

test("when a stream's host is unknown, the output is closed again", async (t) => {
  const free = await bindAgain(ANY_PORT);
  free.close();
  const url = free.url;
  const codes = async () =>
    (await faultsOf(["tcp://jungfrau.invalid:1", "tcp://127.0.0.1:2", url])).map(([code]) => code).join();
  // ZeroMQ lets go of a port in the background.
  let code = await codes();
  for (; code === "STREAM_CANNOT_LISTEN"; code = await codes()) await delay(20);
  t.is(code, "STREAM_UNKNOWN_HOST");
  const again = await bindAgain(url);
  t.is(again.url, url);
  again.close();
});
