import { memo, useMemo } from "react";
import type { ImageHeader } from "../viewer/protocol.ts";
import { type ColourTable, type Painting, TABLE_COLOURS } from "./display/colours.ts";
import { colourBarTicks, colourBarTitle, tickIntervals } from "./display/picture-text.ts";
import { useSize } from "./use-size.ts";

interface ColourBarProps {
  readonly painting: Painting;
  readonly header: Pick<ImageHeader, "image" | "unit">;
  readonly isHorizontal: boolean;
}

/** The value of each colour. */
export const ColourBar = memo(function ColourBar({ painting, header, isHorizontal }: ColourBarProps) {
  const [bar, { width, height }] = useSize();
  const { table } = painting;
  const gradient = useMemo(() => gradientOf(table, isHorizontal ? "right" : "top"), [table, isHorizontal]);
  const intervals = tickIntervals(isHorizontal ? width : height, isHorizontal);
  const ticks = colourBarTicks(painting, intervals);
  return (
    <div className="colour-bar" data-horizontal={isHorizontal} data-testid="colour-bar">
      <div ref={bar} className="colours" style={{ backgroundImage: gradient }} />
      <ol>
        {ticks.map(({ share, text }, i) => (
          <li
            key={share}
            style={{ [isHorizontal ? "left" : "bottom"]: `${100 * share}%` }}
            aria-label={i === 0 ? `Min: ${text}` : i === intervals ? `Max: ${text}` : text}
          >
            {text}
          </li>
        ))}
      </ol>
      <p>{colourBarTitle(header)}</p>
    </div>
  );
});

/** More stops would not bring a gradient visibly closer to the table. */
const STOPS = 32;

function gradientOf(table: ColourTable, direction: "right" | "top"): string {
  const stops = Array.from({ length: STOPS }, (_, i) => {
    const colour = 4 * Math.round((i / (STOPS - 1)) * (TABLE_COLOURS - 1));
    return `rgb(${table.subarray(colour, colour + 3).join()})`;
  });
  return `linear-gradient(to ${direction}, ${stops.join()})`;
}
