import type { DataEvent, Logger, StreamStatus } from "../api/index.js";
import { MonitorMetrics } from "../host/index.js";
import { parseAddress, startMetricsServer } from "../http/index.js";
import { SYSTEM_CLOCK } from "./system-clock.js";

/** Metrics of a monitor or receiver, on a server of their own. */
export interface ServedMetrics {
  /** Call as soon as the event's data are there, or it is sent: the time until then is its latency. */
  observe(event: DataEvent): void;
  close(): Promise<void>;
}

/** @throws {HostError} HOST_CANNOT_LISTEN */
export async function serveMetrics(
  address: string,
  status: () => StreamStatus,
  logger: Logger,
): Promise<ServedMetrics> {
  const { host: name, port } = parseAddress(address);
  const metrics = new MonitorMetrics({ status, clock: SYSTEM_CLOCK });
  const server = await startMetricsServer({ host: name, port, metrics, health: status });
  logger.info(`Metrics on ${server.url}/metrics, health on ${server.url}/healthz`);
  return {
    observe: ({ timestampSeconds }) =>
      metrics.observe({ latencySeconds: SYSTEM_CLOCK.nowSeconds() - timestampSeconds }),
    close: () => server.close(),
  };
}
