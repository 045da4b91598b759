import { KEV_ANGSTROM, PIXEL_SIZE_MM } from "../../viewer/protocol.js";

/** The numbers from which a pixel's resolution is calculated; the detector is perpendicular to the beam. */
export interface Experiment {
  readonly distanceMm: number;
  readonly photonEnergyKeV: number;
  /** In pixels of the image; the centre of the first pixel is [0, 0]. */
  readonly beamCentre: readonly [row: number, column: number];
}

/** A ring of equal resolution. */
export interface ResolutionRing {
  readonly radiusPixels: number;
  /** d = λ / (2 sin θ). */
  readonly angstrom: number;
}

/** Number of rings between the beam and the furthest corner. */
const RINGS = 5;

/** The resolution at a distance in pixels from the beam; Infinity at the beam. */
export function resolutionAngstrom(
  radiusPixels: number,
  { distanceMm, photonEnergyKeV }: Experiment,
): number {
  const theta = Math.atan2(radiusPixels * PIXEL_SIZE_MM, distanceMm) / 2;
  return KEV_ANGSTROM / photonEnergyKeV / (2 * Math.sin(theta));
}

/** The resolution at the centre of a pixel. */
export function resolutionAt(row: number, column: number, experiment: Experiment): number {
  const [beamRow, beamColumn] = experiment.beamCentre;
  return resolutionAngstrom(Math.hypot(row - beamRow, column - beamColumn), experiment);
}

/** The inverse of {@link resolutionAngstrom}; undefined if the scattering angle is not less than 90°. */
function radiusPixels(angstrom: number, { distanceMm, photonEnergyKeV }: Experiment): number | undefined {
  const sine = KEV_ANGSTROM / photonEnergyKeV / (2 * angstrom);
  const twoTheta = 2 * Math.asin(sine);
  return twoTheta < Math.PI / 2 ? (Math.tan(twoTheta) * distanceMm) / PIXEL_SIZE_MM : undefined;
}

/** Some rings with rounded resolutions, evenly spaced over the image, from the inside. */
export function resolutionRings(
  [rows, columns]: readonly [rows: number, columns: number],
  experiment: Experiment,
): readonly ResolutionRing[] {
  const [row, column] = experiment.beamCentre;
  const furthest = Math.hypot(Math.max(row, rows - 1 - row), Math.max(column, columns - 1 - column));
  const round = new Set<number>();
  for (let ring = 1; ring <= RINGS; ring++) {
    const resolution = resolutionAngstrom((ring / (RINGS + 1)) * furthest, experiment);
    round.add(Number(resolution.toPrecision(2)));
  }
  return [...round].flatMap((angstrom) => {
    const radius = radiusPixels(angstrom, experiment);
    return radius === undefined ? [] : [{ radiusPixels: radius, angstrom }];
  });
}

/** `2.5 Å`, with three digits. */
export function angstromText(angstrom: number): string {
  return Number.isFinite(angstrom) ? `${Number(angstrom.toPrecision(3))} Å` : "the beam";
}
