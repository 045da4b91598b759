import type { DataEvent, Logger, StreamStatus } from "../api/index.js";
import { MonitorMetrics } from "../host/index.js";
import { type HttpServer, parseAddress, startMetricsServer } from "../http/index.js";
import { SYSTEM_CLOCK } from "./system-clock.js";

/** The numbers of a process that runs one stream; who serves them, the options say. */
export class StreamMetrics {
  readonly #status: () => StreamStatus;
  readonly numbers: MonitorMetrics;

  constructor(status: () => StreamStatus) {
    this.#status = status;
    this.numbers = new MonitorMetrics({ status, clock: SYSTEM_CLOCK });
  }

  /** Call as soon as the event's data are there, or it is sent: the time until then is its latency. */
  observe({ timestampSeconds }: DataEvent): void {
    this.numbers.observe({ latencySeconds: SYSTEM_CLOCK.nowSeconds() - timestampSeconds });
  }

  /**
   * Serve them on a server of their own.
   *
   * @throws {HostError} HOST_CANNOT_LISTEN
   */
  async serve(address: string, logger: Logger): Promise<HttpServer> {
    const options = { ...parseAddress(address), metrics: this.numbers, health: this.#status };
    const server = await startMetricsServer(options);
    logger.info(`Metrics on ${server.url}/metrics, health on ${server.url}/healthz`);
    return server;
  }
}
