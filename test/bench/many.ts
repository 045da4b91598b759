import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { NATS_SERVER_PATH } from "../helpers/nats-server-path.js";
import { inPackage } from "../helpers/package-root.js";
import { fixedPorts } from "../helpers/ports.js";
import { writeBenchFiles } from "./bench-files.js";
import { Detector } from "./detector.js";
import { MeasuredProcess } from "./measured-process.js";
import { machine, progress } from "./report.js";

/*
 * Processor time per frame at each hop between the detector and the view of all monitors: `receive --share` per port,
 * monitors, NATS server and `view`. At a rate that the machine keeps up with; sender and all others share it.
 *
 *   npm run bench:many                                      1, 2 and 4 monitors
 *   npm run bench:many -- --rate 60 --seconds 5             another rate
 */
const { values } = parseArgs({
  options: { rate: { type: "string", default: "60" }, seconds: { type: "string", default: "8" } },
});
const rateHz = Number(values.rate);
const frames = Math.round(rateHz * Number(values.seconds));
const CLI = inPackage("dist", "src", "cli", "main.js");
const files = await writeBenchFiles();
const detector = Detector.build(files.folder, files.frames);

const start = (...args: string[]) => new MeasuredProcess(process.execPath, [CLI, ...args]);

async function run(monitorCount: number, hasNats: boolean): Promise<Record<string, string>> {
  progress(`${monitorCount} monitors${hasNats ? " with NATS" : ""}`);
  const [port, natsPort] = [await fixedPorts(2 * monitorCount), await fixedPorts(1)];
  const nats = `nats://127.0.0.1:${natsPort}`;
  const server = hasNats
    ? new MeasuredProcess(NATS_SERVER_PATH ?? "nats-server", ["-a", "127.0.0.1", "-p", `${natsPort}`])
    : undefined;
  await server?.errorMatch(/(Server is ready)/);
  const sender = await detector.sender();
  const url = (index: number) => `tcp://127.0.0.1:${port + index}`;
  const shares = sender.source
    .split(",")
    .map((input, index) =>
      start("receive", "--share", `${monitorCount}`, input, url(index * monitorCount), "--json"),
    );
  await Promise.all(shares.map((share) => share.errorMatch(/(Monitor 1 of)/)));
  const monitors = Array.from({ length: monitorCount }, (_, index) =>
    start(
      ...["monitor", "--share", `${monitorCount}`, "-c", files.configurations.all],
      ...(hasNats ? ["--nats", nats, "--nats-name", `m${index}`] : []),
      `${url(index)},${url(monitorCount + index)}`,
    ),
  );
  for (const [index, share] of shares.entries())
    for (let monitor = 0; monitor < monitorCount; monitor++)
      await share.errorMatch(
        new RegExp(`(A monitor has connected to ${url(index * monitorCount + monitor)})`),
      );
  const view = hasNats ? start("view", nats, "--listen", "0") : undefined;
  await view?.errorMatch(/(Live view on)/);
  await sender.send(rateHz, Math.round(2 * rateHz)); // so that code is compiled, and sums have begun
  await delay(3000);
  const all = { share: shares, monitor: monitors, nats: server ? [server] : [], view: view ? [view] : [] };
  const cpu = () =>
    Object.values(all).map((processes) => processes.reduce((sum, one) => sum + one.cpuMs(), 0));
  const before = cpu();
  const sent = await sender.send(rateHz, frames);
  await Promise.all(monitors.map((monitor) => monitor.idle()));
  const costs = cpu().map((ms, index) => (ms - (before[index] ?? 0)) / frames);
  for (const one of [...(view ? [view] : []), ...monitors]) await one.stop();
  const delivered = monitors
    .map(({ lines }) => Number(/ delivered (\d+)/.exec(lines.at(-1)?.text ?? "")?.[1] ?? Number.NaN))
    .reduce((sum, count) => sum + count, 0);
  for (const one of [...shares, ...(server ? [server] : [])]) await one.stop();
  await sender.stop();
  const [share = 0, monitor = 0, natsCost = 0, viewCost = 0] = costs.map((cost) => Number(cost.toFixed(2)));
  return {
    monitors: String(monitorCount),
    nats: hasNats ? "yes" : "no",
    "sent /s": (frames / sent.seconds).toFixed(1),
    "delivered %": ((100 * delivered) / (frames + 2 * rateHz)).toFixed(1),
    "sender ms": (sent.cpuMs / frames).toFixed(2),
    "share ms, both ports": String(share),
    "monitor ms": String(monitor),
    "nats-server ms": String(natsCost),
    "view ms": String(viewCost),
  };
}

console.log(machine());
for (const hasNats of NATS_SERVER_PATH === undefined ? [false] : [false, true])
  for (const count of [1, 2, 4]) console.log(JSON.stringify(await run(count, hasNats)));
process.exit();
