import test from "ava";
import { nextScale, SCALES, scaleOf, undrawnText } from "../../../src/page/display/scales.js";

test("a scale can be undone", (t) => {
  for (const name of SCALES) {
    const { apply, invert, holds } = scaleOf(name);
    for (const value of [-12, 0, 0.3, 1, 4000].filter(holds)) {
      t.true(Math.abs(invert(apply(value)) - value) < 1e-9, `${name} ${value}`);
    }
  }
});

test("scales know what they have no place for", (t) => {
  const held = SCALES.map((name) => [-1, 0, 1].filter(scaleOf(name).holds));
  t.deepEqual(held, [[-1, 0, 1], [1], [-1, 0, 1], [0, 1]]);
});

test("symlog is that of the colour bar", (t) => {
  t.is(scaleOf("symlog").apply(99), 2);
  t.is(scaleOf("symlog").apply(-99), -2);
});

test("the scales follow each other round", (t) => {
  t.is(nextScale("linear"), "log");
  t.is(nextScale("sqrt"), "linear");
});

test("what a scale cannot draw is said in plain words", (t) => {
  t.is(undrawnText(502_931, "sqrt"), "502,931 negative pixels: lowest colour");
  t.is(undrawnText(7, "log"), "7 pixels of 0 or less: lowest colour");
  t.is(undrawnText(0, "log"), null);
  t.is(undrawnText(5, "linear"), null);
});
