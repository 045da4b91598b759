import test from "ava";
import {
  COLOUR,
  FLAG,
  IMAGE,
  LIMITS,
  ORIENTATION,
  PERCENTILES,
  PLACE,
  parseFragment,
  type TextForm,
  writeFragment,
  ZOOM,
} from "../../../src/page/display/url-forms.js";

test("an address gives back what was put into it, and stays readable", (t) => {
  const parts = new Map([
    ["pixel", "3,4"],
    ["bad", "#ff00aa"],
    ["note", "a&b=c d+e"],
  ]);
  const text = writeFragment(parts);
  t.true(text.startsWith("pixel=3,4&bad=%23ff00aa&"));
  t.deepEqual(parseFragment(`#${text}`), parts);
  t.deepEqual(parseFragment(""), new Map());
});

const VALUES: readonly (readonly [string, TextForm<unknown>, unknown, string])[] = [
  ["flag", FLAG, true, "1"],
  ["flag", FLAG, false, "0"],
  ["colour", COLOUR, "#ff3bd4", "#ff3bd4"],
  ["image", IMAGE, "sum", "sum"],
  ["place", PLACE, { row: 3, column: 1000 }, "3,1000"],
  ["orientation", ORIENTATION, { quarterTurns: 3, isMirrored: true }, "270m"],
  ["orientation", ORIENTATION, { quarterTurns: 0, isMirrored: false }, "0"],
  ["percentiles", PERCENTILES, [0.1, 99.9], "0.1,99.9"],
  ["limits", LIMITS, [null, 50], ",50"],
  ["limits", LIMITS, [-0.5, 1e6], "-0.5,1000000"],
  ["zoom", ZOOM, { row: 10.5, column: 20, acrossShare: 0.25, downShare: 0.5 }, "10.5,20.0,0.2500,0.5000"],
];

for (const [name, form, value, text] of VALUES) {
  test(`a ${name} is written as ${text}, and read again`, (t) => {
    t.is(form.format(value as never), text);
    t.deepEqual(form.parse(text), value);
  });
}

const RUBBISH = [
  "",
  " ",
  "NaN",
  "-1,2",
  "1,2,3",
  "1,",
  ",,",
  "1e999,1",
  "45",
  "#12",
  "frame",
  "2,2,0,1",
  "1,1,NaN,1",
];

test("rubbish in an address is nothing", (t) => {
  for (const form of [FLAG, COLOUR, IMAGE, PLACE, ORIENTATION, ZOOM]) {
    for (const text of RUBBISH) t.is(form.parse(text), undefined, text);
  }
  for (const text of ["", "1", "1,2,3", "a,b", "1e999,1"]) t.is(LIMITS.parse(text), undefined, text);
  for (const text of ["", ",99", "99,1", "-1,50", "0,101", "5,5"])
    t.is(PERCENTILES.parse(text), undefined, text);
});
