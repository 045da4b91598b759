import type { ViewImage } from "../viewer/protocol.ts";
import { encodeNpy } from "../viewer/protocol.ts";
import { type Painting, paintImage } from "./display/colours.ts";

/** Save the shown image as it is: every pixel's value, bad ones included. `numpy.load` reads it. */
export function saveNpy({ header, data }: ViewImage): void {
  const { dtype, shape } = header;
  save(new Blob([encodeNpy({ dtype, shape, data })]), `${nameOf(header)}.npy`);
}

/** Save the shown image in the shown colours: one pixel of the picture for each of the detector, whatever the zoom. */
export async function savePng(image: ViewImage, painting: Painting): Promise<void> {
  const [rows, columns] = image.header.shape;
  const canvas = document.createElement("canvas");
  canvas.width = columns;
  canvas.height = rows;
  canvas.getContext("2d")?.putImageData(new ImageData(paintImage(image, painting), columns, rows), 0, 0);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (blob !== null) save(blob, `${nameOf(image.header)}.png`);
}

const nameOf = ({ image, eventId }: ViewImage["header"]) => `jungfrau-${image}-${eventId}`;

function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Some browsers read the URL after the click has returned.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
