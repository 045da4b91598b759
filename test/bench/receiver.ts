import { Receiver, receiverSettings } from "../../src/receiver/index.js";
import type { OutputFormat } from "../../src/receiver/output.js";
import { answer } from "./child.js";

/*
 * The receiver of bench:receive, a process of its own.
 *
 *   receiver.js FORMAT SOURCE
 */
const [format, source = ""] = process.argv.slice(2);
const silent = { debug: () => {}, info: () => {}, warn: console.error, error: console.error };
const clock = { nowSeconds: () => (performance.timeOrigin + performance.now()) / 1000 };
const receiver = await Receiver.open(
  await receiverSettings({
    addresses: [...source.split(","), "tcp://127.0.0.1:0"],
    format: format as OutputFormat,
    delivery: "all",
  }),
  { logger: silent, clock },
);
void receiver.run(new AbortController().signal, () => {});

let cpu = process.cpuUsage();
answer(() => {
  const { user, system } = process.cpuUsage(cpu);
  cpu = process.cpuUsage();
  return { url: receiver.url, cpuMs: (user + system) / 1000 };
});
