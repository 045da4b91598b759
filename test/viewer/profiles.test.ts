import test from "ava";
import { profilesOf } from "../../src/viewer/profiles.js";

test("profiles are found among the data, and rings without good pixels have no mean", (t) => {
  const centres = Float64Array.of(0.5, 1.5);
  const profile = {
    unit: "1/Å",
    centres,
    mean: Float64Array.of(3, Number.NaN),
    good_pixels: Uint32Array.of(4, 0),
  };
  const others = {
    timestamp: 5,
    roi: { sum: 3 },
    nothing: null,
    text: "unit",
    half: { unit: "1/Å", centres },
  };
  t.deepEqual(profilesOf({ ...others, profile }), [
    { name: "profile", unit: "1/Å", centres: [0.5, 1.5], mean: [3, null] },
  ]);
});

test("only a profile that is read is computed", (t) => {
  const roi = {
    get sum() {
      return t.fail();
    },
  };
  t.deepEqual(profilesOf({ roi }), []);
});
