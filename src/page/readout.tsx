import type { ViewImage } from "../viewer/protocol.ts";
import { type PixelPlace, readPixel } from "./display/pixel-reading.ts";

interface ReadoutProps {
  readonly image: ViewImage;
  readonly place: PixelPlace | null;
  readonly testId: string;
  /** Text if there is no position. */
  readonly children: string;
}

/** One pixel in words: row, column, value, status. It follows the image, too fast for a screen reader. */
export function Readout({ image, place, testId, children }: ReadoutProps) {
  // An image without every pixel is soon followed by one with all of them.
  const reading = place === null || image.header.binning > 1 ? undefined : readPixel(image, place);
  if (reading === undefined)
    return (
      <output aria-live="off" data-testid={testId}>
        {children}
      </output>
    );
  const { row, column, value, status, isGood } = reading;
  return (
    <output aria-live="off" data-testid={testId}>
      row <b data-part="row">{row}</b>, column <b data-part="column">{column}</b>:{" "}
      <b data-part="value">{value}</b>,{" "}
      <span data-part="status" className={isGood ? undefined : "bad"}>
        {status}
      </span>
    </output>
  );
}
