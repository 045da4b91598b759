import { DataToHtml, SvgElement } from "@h5web/lib";
import { useMemo } from "react";
import {
  angstromText,
  type Experiment,
  type ResolutionRing,
  resolutionRings,
} from "../display/resolution.ts";
import { useOrientedPixels } from "../oriented-pixels.tsx";

type Shape = readonly [rows: number, columns: number];

interface RingOverlayProps {
  readonly experiment: Experiment;
  readonly shape: Shape;
}

/** Rings of equal resolution around the beam, each with its resolution. */
export function RingOverlay({ experiment, shape }: RingOverlayProps) {
  const [rows, columns] = shape;
  const rings = useMemo(() => resolutionRings([rows, columns], experiment), [rows, columns, experiment]);
  return rings.map((ring) => (
    <Ring key={ring.angstrom} ring={ring} centre={experiment.beamCentre} shape={shape} />
  ));
}

interface RingProps {
  readonly ring: ResolutionRing;
  readonly centre: Experiment["beamCentre"];
  readonly shape: Shape;
}

function Ring({ ring: { radiusPixels, angstrom }, centre, shape }: RingProps) {
  const { pointOf } = useOrientedPixels();
  const points = useMemo(() => {
    // From coordinates of pixel centres to those of corners.
    const [row, column] = [centre[0] + 0.5, centre[1] + 0.5];
    return [
      pointOf(row, column),
      pointOf(row + radiusPixels, column + radiusPixels),
      pointOf(...labelPlace([row, column], radiusPixels, shape)),
    ];
  }, [pointOf, centre, radiusPixels, shape]);
  return (
    <DataToHtml points={points}>
      {(middle, corner, label) => (
        <SvgElement>
          {middle && corner && label && (
            <>
              <ellipse
                className="ring"
                cx={middle.x}
                cy={middle.y}
                rx={Math.abs(corner.x - middle.x)}
                ry={Math.abs(corner.y - middle.y)}
              />
              <text className="ring-label" x={label.x} y={label.y}>
                {angstromText(angstrom)}
              </text>
            </>
          )}
        </SvgElement>
      )}
    </DataToHtml>
  );
}

/** The first direction in which a ring is within the image. */
function labelPlace(
  [row, column]: readonly [number, number],
  radius: number,
  [rows, columns]: Shape,
): [row: number, column: number] {
  for (let turn = -1; turn < 15; turn++) {
    const angle = (turn * Math.PI) / 8;
    const [down, across] = [row + radius * Math.sin(angle), column + radius * Math.cos(angle)];
    if (down >= 0 && down < rows && across >= 0 && across < columns) return [down, across];
  }
  return [row - radius, column];
}
