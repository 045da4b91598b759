/**
 * Frame headers as the releases of the SLS detector package write them, in JUNGFRAU 1M set-ups of two modules. Keys in
 * the order of the wire. Facts from recordings with the package's virtual detector, and for release 3 from its
 * documentation: https://slsdetectorgroup.github.io/devdoc/zmqjsonheaderformat.html
 */
export const HEADERS_BY_RELEASE: Readonly<Record<string, string>> = {
  "3.1": `{"jsonversion":2, "bitmode":16, "fileIndex":0, "shape":[1024, 512], "acqIndex":7, "fIndex":7, "fname":"/run", "data":1, "frameNumber":7, "expLength":100, "packetNumber":128, "bunchId":0, "timestamp":70000, "modId":0, "xCoord":1, "yCoord":0, "zCoord":0, "debug":0, "roundRNumber":0, "detType":3, "version":1}\n`,
  "4.0": `{"jsonversion":3, "bitmode":16, "fileIndex":0, "shape":[1024, 512], "size":1048576, "acqIndex":7, "fIndex":6, "fname":"/run", "data":1, "frameNumber":7, "expLength":100, "packetNumber":128, "bunchId":0, "timestamp":70000, "modId":0, "row":1, "column":0, "reserved":0, "debug":0, "roundRNumber":0, "detType":3, "version":1, "flippedDataX":0, "sample":"lyso"}\n`,
  "4.2": `{"jsonversion":3, "bitmode":16, "fileIndex":0, "detshape":[1, 2], "shape":[1024, 512], "size":1048576, "acqIndex":7, "fIndex":6, "fname":"/run", "data":1, "frameNumber":7, "expLength":100, "packetNumber":128, "bunchId":0, "timestamp":70000, "modId":0, "row":1, "column":0, "reserved":0, "debug":0, "roundRNumber":0, "detType":3, "version":1, "flippedDataX":0, "gappixels":0, "quad":0}\n`,
  "5.1": `{"jsonversion":4, "bitmode":16, "fileIndex":0, "detshape":[1, 2], "shape":[1024, 512], "size":1048576, "acqIndex":7, "frameIndex":6, "progress":58.3, "fname":"/run", "data":1, "completeImage":1, "frameNumber":7, "expLength":100, "packetNumber":128, "bunchId":0, "timestamp":70000, "modId":0, "row":1, "column":0, "reserved":0, "debug":0, "roundRNumber":0, "detType":3, "version":1, "flippedDataX":0, "quad":0, "addJsonHeader": {"sample":"lyso" } }\n`,
  "6.1": `{"jsonversion":4, "bitmode":16, "fileIndex":0, "detshape":[1, 2], "shape":[1024, 512], "size":1048576, "acqIndex":7, "frameIndex":6, "progress":58.3, "fname":"/run", "data":1, "completeImage":1, "frameNumber":7, "expLength":100, "packetNumber":128, "bunchId":0, "timestamp":70000, "modId":0, "row":1, "column":0, "reserved":0, "debug":0, "roundRNumber":0, "detType":3, "version":1, "flipRows":0, "quad":0}\n`,
  "7.0": `{"jsonversion":4, "bitmode":16, "fileIndex":0, "detshape":[1, 2], "shape":[1024, 512], "size":1048576, "acqIndex":7, "frameIndex":6, "progress":58.3, "fname":"/run", "data":1, "completeImage":1, "frameNumber":7, "expLength":100, "packetNumber":128, "detSpec1":0, "timestamp":70000, "modId":0, "row":1, "column":0, "detSpec2":0, "detSpec3":0, "detSpec4":0, "detType":3, "version":2, "flipRows":0, "quad":0}\n`,
  "9.2": `{"jsonversion":5, "bitmode":16, "fileIndex":0, "detshape":[1, 2], "shape":[1024, 512], "size":1048576, "acqIndex":7, "frameIndex":6, "progress":58.3, "fname":"/run", "data":1, "completeImage":1, "frameNumber":7, "expLength":100, "packetNumber":128, "detSpec1":0, "timestamp":70000, "modId":0, "row":1, "column":0, "detSpec2":0, "detSpec3":0, "detSpec4":0, "detType":3, "version":2, "flipRows":0, "quad":0, "rx_roi":[0, 1023, 0, 511]}\n`,
};

/** The 9.2 header of one frame, with other values in some fields. */
export function wireHeader(fields: Readonly<Record<string, unknown>> = {}): string {
  const base = JSON.parse(HEADERS_BY_RELEASE["9.2"] as string);
  const entries = Object.entries({ ...base, ...fields }).filter(([, value]) => value !== undefined);
  // Not JSON.stringify: the sender does not escape, and 64-bit integers must not be rounded.
  const text = (value: unknown) =>
    typeof value === "string" ? `"${value}"` : typeof value === "bigint" ? `${value}` : JSON.stringify(value);
  return `{${entries.map(([key, value]) => `"${key}":${text(value)}`).join(", ")}}\n`;
}
