import type { ImageHeader, ViewImage } from "../../src/viewer/protocol.js";

const DTYPES = { Float32Array: "float32", Uint16Array: "uint16", Int32Array: "int32" } as const;

/** An image as a page gets it: good pixels, unless a status is given. */
export function viewImage({
  data,
  status = new Uint8Array(data.length),
  ...header
}: Pick<ImageHeader, "shape"> &
  Partial<ImageHeader> &
  Pick<ViewImage, "data"> & { status?: Uint8Array }): ViewImage {
  return {
    header: {
      image: "calibrated",
      sequence: 1,
      eventId: "1",
      timestampSeconds: 0,
      dtype: DTYPES[data.constructor.name as keyof typeof DTYPES],
      binning: 1,
      unit: "photons",
      incomplete: false,
      wrongConstants: false,
      frames: 1,
      moduleBorders: [{ from: 1, to: 1 }],
      ...header,
    },
    data,
    status,
  };
}
