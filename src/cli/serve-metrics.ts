import type { Logger } from "../api/index.js";
import {
  type MonitoredEvent,
  type MonitorHost,
  MonitorMetrics,
  parseAddress,
  startMetricsServer,
} from "../host/index.js";
import { SYSTEM_CLOCK } from "./system-clock.js";

/** Metrics of a monitor, on a server of their own. */
export interface ServedMetrics {
  /** Call as soon as the event's data are there: the time until then is its latency. */
  observe(event: MonitoredEvent): void;
  close(): Promise<void>;
}

/** @throws {HostError} HOST_CANNOT_LISTEN */
export async function serveMetrics(
  address: string,
  host: MonitorHost,
  logger: Logger,
): Promise<ServedMetrics> {
  const { host: name, port } = parseAddress(address);
  const metrics = new MonitorMetrics({ status: () => host.status(), clock: SYSTEM_CLOCK });
  const server = await startMetricsServer({ host: name, port, metrics, health: () => host.status() });
  logger.info(`Metrics on ${server.url}/metrics, health on ${server.url}/healthz`);
  return {
    observe: ({ event }) =>
      metrics.observe({ latencySeconds: SYSTEM_CLOCK.nowSeconds() - event.timestampSeconds }),
    close: () => server.close(),
  };
}
