import type { ImageHeader, MonitorIdentity } from "../viewer/protocol.ts";
import { type Painting, TABLE_COLOURS } from "./display/colours.ts";
import { baseName, timeText } from "./display/identity-text.ts";
import { drawingMatrix, type Orientation, screenAxes } from "./display/orientation.ts";
import { colourBarTicks } from "./display/picture-text.ts";

/** Contents of a picture besides its pixels. */
export interface PictureAbout {
  readonly orientation: Orientation;
  readonly identity: MonitorIdentity | null;
}

const MARGIN = 12;
const LINE_HEIGHT = 22;
const TITLE_HEIGHT = 2 * LINE_HEIGHT + MARGIN;
const BAR_WIDTH = 24;
/** Space for bar, ticks and their numbers. */
const BAR_ROOM = 140;
const FONT = "16px sans-serif";

/** An image with its description above, and a colour bar with its limits beside it. */
export function framedPicture(
  pixels: HTMLCanvasElement,
  header: ImageHeader,
  painting: Painting,
  { orientation, identity }: PictureAbout,
): HTMLCanvasElement {
  const [rows, columns] = header.shape;
  const { isTransposed } = screenAxes(orientation);
  const [width, height] = isTransposed ? [rows, columns] : [columns, rows];
  const picture = document.createElement("canvas");
  picture.width = width + BAR_ROOM + 2 * MARGIN;
  picture.height = height + TITLE_HEIGHT + 2 * MARGIN;
  const context = picture.getContext("2d");
  if (context === null) return pixels;

  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, picture.width, picture.height);
  context.fillStyle = "#000000";
  context.font = FONT;
  context.textBaseline = "top";
  for (const [line, text] of titleLines(header, painting, identity).entries()) {
    context.fillText(text, MARGIN, MARGIN + line * LINE_HEIGHT, picture.width - 2 * MARGIN);
  }
  const top = MARGIN + TITLE_HEIGHT;
  const [a, b, c, d, e, f] = drawingMatrix(orientation, header.shape);
  context.setTransform(a, b, c, d, e + MARGIN, f + top);
  context.drawImage(pixels, 0, 0);
  context.resetTransform();
  drawColourBar(context, painting, { left: 2 * MARGIN + width, top, height });
  return picture;
}

function titleLines(
  header: ImageHeader,
  { scale, domain }: Painting,
  identity: MonitorIdentity | null,
): string[] {
  const { image, eventId, timestampSeconds, unit, frames } = header;
  const what = frames > 1 ? `${image} of ${frames} frames to ${eventId}` : `${image} frame ${eventId}`;
  const [min, max] = domain.map((bound) => Number(bound.toPrecision(5)));
  const from = identity === null ? [] : [identity.host, baseName(identity.configuration), identity.source];
  return [
    `${what} · ${timeText(timestampSeconds)} · ${unit}, ${scale}, ${min} to ${max}`,
    ["JUNGFRAU 1M", ...from].join(" · "),
  ];
}

interface BarPlace {
  readonly left: number;
  readonly top: number;
  readonly height: number;
}

function drawColourBar(
  context: CanvasRenderingContext2D,
  painting: Painting,
  { left, top, height }: BarPlace,
): void {
  const { table } = painting;
  const step = height / TABLE_COLOURS;
  for (let colour = 0; colour < TABLE_COLOURS; colour++) {
    context.fillStyle = `rgb(${table.subarray(4 * colour, 4 * colour + 3).join()})`;
    context.fillRect(left, top + height - (colour + 1) * step, BAR_WIDTH, Math.ceil(step));
  }
  context.fillStyle = "#000000";
  context.textBaseline = "middle";
  for (const { share, text } of colourBarTicks(painting)) {
    const y = top + (1 - share) * height;
    context.fillRect(left + BAR_WIDTH, y, 6, 1);
    context.fillText(text, left + BAR_WIDTH + 10, y);
  }
}
