import { type ServedView, serveView } from "../../src/cli/serve-view.js";
import { readMonitorParameters } from "../../src/configuration/index.js";
import type { JungfrauEvent } from "../../src/events/index.js";
import { MonitorHost, MonitorMetrics } from "../../src/host/index.js";
import { zmqModuleStreamOpener } from "../../src/stream/index.js";
import { inPackage } from "../helpers/package-root.js";
import { answer } from "./child.js";
import { quantile } from "./report.js";

/** What a monitor has seen since it was last asked. */
export interface Seen {
  /** Events, or, when it only receives, module frames. */
  readonly delivered: number;
  readonly counters: Readonly<Record<string, number>>;
  readonly cpuMs: number;
  /** From handing the second module to ZeroMQ until the event was ready; of all events. */
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number };
  /** When the newest event was ready. */
  readonly lastNs: string;
  readonly rssBytes: number;
  /** Of the live view; undefined without one. */
  readonly viewUrl: string | undefined;
}

/*
 * The monitor of the stream benchmarks, a process of its own.
 *
 *   monitor.js receive SOURCE                     module frames are received and parsed, no more
 *   monitor.js monitor SOURCE CONFIGURATION MS    the reference host on a configuration, with MS of work on each event
 *   monitor.js view SOURCE CONFIGURATION          the reference host with the live view
 */
const [mode, source = "", configuration = "", workMs = "0"] = process.argv.slice(2);

let delivered = 0;
let lastNs = 0n;
let latencies: number[] = [];
let viewUrl: string | undefined;
let counters = (): Record<string, number> => ({});

function note(timestampTicks: bigint): void {
  lastNs = process.hrtime.bigint();
  delivered += 1;
  latencies.push(Number(lastNs - timestampTicks * 100n) / 1e6);
}

const SILENT = { debug: () => {}, info: () => {}, warn: console.error, error: console.error };
const clock = { nowSeconds: () => (performance.timeOrigin + performance.now()) / 1000 };

async function receive(): Promise<void> {
  const urls = source.split(",");
  const open = zmqModuleStreamOpener(clock, SILENT);
  const highWaterMark = 64;
  for (const [streamIndex, url] of urls.entries()) {
    const stream = await open({ url, streamIndex, streamCount: urls.length, highWaterMark });
    void (async () => {
      for await (const message of stream) {
        if (message.kind !== "frame") continue;
        note(message.frame.timestampTicks);
        message.frame.release?.();
      }
    })();
  }
}

async function monitor(): Promise<void> {
  const host = new MonitorHost({
    parameters: readMonitorParameters(configuration),
    source,
    defaultManifests: [inPackage("plugin.manifest.json")],
    logger: SILENT,
    clock,
    nodeVersion: process.versions.node,
  });
  await host.initialize();
  counters = () => ({ ...host.status().counters });
  const view = mode === "view" ? await startView(host) : undefined;
  viewUrl = view?.url;
  void (async () => {
    for await (const monitored of host.events(new AbortController().signal)) {
      const { event } = monitored;
      view?.offer(monitored);
      note((event as JungfrauEvent).frames[0]?.timestampTicks ?? 0n);
      const until = performance.now() + Number(workMs);
      while (performance.now() < until);
    }
  })();
}

function startView(host: MonitorHost): Promise<ServedView> {
  const metrics = new MonitorMetrics({ status: () => host.status(), clock });
  return serveView({ view: "0", configuration, host, metrics, logger: SILENT });
}

await (mode === "receive" ? receive() : monitor());
let cpu = process.cpuUsage();

answer((): Seen => {
  const { user, system } = process.cpuUsage(cpu);
  cpu = process.cpuUsage();
  const sorted = latencies.toSorted((a, b) => a - b);
  const seen = {
    delivered,
    counters: counters(),
    cpuMs: (user + system) / 1000,
    latencyMs: { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), max: sorted.at(-1) ?? Number.NaN },
    lastNs: String(lastNs),
    rssBytes: process.memoryUsage.rss(),
    viewUrl,
  };
  delivered = 0;
  latencies = [];
  return seen;
});
