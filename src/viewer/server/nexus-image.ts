import { encodeHdf5 } from "../../constants/index.js";
import { MISSING_WORD } from "../../detector.js";
import { type MonitorIdentity, PIXEL_STATUS, type ViewImage } from "../protocol.js";

/** `0 good, 1 missing …` */
const STATUS_WORDS = Object.entries(PIXEL_STATUS)
  .map(([reason, code]) => `${code} ${reason}`)
  .join(", ");

/**
 * An image as an HDF5 file: a NeXus entry whose default plot is an `NXdata`, so that H5Web, silx and nexpy show it. H5Web
 * draws row 0 at the bottom; no attribute changes that.
 *
 * | path | content |
 * |---|---|
 * | `entry/data/data` | values [rows, columns], with `units`; missing raw words are 65535, the `_FillValue` |
 * | `entry/data/row`, `entry/data/column` | the axes |
 * | `entry/data/title` | heading of the plot |
 * | `entry/data/status` | reason why each pixel is bad, uint8, 0 for a measurement |
 * | `entry/data/mask` | uint8, 1 for pixels without a measurement |
 * | `entry/event_id`, `entry/time`, `entry/start_time` | event id; seconds since 1970; the same in ISO 8601, UTC |
 * | `entry/image`, `entry/frames` | name of the image, and number of frames in a sum or maximum |
 * | `entry/program_name`, `entry/source`, … | the program, and the monitor |
 *
 * @throws {Error} if the file cannot be written
 * @see https://manual.nexusformat.org/classes/base_classes/NXdata.html
 */
export function nexusImage(
  { header, data, status }: ViewImage,
  identity: MonitorIdentity,
): Promise<Uint8Array> {
  const { image, eventId, timestampSeconds, shape, unit, frames } = header;
  const isRaw = data instanceof Uint16Array;
  const name = isRaw ? `${image} words` : `${image} (${unit})`;
  const title = `${name}, event ${eventId}`;
  const text = (content: string) => ({ data: content, shape: [] });
  const float = (value: number, attributes = {}) => ({ data: Float64Array.of(value), shape: [], attributes });
  const axis = (length: number, what: string) => ({
    data: Int32Array.from({ length }, (_, index) => index),
    shape: [length],
    attributes: { long_name: what },
  });
  return encodeHdf5(
    {
      "entry/title": text(title),
      "entry/program_name": text("om-jungfrau"),
      "entry/event_id": text(eventId),
      "entry/time": float(timestampSeconds, { units: "s", long_name: "seconds since 1970-01-01 UTC" }),
      "entry/start_time": text(isoTime(timestampSeconds)),
      "entry/image": text(image),
      "entry/frames": { data: Int32Array.of(frames), shape: [] },
      "entry/host": text(identity.host),
      "entry/configuration": text(identity.configuration),
      "entry/source": text(identity.source),
      ...(identity.photonEnergyKeV !== null && {
        "entry/photon_energy": float(identity.photonEnergyKeV, { units: "keV" }),
      }),
      "entry/data/data": {
        data,
        shape,
        attributes: {
          units: unit,
          long_name: name,
          interpretation: "image",
          ...(isRaw && { _FillValue: Uint16Array.of(MISSING_WORD) }),
        },
      },
      // H5Web reads a title only from a dataset.
      "entry/data/title": text(title),
      "entry/data/row": axis(shape[0], "row"),
      "entry/data/column": axis(shape[1], "column"),
      "entry/data/status": {
        data: status,
        shape,
        attributes: { long_name: STATUS_WORDS, interpretation: "image" },
      },
      "entry/data/mask": {
        data: status.map((reason) => (reason === 0 ? 0 : 1)),
        shape,
        attributes: { long_name: "1: no measurement", interpretation: "image" },
      },
    },
    { NX_class: "NXroot", default: "entry" },
    {
      entry: { NX_class: "NXentry", default: "data" },
      "entry/data": {
        NX_class: "NXdata",
        signal: "data",
        axes: ["row", "column"],
        row_indices: 0,
        column_indices: 1,
      },
    },
  );
}

function isoTime(timestampSeconds: number): string {
  const time = new Date(timestampSeconds * 1000);
  return Number.isNaN(time.getTime()) ? "" : time.toISOString();
}
