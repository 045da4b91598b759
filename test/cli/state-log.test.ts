import test from "ava";
import type { StreamState } from "../../src/api/index.js";
import { StateLog } from "../../src/cli/state-log.js";
import { RecordingLogger } from "../helpers/fakes.js";

/** What is logged while a stream goes through states, one a look. */
function logged(states: readonly StreamState[]): string[] {
  const logger = new RecordingLogger();
  let looks = 0;
  const log = new StateLog(() => {
    const state = states[looks++] as StreamState;
    return { state, message: `${state} at ${looks}`, counters: {} };
  }, logger);
  for (const _ of states) log.look();
  return logger.lines;
}

test("each change of state is logged when it is seen, and the recovery", (t) => {
  const states: StreamState[] = ["waiting", "streaming", "streaming", "one_module_only", "stalled"];
  t.deepEqual(logged([...states, "streaming", "waiting", "streaming"]), [
    "info streaming at 2",
    "info one_module_only at 4",
    "info stalled at 5",
    "info streaming at 6 again",
    "info waiting at 7",
    "info streaming at 8 again",
  ]);
});

test("what is waited for is logged every so often, and a stream that goes on is not", (t) => {
  const many = <T>(state: T) => new Array<T>(25).fill(state);
  t.deepEqual(logged([...many<StreamState>("waiting"), ...many<StreamState>("streaming")]), [
    "info waiting at 10",
    "info waiting at 20",
    "info streaming at 26",
  ]);
  t.deepEqual(logged(many("stalled")), ["info stalled at 1", "info stalled at 11", "info stalled at 21"]);
});
