import { readMonitorParameters } from "../../src/configuration/index.js";
import { MonitorHost } from "../../src/host/index.js";
import { monitorMetrics, type ServedView, serveView } from "../../src/outputs/index.js";
import { inPackage } from "../helpers/package-root.js";
import { answer } from "./child.js";

/** What a monitor has seen since it was last asked. */
export interface Seen {
  /** Events. */
  readonly delivered: number;
  readonly cpuMs: number;
  /** When the newest event was ready, on the clock that all processes of a machine share. */
  readonly lastNs: string;
  /** Of the live view; undefined without one. */
  readonly viewUrl: string | undefined;
}

/*
 * The monitor of the live view's benchmark, a process of its own: the reference host on a configuration.
 *
 *   monitor.js monitor SOURCE CONFIGURATION
 *   monitor.js view SOURCE CONFIGURATION      with the live view
 */
const [mode, source = "", configuration = ""] = process.argv.slice(2);

let delivered = 0;
let lastNs = 0n;

const SILENT = { debug: () => {}, info: () => {}, warn: console.error, error: console.error };
const clock = { nowSeconds: () => (performance.timeOrigin + performance.now()) / 1000 };

const host = new MonitorHost({
  parameters: readMonitorParameters(configuration),
  source,
  defaultManifests: [inPackage("plugin.manifest.json")],
  logger: SILENT,
  clock,
  nodeVersion: process.versions.node,
});
await host.initialize();
const view = mode === "view" ? await startView() : undefined;
void (async () => {
  for await (const monitored of host.events(new AbortController().signal)) {
    view?.write(monitored);
    lastNs = process.hrtime.bigint();
    delivered += 1;
  }
})();

async function startView(): Promise<ServedView> {
  const status = () => host.status();
  const metrics = await monitorMetrics({ status, clock });
  return serveView({ view: "0", host, origin: { configuration, source }, status, metrics, logger: SILENT });
}

let cpu = process.cpuUsage();

answer((): Seen => {
  const { user, system } = process.cpuUsage(cpu);
  cpu = process.cpuUsage();
  const seen = {
    delivered,
    cpuMs: (user + system) / 1000,
    lastNs: String(lastNs),
    viewUrl: view?.url,
  };
  delivered = 0;
  return seen;
});
