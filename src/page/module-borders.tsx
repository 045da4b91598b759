import { DataToHtml, SvgElement, SvgLine } from "@h5web/lib";
import { useMemo } from "react";
import type { ImageHeader } from "../viewer/protocol.ts";
import { useOrientedPixels } from "./oriented-pixels.tsx";

interface ModuleBordersProps {
  readonly borders: ImageHeader["moduleBorders"];
  readonly columns: number;
}

/** The border between two modules: one line, or two around a gap. */
export function ModuleBorders({ borders, columns }: ModuleBordersProps) {
  return [...new Set(borders.flatMap(({ from, to }) => [from, to]))].map((row) => (
    <BorderLine key={row} row={row} columns={columns} />
  ));
}

function BorderLine({ row, columns }: { readonly row: number; readonly columns: number }) {
  const { pointOf } = useOrientedPixels();
  const ends = useMemo(() => [pointOf(row, 0), pointOf(row, columns)], [pointOf, row, columns]);
  return (
    <DataToHtml points={ends}>
      {(start, end) => (
        <SvgElement>{start && end && <SvgLine className="module-border" coords={[start, end]} />}</SvgElement>
      )}
    </DataToHtml>
  );
}
