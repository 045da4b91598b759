import test from "ava";
import { monitorCommand, monitorKeys } from "../../src/cli/monitor-command.js";

const READY = { source: "tcp://h:1,tcp://h:2", configuration: "it's/monitor.yaml" };
const PLAIN = "npx om-jungfrau monitor -c 'it'\\''s/monitor.yaml' tcp://h:1,tcp://h:2";

const commands: [what: string, keys: Parameters<typeof monitorKeys>, expected: string][] = [
  ["without keys", [undefined, undefined], PLAIN],
  ["with a detector's key", ["k/d.key_secret", undefined], `${PLAIN} --curve-server-key 'k/d.key'`],
  [
    "with keys on both sides",
    ["d.key_secret", ["m.key", "n.key"]],
    `${PLAIN} --curve-server-key 'd.key' --curve-key 'm.key_secret'`,
  ],
  [
    "with key files of other names",
    ["d.pair", ["m.public"]],
    `${PLAIN} --curve-server-key 'DETECTOR.key' --curve-key 'MONITOR.key_secret'`,
  ],
];
for (const [what, keys, expected] of commands) {
  test(`the monitor's command of a simulated detector ${what}`, (t) => {
    t.is(monitorCommand({ ...READY, ...monitorKeys(...keys) }), expected);
  });
}
