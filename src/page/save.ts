import type { ViewImage } from "../viewer/protocol.ts";
import { encodeImageHeader, encodeNpy, HDF5_PATH } from "../viewer/protocol.ts";
import { apiUrl } from "./api-url.ts";
import { paintImage } from "./display/cells.ts";
import type { Painting } from "./display/colours.ts";
import { framedPicture, type PictureAbout } from "./picture.ts";

/** Save the shown image unchanged: the values of all pixels, including bad ones, for `numpy.load`. */
export function saveNpy({ header, data }: ViewImage): void {
  const { dtype, shape } = header;
  save(new Blob([encodeNpy({ dtype, shape, data })]), `${nameOf(header)}.npy`);
}

/**
 * Save the shown image as HDF5, written by the monitor.
 *
 * @returns the reason why it was not saved; undefined if it was
 */
export async function saveHdf5({ header, data, status }: ViewImage): Promise<string | undefined> {
  const body = new Blob([bytesOf(encodeImageHeader(header)), bytesOf(data), bytesOf(status)]);
  try {
    const response = await fetch(apiUrl(HDF5_PATH), { method: "POST", cache: "no-store", body });
    if (!response.ok) return await response.text();
    save(await response.blob(), `${nameOf(header)}.h5`);
    return undefined;
  } catch {
    return "The monitor is gone.";
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);

/**
 * Save the whole image in the shown colours and orientation, one pixel of the picture for each pixel of the
 * detector, with a colour bar and a caption.
 */
export async function savePng(image: ViewImage, painting: Painting, about: PictureAbout): Promise<void> {
  const [rows, columns] = image.header.shape;
  const canvas = document.createElement("canvas");
  canvas.width = columns;
  canvas.height = rows;
  canvas.getContext("2d")?.putImageData(new ImageData(paintImage(image, painting), columns, rows), 0, 0);
  const picture = framedPicture(canvas, image.header, painting, about);
  const blob = await new Promise<Blob | null>((resolve) => picture.toBlob(resolve, "image/png"));
  if (blob !== null) save(blob, `${nameOf(image.header)}.png`);
}

const nameOf = ({ image, eventId }: ViewImage["header"]) => `jungfrau-${image}-${eventId}`;

function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Some browsers read the URL only after the click has returned.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
