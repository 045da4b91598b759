import { memo } from "react";
import type { ImageHeader } from "../viewer/protocol.ts";
import { binningText } from "./display/binning.ts";

interface ImageCaptionProps {
  readonly header: ImageHeader;
  /** Images that this page draws per second. */
  readonly displayedPerSecond: number;
  /** Text if this page is slow; null if it is not. */
  readonly slowPage: string | null;
  /** Text if the scale cannot draw all pixels; null if it can. */
  readonly undrawn: string | null;
  readonly isPaused: boolean;
}

/** The image's name, and its problems. */
export const ImageCaption = memo(function ImageCaption(props: ImageCaptionProps) {
  const { header, displayedPerSecond, slowPage, undrawn, isPaused } = props;
  const { image, eventId, unit, frames, binning, incomplete, wrongConstants } = header;
  return (
    <p className="caption">
      <span>
        {image === "sum" || image === "maximum"
          ? `${image} of ${frames.toLocaleString("en-GB")} frames, `
          : "frame "}
        {(image === "sum" || image === "maximum") && "to "}
        <b data-testid="event-id">{eventId}</b>, {unit}
      </span>
      {isPaused && <strong className="mark mark-paused">Paused</strong>}
      {incomplete && <strong className="mark mark-fault">Incomplete: packets or a module are missing</strong>}
      {wrongConstants && (
        <strong className="mark mark-fault">Constants do not fit the detector's setting</strong>
      )}
      {slowPage === null ? (
        <span data-testid="displayed-rate">{`${displayedPerSecond.toFixed(1)} images/s shown`}</span>
      ) : (
        <strong className="mark mark-slow" data-testid="displayed-rate">
          {slowPage}
        </strong>
      )}
      {binning > 1 && <span data-testid="binning">{binningText(binning)}</span>}
      {undrawn !== null && <span data-testid="undrawn">{undrawn}</span>}
    </p>
  );
});
