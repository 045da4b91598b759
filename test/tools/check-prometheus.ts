import { spawnSync } from "node:child_process";
import { inPackage } from "../helpers/package-root.js";
import { sampleMetrics } from "../helpers/sample-metrics.js";

/*
 * Let promtool look at what a monitor serves and at the alerts of docs/monitoring. Ends with 1 when it complains. Needs
 * Debian's package prometheus.
 *
 *   node dist/test/tools/check-prometheus.js
 */

function promtool(what: string, args: readonly string[], input = ""): void {
  const { status, stdout, stderr, error } = spawnSync("promtool", args, { input, encoding: "utf8" });
  if (error !== undefined)
    throw new Error(`promtool cannot be run: ${error.message}. Install Debian's prometheus.`);
  const isFine = status === 0 && stderr.trim() === "";
  console.log(`${isFine ? "ok     " : "FAILED "} ${what}\n${isFine ? "" : stdout + stderr}`.trim());
  if (!isFine) process.exitCode = 1;
}

promtool("metrics", ["check", "metrics"], await sampleMetrics());
promtool("alerts", ["check", "rules", inPackage("docs", "monitoring", "prometheus-rules.yaml")]);
