import test from "ava";
import { JsonLines, type Output, summarizeData } from "../../src/outputs/index.js";

test("flat objects are printed as they are, and arrays in them as lists", (t) => {
  const data = {
    roi: { sum: 7.5, mean: null },
    lit: { lit: 3, hit: true },
    profile: { unit: "pixels", mean: Float64Array.of(1, Number.NaN), good_pixels: Uint32Array.of(4, 0) },
    list: Float32Array.of(0.5),
    text: "on",
  };
  t.deepEqual(JSON.parse(JSON.stringify(summarizeData(data))), {
    roi: { sum: 7.5, mean: null },
    lit: { lit: 3, hit: true },
    profile: { unit: "pixels", mean: [1, null], good_pixels: [4, 0] },
    list: [0.5],
    text: "on",
  });
});

test("the last line has the counters, and how often alarms were raised where there are any", async (t) => {
  const written: string[] = [];
  const output = { write: async (line: string) => void written.push(line) } as unknown as Output;
  const status = () => ({ state: "streaming", message: "", counters: { paired: 3 } }) as const;
  await new JsonLines(output, status).close();
  await new JsonLines(output, status, () => ({ bright: 2 })).close();
  t.deepEqual(written, [
    '{"summary":{"paired":3}}\n',
    '{"summary":{"paired":3},"alarms_raised":{"bright":2}}\n',
  ]);
});
