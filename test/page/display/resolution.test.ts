import test from "ava";
import { angstromText, resolutionAt, resolutionRings } from "../../../src/page/display/resolution.js";

const EXPERIMENT = {
  distanceMm: 150,
  photonEnergyKeV: 12.398419843320026,
  beamCentre: [511.5, 511.5],
} as const;

test("the resolution follows Bragg's law", (t) => {
  // λ = 1 Å; 2000 pixels are 150 mm: 2θ = 45°, d = 1 / (2 sin 22.5°)
  t.true(Math.abs(resolutionAt(511.5, 2511.5, EXPERIMENT) - 1.3065629648763766) < 1e-12);
  t.is(angstromText(resolutionAt(511.5, 2511.5, EXPERIMENT)), "1.31 Å");
  t.is(angstromText(resolutionAt(511.5, 511.5, EXPERIMENT)), "the beam");
});

test("rings have round resolutions, are where these are, and grow", (t) => {
  const rings = resolutionRings([1024, 1024], EXPERIMENT);
  t.is(rings.length, 5);
  let last = 0;
  for (const { radiusPixels, angstrom } of rings) {
    t.is(angstrom, Number(angstrom.toPrecision(2)));
    t.true(Math.abs(resolutionAt(511.5 + radiusPixels, 511.5, EXPERIMENT) - angstrom) < 1e-9);
    t.true(radiusPixels > last && radiusPixels < 724);
    last = radiusPixels;
  }
});

test("a beam far from the image, and a detector close to the sample, have rings too", (t) => {
  t.true(resolutionRings([1024, 1024], { ...EXPERIMENT, beamCentre: [-3000, 9000] }).length > 0);
  t.true(
    resolutionRings([1024, 1024], { ...EXPERIMENT, distanceMm: 0.001 }).every(
      ({ radiusPixels }) => radiusPixels > 0,
    ),
  );
});
