import { readFileSync } from "node:fs";
import test from "ava";
import { inPackage } from "../helpers/package-root.js";
import { sampleMetrics } from "../helpers/sample-metrics.js";

const FILES = ["grafana-dashboard.json", "prometheus-rules.yaml"];

/** Names of metrics, each with the labels that it has. */
async function servedMetrics(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const metrics = new Map<string, Set<string>>();
  for (const line of (await sampleMetrics()).split("\n")) {
    const [, name, labels = ""] = /^([a-z_]+)(?:\{(.*?)\})? /.exec(line) ?? [];
    if (name === undefined) continue;
    const known = metrics.get(name) ?? new Set<string>();
    for (const [, label = ""] of labels.matchAll(/(\w+)="/g)) known.add(label);
    metrics.set(name, known);
  }
  return metrics;
}

for (const file of FILES) {
  test(`${file} asks for metrics and labels that a monitor serves`, async (t) => {
    const served = await servedMetrics();
    const text = readFileSync(inPackage("docs", "monitoring", file), "utf8").replaceAll('\\"', '"');
    const asked = [...text.matchAll(/\b((?:om_jungfrau|process)_[a-z_]+)(?:\{([^}]*)\})?/g)];
    t.true(asked.length > 8);
    for (const [, name = "", labels = ""] of asked) {
      t.true(served.has(name), name);
      for (const [, label = ""] of labels.matchAll(/(\w+)=/g)) {
        t.true(label === "instance" || served.get(name)?.has(label), `${name}{${label}}`);
      }
    }
  });
}

test("the dashboard is a dashboard: every panel has its place, and asks for something", (t) => {
  const { panels, templating } = JSON.parse(
    readFileSync(inPackage("docs", "monitoring", "grafana-dashboard.json"), "utf8"),
  );
  t.deepEqual(
    templating.list.map(({ name }: { name: string }) => name),
    ["datasource", "instance"],
  );
  const places = new Set<string>();
  for (const { id, gridPos, targets, datasource } of panels) {
    t.true(targets.length > 0, `panel ${id}`);
    t.regex(datasource.uid, /^\$\{datasource\}$/);
    places.add(`${gridPos.x} ${gridPos.y}`);
  }
  t.is(places.size, panels.length);
});
