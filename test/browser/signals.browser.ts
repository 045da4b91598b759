import test from "ava";
import { sharedLiveDetector } from "../helpers/live-detector.js";

const { openLiveDetector } = sharedLiveDetector({
  simulate: ["--wait", "--fault", "bright=8"],
  change: (configuration) =>
    configuration
      .replace("detector_data]", "detector_data, lit, saturation]\n  lit_threshold: 5\n  lit_minimum: 10")
      .replace(
        "raw: Jungfrau1MZmq",
        "raw: Jungfrau1MZmq, lit: LitPixelsJungfrau1MZmq, saturation: SaturationJungfrau1MZmq",
      ),
});

/** Counts the notes that the page plays. */
const COUNT_TONES = `
  window.tones = 0;
  const { start } = OscillatorNode.prototype;
  OscillatorNode.prototype.start = function (...args) {
    window.tones++;
    return start.apply(this, args);
  };
`;

test.serial(
  "signals have their values and a graph, and an alarm that is raised is there in words",
  async (t) => {
    const { live } = await openLiveDetector(t);
    await live.when("signal-lit.hit", (text) => text === "100.0 %");
    t.true(Number(await live.text("signal-lit.lit")) > 100);
    await live.when("signal-saturation.near_limit", (text) => text === "113");
    t.regex(
      await live.when("alarm-saturation.near_limit", (text) => text !== ""),
      /^Alarm saturation\.near_limit since \d\d:\d\d:\d\d: saturation\.near_limit is 113, above 20\. Attenuate/,
    );
    const sound = live.page.getByRole("button", { name: "Alarm sound" });
    t.is(await sound.getAttribute("aria-pressed"), "false");
    const tones = () => live.page.evaluate("window.tones");
    await live.page.evaluate(COUNT_TONES);
    await sound.click();
    await live.until(async () => Number(await tones()) >= 4); // two notes each
    await live.page.reload();
    await live.when("alarm-saturation.near_limit", (text) => text !== "");
    t.is(await sound.getAttribute("aria-pressed"), "true", "it is remembered");
    t.is(await live.page.getByLabel("lit.lit, last two minutes").count(), 1);
    t.deepEqual(live.complaints, []);
  },
);
