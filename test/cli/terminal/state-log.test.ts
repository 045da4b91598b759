import test from "ava";
import type { StreamState } from "../../../src/api/index.js";
import { StateLog, type StateLogOptions } from "../../../src/cli/terminal/state-log.js";
import { RecordingLogger } from "../../helpers/fakes.js";

/** What is logged while a stream goes through states, one a look. */
function logged(states: readonly StreamState[], { repeats }: StateLogOptions): string[] {
  const logger = new RecordingLogger();
  let looks = 0;
  const log = new StateLog(
    () => {
      const state = states[looks++] as StreamState;
      return { state, message: `${state} at ${looks}`, counters: {} };
    },
    logger,
    { repeats },
  );
  for (const _ of states) log.look();
  return logger.lines;
}

for (const repeats of [true, false]) {
  test(`each change of state is logged when it is seen, and the recovery${repeats ? "" : ", beside a status line, too"}`, (t) => {
    const states: StreamState[] = ["waiting", "streaming", "streaming", "one_module_only", "stalled"];
    t.deepEqual(logged([...states, "streaming", "waiting", "streaming"], { repeats }), [
      "info streaming at 2",
      "info one_module_only at 4",
      "info stalled at 5",
      "info streaming at 6 again",
      "info waiting at 7",
      "info streaming at 8 again",
    ]);
  });
}

const many = <T>(state: T) => new Array<T>(25).fill(state);

test("what is waited for is logged every so often, and a stream that goes on is not", (t) => {
  const states = [...many<StreamState>("waiting"), ...many<StreamState>("streaming")];
  t.deepEqual(logged(states, { repeats: true }), [
    "info waiting at 10",
    "info waiting at 20",
    "info streaming at 26",
  ]);
  const stalled = ["info stalled at 1", "info stalled at 11", "info stalled at 21"];
  t.deepEqual(logged(many("stalled"), { repeats: true }), stalled);
});

test("a status line says what is waited for: the log does not repeat it", (t) => {
  t.deepEqual(logged(many("stalled"), { repeats: false }), ["info stalled at 1"]);
});

test("a run that is over before the first look has streamed, and what is closed has not stalled", (t) => {
  for (const [state, lines] of [
    ["streaming", ["info streaming"]],
    ["stalled", []],
  ] as const) {
    const logger = new RecordingLogger();
    StateLog.start(() => ({ state, message: state, counters: {} }), logger, { repeats: true })();
    t.deepEqual(logger.lines, [...lines]);
  }
});
