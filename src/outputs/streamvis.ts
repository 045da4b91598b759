import type { Array2D, MonitoredEvent } from "../host/index.js";

/**
 * A frame in streamvis's format: a JSON header, and the pixels.
 *
 * | key | meaning |
 * |---|---|
 * | `type`, `shape` | numpy's name of the pixels' type; [rows, columns] |
 * | `frame`, `pulse_id` | the frame number: streamvis counts rates by `pulse_id` |
 * | `is_good_frame` | false if packets or a module were lost |
 * | `saturated_pixels` | their number; absent for raw frames, where it is unknown |
 * | `is_hit_frame` | a data source's `hit`; absent without such a source |
 *
 * @see https://github.com/paulscherrerinstitute/streamvis, streamvis/jf_adapter.py
 */
export function streamvisMessage({ event, data }: MonitoredEvent, frame: Array2D): (string | Uint8Array)[] {
  const { dtype, shape, incomplete = false, badPixels, data: pixels } = frame;
  const frameNumber = Number(event.frameNumber);
  const header = {
    type: dtype,
    shape,
    frame: frameNumber,
    pulse_id: frameNumber,
    is_good_frame: !incomplete,
    saturated_pixels: badPixels?.saturated,
    is_hit_frame: hitOf(data),
  };
  return [
    JSON.stringify(header),
    new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength).slice(),
  ];
}

/** The `hit` of the first data source that has one. */
function hitOf(data: MonitoredEvent["data"]): boolean | undefined {
  for (const value of Object.values(data)) {
    if (typeof value !== "object" || value === null || !("hit" in value)) continue;
    if (typeof value.hit === "boolean") return value.hit;
  }
  return undefined;
}
