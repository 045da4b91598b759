import { RecordingError } from "../errors.js";
import { Hdf5File } from "./hdf5-file.js";
import type { RecordingFormat } from "./recording.js";
import { openSlsHdf5 } from "./sls-hdf5.js";
import { openSwissfel, swissfelGroups } from "./swissfel.js";

const SIGNATURE = Buffer.from("\x89HDF\r\n\x1a\n", "latin1");

/** HDF5 of an slsReceiver or of SwissFEL. The content decides which, because names do not. */
export const HDF5_FORMAT: RecordingFormat = {
  recognizes: (_path, firstBytes) => SIGNATURE.equals(firstBytes.subarray(0, SIGNATURE.length)),
  async open(path, layout) {
    return (await isSwissfel(path)) ? openSwissfel(path, layout) : openSlsHdf5(path, layout);
  },
};

async function isSwissfel(path: string): Promise<boolean> {
  let file: Hdf5File | undefined;
  try {
    file = await Hdf5File.open(path);
    return swissfelGroups(file).length > 0;
  } catch (error) {
    // A run of an slsReceiver has other files, which may be intact.
    if (error instanceof RecordingError && error.code === "RECORDING_DAMAGED") return false;
    throw error;
  } finally {
    file?.close();
  }
}
