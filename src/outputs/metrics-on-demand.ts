import type { MonitorMetrics, MonitorMetricsOptions } from "./metrics.js";

/** Create {@link MonitorMetrics}. Their library has a hundred files, which only load when metrics are requested. */
export async function monitorMetrics(options: MonitorMetricsOptions): Promise<MonitorMetrics> {
  const { MonitorMetrics } = await import("./metrics.js");
  return new MonitorMetrics(options);
}
