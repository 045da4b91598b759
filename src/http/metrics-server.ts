import type { ListenAddress } from "./listen-address.js";
import { answerByPath, type HttpAnswer, type Routes } from "./routes.js";
import { type HttpServer, startHttpServer } from "./server.js";

/** States in which nothing is wrong. */
const HEALTHY_STATES: readonly string[] = ["waiting", "streaming"];

/** What Prometheus and process supervisors request. */
export interface MetricsRoutesOptions {
  readonly metrics: { text(): Promise<string>; readonly contentType: string };
  /** Called for each request for `/healthz`. */
  readonly health: () => { readonly state: string; readonly message: string };
}

export interface MetricsServerOptions extends ListenAddress, MetricsRoutesOptions {}

/**
 * Serve `/metrics` to Prometheus, and `/healthz` to process supervisors.
 *
 * @throws {HostError} HOST_CANNOT_LISTEN if the address cannot be used
 */
export function startMetricsServer(options: MetricsServerOptions): Promise<HttpServer> {
  const { host, port } = options;
  const routes = metricsRoutes(options);
  return startHttpServer({
    host,
    port,
    answer: (request) => answerByPath(request, routes, "There is /metrics and /healthz."),
  });
}

/** `/metrics` and `/healthz`. */
export function metricsRoutes({ metrics, health }: MetricsRoutesOptions): Routes {
  return new Map([
    [
      "/metrics",
      async (): Promise<HttpAnswer> => ({
        status: 200,
        type: metrics.contentType,
        body: await metrics.text(),
      }),
    ],
    ["/healthz", async () => healthAnswer(health())],
  ]);
}

function healthAnswer({ state, message }: { state: string; message: string }): HttpAnswer {
  return {
    status: HEALTHY_STATES.includes(state) ? 200 : 503,
    type: "application/json",
    body: `${JSON.stringify({ state, message })}\n`,
  };
}
