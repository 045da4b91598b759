import { dataShape, PIXEL_ARRAYS, PIXEL_STATUS, type ViewImage } from "../protocol.js";

/**
 * The image with one value per block of so many rows and columns: the greatest of the good pixels, so that
 * spots of one pixel stay visible. If any pixel is bad, the value has its status; it is a gap only if all
 * pixels are gaps.
 *
 * @param image  in full resolution; not changed
 */
export function binned(image: ViewImage, binning: ViewImage["header"]["binning"]): ViewImage {
  const header = { ...image.header, binning };
  const [rows, columns] = image.header.shape;
  const [binnedRows, binnedColumns] = dataShape(header);
  const data = new PIXEL_ARRAYS[header.dtype](binnedRows * binnedColumns);
  const status = new Uint8Array(data.length);
  for (let row = 0, bin = 0; row < rows; row += binning) {
    const endRow = Math.min(row + binning, rows);
    for (let column = 0; column < columns; column += binning, bin++) {
      const endColumn = Math.min(column + binning, columns);
      let greatest = Number.NEGATIVE_INFINITY;
      let reason: number = PIXEL_STATUS.gap;
      for (let y = row; y < endRow; y++) {
        for (let pixel = y * columns + column; pixel < y * columns + endColumn; pixel++) {
          const code = image.status[pixel] as number;
          const value = image.data[pixel] as number;
          if (code === PIXEL_STATUS.gap) continue;
          if (code !== PIXEL_STATUS.good) reason = code;
          else {
            if (reason === PIXEL_STATUS.gap) reason = PIXEL_STATUS.good;
            if (value > greatest || Number.isNaN(value)) greatest = value; // NaN is kept
          }
        }
      }
      data[bin] = greatest === Number.NEGATIVE_INFINITY ? 0 : greatest;
      status[bin] = reason;
    }
  }
  return { header, data, status };
}
