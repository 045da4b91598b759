import test from "ava";
import { WarningLog } from "../../../src/cli/check/warning-log.js";
import { RecordingLogger } from "../../helpers/fakes.js";

test("warnings and errors are kept, each once; the rest goes to the details", (t) => {
  const details = new RecordingLogger();
  const log = new WarningLog(details);
  log.debug("a detail");
  log.info("a file was read");
  for (let time = 0; time < 2; time++) {
    log.warn("this is odd");
    log.error("this is wrong");
  }
  t.deepEqual(log.warnings, ["this is odd", "this is wrong"]);
  t.deepEqual(details.lines, ["debug a detail", "debug a file was read"]);
  log.forget();
  t.deepEqual(log.warnings, []);
});
