import type { Array2D, MonitoredEvent } from "../host/index.js";
import { OPCODE } from "../stream/index.js";

/** Topic of OM's frame viewer. */
const TAG = "omframedata";

/** numpy's names of little-endian types. */
const NUMPY_TYPES = { uint16: "<u2", float32: "<f4", int32: "<i4" } as const;

/**
 * A frame in the format of OM's frame viewer: a tag, and a pickle, protocol 4, of
 * `{"frame_data": array[rows, columns], "timestamp": seconds, "peak_list_x_in_frame": [], "peak_list_y_in_frame": []}`.
 *
 * The array is pickled as the call `numpy.ndarray(shape, dtype, bytes)`, which every version of numpy
 * supports; numpy's own pickles name functions that have since moved.
 *
 * @see https://github.com/omdevteam/om, frame viewer, and
 * https://github.com/python/cpython/blob/3.11/Lib/pickletools.py
 */
export function omViewerMessage({ event }: MonitoredEvent, frame: Array2D): (string | Uint8Array)[] {
  const { dtype, shape, data } = frame;
  const pickle = Buffer.concat([
    Buffer.of(OPCODE.PROTO, 4, OPCODE.EMPTY_DICT, OPCODE.MARK),
    text("frame_data"),
    text("numpy"),
    text("ndarray"),
    Buffer.of(OPCODE.STACK_GLOBAL),
    integer(shape[0]),
    integer(shape[1]),
    Buffer.of(OPCODE.TUPLE2),
    text(NUMPY_TYPES[dtype]),
    Buffer.of(OPCODE.BINBYTES, ...uint32(data.byteLength)),
    new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    Buffer.of(OPCODE.TUPLE3, OPCODE.REDUCE),
    text("timestamp"),
    float(event.timestampSeconds),
    text("peak_list_x_in_frame"),
    Buffer.of(OPCODE.EMPTY_LIST),
    text("peak_list_y_in_frame"),
    Buffer.of(OPCODE.EMPTY_LIST, OPCODE.SETITEMS, OPCODE.STOP),
  ]);
  return [TAG, pickle];
}

function text(value: string): Buffer {
  return Buffer.of(OPCODE.SHORT_BINUNICODE, value.length, ...Buffer.from(value));
}

function integer(value: number): Buffer {
  return Buffer.of(OPCODE.BININT, ...uint32(value));
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes.writeUInt8(OPCODE.BINFLOAT);
  bytes.writeDoubleBE(value, 1);
  return bytes;
}
