import type { Hdf5File } from "./hdf5-file.js";
import type { Hdf5Numbers } from "./hdf5-numbers.js";

/** Datasets beside the images: one number per frame, [frames] or [frames, 1]. */
const FRAME_NUMBER = "frame_index";
export const PULSE = "pulse_id";
export const DAQ_INFO = "daq_rec";
export const IS_GOOD = "is_good_frame";

/** The frames of a file, in the file's order. */
interface SwissfelFrames {
  readonly frameNumbers: BigUint64Array;
  /** Position of each in the file. */
  readonly records: Uint32Array;
  /** Notes on frames that are left out or out of order, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * Find the frames that have a number: `frame_index`, or `pulse_id` in a file without it. A frame that no module sent
 * has number 0, and is not good.
 *
 * @param group    such as `data/JF01T03V01`
 * @param records  number of frames for which the file has room
 * @throws {RecordingError} RECORDING_FORMAT without numbers; RECORDING_DAMAGED if none can be read
 */
export function findSwissfelFrames(
  file: Hdf5File,
  numbers: Hdf5Numbers,
  group: string,
  records: number,
): SwissfelFrames {
  const name = [FRAME_NUMBER, PULSE].map((one) => `${group}/${one}`).find((one) => numbers.has(one));
  if (name === undefined) {
    throw file.fault("RECORDING_FORMAT", `/${group} holds neither ${FRAME_NUMBER} nor ${PULSE}.`);
  }
  const frameNumbers = new BigUint64Array(records);
  const places = new Uint32Array(records);
  let count = 0;
  let lost = 0;
  let damaged = 0;
  let descents = 0;
  for (let record = 0; record < records; record++) {
    const number = numbers.at(name, record);
    if (number === undefined) damaged += 1;
    else if (number === 0n && numbers.at(`${group}/${IS_GOOD}`, record) !== 1n) lost += 1;
    else {
      if (count > 0 && number <= (frameNumbers[count - 1] as bigint)) descents += 1;
      frameNumbers[count] = number;
      places[count] = record;
      count += 1;
    }
  }
  const of = (some: number, what: string) =>
    some > 0 ? [`/${name} ${what.replace("#", `${some} of ${records}`)}`] : [];
  const notes = [
    ...of(damaged, "cannot be read for # frames; they are left out. The file is truncated or damaged."),
    ...of(lost, "is 0 for # frames, which were lost; they are left out."),
    ...of(descents, "does not grow at # frames; they are read in the file's order."),
  ];
  if (count > 0)
    return { frameNumbers: frameNumbers.slice(0, count), records: places.slice(0, count), notes };
  throw file.fault("RECORDING_DAMAGED", `none of ${records} frames can be read. ${notes.join(" ")}`.trim());
}
