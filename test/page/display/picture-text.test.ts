import test from "ava";
import { colourBarTicks } from "../../../src/page/display/picture-text.js";

test("the numbers beside a saved colour bar are where its colours are", (t) => {
  t.deepEqual(colourBarTicks({ scale: "linear", domain: [0, 2750.123] }), [
    { share: 0, text: "0" },
    { share: 0.25, text: "688" },
    { share: 0.5, text: "1380" },
    { share: 0.75, text: "2060" },
    { share: 1, text: "2750.1" },
  ]);
  t.deepEqual(
    colourBarTicks({ scale: "log", domain: [0.01, 100] }).map(({ text }) => text),
    ["0.01", "0.1", "1", "10", "100"],
  );
});
