import test from "ava";
import { Router } from "zeromq";
import { curveServerOptions, newKeyPair } from "../../src/security/index.js";
import { SimulatedDetector } from "../../src/simulator/index.js";
import { ANY_PORT } from "../helpers/ports.js";

test("somebody else who answers for ZeroMQ is told, and may go", async (t) => {
  const other = new Router({ linger: 0 });
  await other.bind("inproc://zeromq.zap.01");
  const { secretKey, publicKey } = await newKeyPair();
  const keys = { secretKey, clients: [publicKey] };
  const expected = {
    code: "STREAM_HANDLER_TAKEN",
    message:
      /^Cannot restrict access to listed clients.*Address already in use.*Run one of the two in a separate process\.$/,
  };
  await t.throwsAsync(curveServerOptions(keys), expected);
  await t.throwsAsync(SimulatedDetector.bind([ANY_PORT], keys), expected);
  await t.notThrowsAsync(curveServerOptions({ secretKey, clients: undefined }));
  await other.unbind("inproc://zeromq.zap.01");
  other.close();
  await t.notThrowsAsync(curveServerOptions(keys));
  // Two servers of one process share it.
  const first = await SimulatedDetector.bind([ANY_PORT], keys);
  const second = await SimulatedDetector.bind([ANY_PORT], keys);
  first.close();
  second.close();
});
