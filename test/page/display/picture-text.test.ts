import test from "ava";
import {
  colourBarTicks,
  colourBarTitle,
  plainNumber,
  tickIntervals,
} from "../../../src/page/display/picture-text.js";

test("the numbers beside a colour bar are where its colours are", (t) => {
  t.deepEqual(colourBarTicks({ scale: "linear", domain: [0, 2750.123] }), [
    { share: 0, text: "0" },
    { share: 0.25, text: "688" },
    { share: 0.5, text: "1,380" },
    { share: 0.75, text: "2,060" },
    { share: 1, text: "2,750.1" },
  ]);
  t.deepEqual(
    colourBarTicks({ scale: "log", domain: [0.01, 100] }).map(({ text }) => text),
    ["0.01", "0.1", "1", "10", "100"],
  );
});

test("a short bar has fewer numbers", (t) => {
  t.deepEqual(
    [600, 300, 170, 40, 0].map((length) => tickIntervals(length, true)),
    [4, 3, 2, 1, 1],
  );
  t.is(tickIntervals(300, false), 4);
  t.is(colourBarTicks({ scale: "linear", domain: [0, 1] }, 2).length, 3);
});

for (const [value, digits, text] of [
  [1000, 5, "1,000"],
  [3614, 5, "3,614"],
  [-0.00125, 5, "-0.00125"],
  [123_456_789, 5, "123,460,000"],
  [2.5e-7, 3, "2.5e-7"],
  [4.2e12, 3, "4.2e+12"],
  [0, 3, "0"],
] as const) {
  test(`${value} is written ${text}`, (t) => {
    t.is(plainNumber(value, digits), text);
  });
}

test("a colour bar says what it shows, and in which unit", (t) => {
  t.is(colourBarTitle({ image: "sum", unit: "photons" }), "Sum (photons)");
  t.is(colourBarTitle({ image: "raw", unit: "raw" }), "Raw word");
});
