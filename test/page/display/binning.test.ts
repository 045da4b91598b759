import test from "ava";
import { binningText, wantedBinning } from "../../../src/page/display/binning.js";

test("a small picture needs a quarter of the data, unless values are read from it", (t) => {
  t.is(wantedBinning(0.56, false), 2);
  t.is(wantedBinning(0.56, true), 1);
  t.is(wantedBinning(0.75, false), 1);
  t.is(wantedBinning(12, false), 1);
  t.is(wantedBinning(null, false), 1);
});

test("what is not every pixel says so", (t) => {
  t.is(binningText(2), "brightest of each 2×2 pixels");
  t.is(binningText(1), null);
});
