import { COUNTERS } from "../../src/api/index.js";
import { monitorMetrics } from "../../src/outputs/index.js";
import { FixedClock } from "./fakes.js";
import { watchedData } from "./watched.js";

/** The text that Prometheus gets of a monitor which has counted everything, with a signal, an alarm and a frame. */
export async function sampleMetrics(): Promise<string> {
  const clock = new FixedClock();
  const watched = watchedData(clock, { "lit.hit": 0.5 });
  watched.signals.collect({ lit: { hit: true, lit: 300 } });
  watched.alarms.look();
  const names = Object.keys(COUNTERS).map((name) => name.replace("<name>", "detector_data"));
  const counters = Object.fromEntries(names.map((name) => [name, 1]));
  const metrics = await monitorMetrics({
    status: () => ({ state: "streaming", message: "streaming", counters }),
    clock,
    watched,
  });
  const frame = { dtype: "uint16", shape: [1, 2], data: Uint16Array.of(1, 2), badPixels: { masked: 1 } };
  const event = { frameNumber: 1n, timestampSeconds: clock.seconds };
  metrics.write({ event, data: { frame } });
  return metrics.text();
}
