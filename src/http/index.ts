/** Small, read-only HTTP servers for people and programs that watch a monitor; on loopback by default. */
export { type ListenAddress, parseAddress, withHostName } from "./listen-address.js";
export { isLoopback } from "./loopback.js";
export {
  type MetricsRoutesOptions,
  type MetricsServerOptions,
  metricsRoutes,
  startMetricsServer,
} from "./metrics-server.js";
export { answerByPath, type HttpAnswer, plain, type Routes } from "./routes.js";
export { answerUpgrade, type HttpServer, startHttpServer } from "./server.js";
