import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import type { Array2D } from "../../src/host/index.js";
import { omViewerMessage, PublishedFrames, streamvisMessage } from "../../src/outputs/index.js";
import { RecordingLogger } from "../helpers/fakes.js";
import { pythonWith } from "../helpers/python.js";

/*
 * Publish frames as a monitor does, and read them in Python as streamvis and OM's frame viewer do. Ends with 1 when something
 * comes out different. Needs Debian's python3-zmq and python3-numpy.
 *
 *   node dist/test/tools/exchange-viewers.js
 */

const SHAPE = [1024, 1024] as const;
const PIXELS = SHAPE[0] * SHAPE[1];
const FRAMES: readonly Array2D[] = [
  { dtype: "float32", shape: SHAPE, data: Float32Array.from({ length: PIXELS }, (_, i) => (i % 4099) / 8) },
  { dtype: "uint16", shape: SHAPE, data: Uint16Array.from({ length: PIXELS }, (_, i) => i % 65_521) },
  { dtype: "int32", shape: SHAPE, data: Int32Array.from({ length: PIXELS }, (_, i) => (i % 70_001) - 9) },
];

const READ = `
import sys, zmq, numpy as np
streamvis, om, dtype = sys.argv[1:]
pixels = np.arange(1024 * 1024)
expected = {
    "float32": (pixels % 4099 / 8).astype("f4"),
    "uint16": (pixels % 65521).astype("u2"),
    "int32": (pixels % 70001 - 9).astype("i4"),
}[dtype].reshape(1024, 1024)
def subscriber(url, topic):
    socket = zmq.Context.instance().socket(zmq.SUB)
    socket.setsockopt_string(zmq.SUBSCRIBE, topic)
    socket.setsockopt(zmq.RCVTIMEO, 20000)
    socket.connect(url)
    return socket
socket = subscriber(streamvis, "")
header = socket.recv_json()
image = np.frombuffer(socket.recv(copy=False).buffer, dtype=header["type"]).reshape(header["shape"])
assert header["type"] == dtype and header["frame"] == 41 and header["is_good_frame"] is True, header
assert np.array_equal(image, expected)
socket = subscriber(om, "omframedata")
assert socket.recv_string() == "omframedata"
message = socket.recv_pyobj()
assert set(message) == {"frame_data", "timestamp", "peak_list_x_in_frame", "peak_list_y_in_frame"}, set(message)
assert message["timestamp"] == 1700000000.25 and message["peak_list_x_in_frame"] == [], message["timestamp"]
frame = message["frame_data"]
assert type(frame) is np.ndarray and frame.dtype == expected.dtype and np.array_equal(frame, expected)
`;

const python = pythonWith("zmq", "numpy");
const logger = new RecordingLogger();
const url = "tcp://127.0.0.1:0";
const published = {
  streamvis: await PublishedFrames.bind({ url, reader: "streamvis", encode: streamvisMessage, logger }),
  om: await PublishedFrames.bind({ url, reader: "OM", encode: omViewerMessage, logger }),
};
let failures = 0;
for (const frame of FRAMES) {
  const { streamvis, om } = published;
  const reader = spawn(python, ["-c", READ, streamvis.url, om.url, frame.dtype], { stdio: "inherit" });
  const ended = once(reader, "exit");
  const event = { frameNumber: 41n, timestampSeconds: 1_700_000_000.25 };
  while (reader.exitCode === null && reader.signalCode === null) {
    for (const output of [streamvis, om]) output.write({ event, data: { frame } });
    await setTimeout(50);
  }
  const [code] = await ended;
  if (code !== 0) failures += 1;
  console.log(`${code === 0 ? "read" : "NOT read"}: ${frame.dtype} for streamvis and OM's frame viewer`);
}
for (const output of Object.values(published)) output.close();
process.exitCode = failures === 0 ? 0 : 1;
