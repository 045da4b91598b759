import test from "ava";
import { signalText } from "../../../src/page/display/signal-text.js";

test("a number has five digits, a share is in percent, and what is missing is a dash", (t) => {
  t.is(signalText({ name: "roi.sum", isShare: false }, 1234.5678), "1234.6");
  t.is(signalText({ name: "lit.hit", isShare: true }, 0.1234), "12.3 %");
  t.is(signalText({ name: "roi.mean", isShare: false }, null), "–");
});
