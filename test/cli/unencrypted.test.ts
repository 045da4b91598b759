import test from "ava";
import { warnIfUnencrypted } from "../../src/cli/unencrypted.js";
import { RecordingLogger } from "../helpers/fakes.js";

const KEYS = { secretKey: "", clients: undefined };

function warnings(urls: readonly string[], keys?: typeof KEYS): string[] {
  const logger = new RecordingLogger();
  warnIfUnencrypted(urls, keys, logger);
  return logger.lines;
}

test("streams that other machines reach are warned of once, by their addresses", (t) => {
  const open = ["tcp://0.0.0.0:1", "tcp://[::]:2", "tcp://jungfrau:3", "tcp://*:4"];
  const [warning, ...more] = warnings([...open, "tcp://127.0.0.1:5"]);
  t.is(
    warning,
    `warn Everyone who can reach ${open.join(", ")} gets the data, unencrypted. Use --curve-key, or listen on 127.0.0.1.`,
  );
  t.deepEqual(more, []);
});

test("loopback, files and keys are no open doors", (t) => {
  t.deepEqual(warnings(["tcp://127.0.0.1:1", "tcp://[::1]:2", "tcp://localhost:3", "ipc:///run/om"]), []);
  t.deepEqual(warnings(["tcp://0.0.0.0:1"], KEYS), []);
});
