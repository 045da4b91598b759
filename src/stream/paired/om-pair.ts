import { BYTES_PER_WORD, type DetectorLayout, MODULE_PIXELS } from "../../detector.js";
import { MAX_UINT64 } from "../exact-json.js";
import { OPCODE } from "./pickle-opcodes.js";
import { badPickle, type PickleValue, readPickle } from "./pickle-reader.js";

/** A module frame as OM's receiver sends it. */
export interface OmModule {
  /** Raw words, uint16 little-endian, [512, 1024] rows × columns. */
  readonly raw: Uint8Array;
  /** Since 1970. */
  readonly timestampSeconds: number;
  /** From 0 to 2^64 - 1, as the frame number. */
  readonly acquisitionIndex: bigint;
  readonly frameNumber: bigint;
}

const RAW_SIZE_BYTES = MODULE_PIXELS * BYTES_PER_WORD;

/**
 * Read a message of OM's receiver: the frames of all modules, as a pickle of protocol 2 to 5.
 *
 * @param message  borrowed: raw words are views of it at any alignment, except in protocol 2
 * @throws         {StreamError} STREAM_BAD_PICKLE
 * @see            https://github.com/omdevteam/om, jungfrau_zmq_receiver
 */
export function readOmPair(message: Uint8Array, layout: DetectorLayout): OmModule[] {
  const pair = readPickle(message);
  if (!Array.isArray(pair)) throw badPickle("it is not a tuple of modules");
  checkCount(pair.length, layout);
  return pair.map(omModule);
}

function omModule(dictionary: PickleValue, index: number): OmModule {
  if (!(dictionary instanceof Map)) throw badPickle(`module ${index} is not a dict`);
  const get = (key: string): PickleValue => {
    const value = dictionary.get(key);
    if (value === undefined) throw badPickle(`module ${index} has no '${key}'`);
    return value;
  };
  return {
    raw: checkRaw(get("data"), index),
    timestampSeconds: checkTimestamp(get("timestamp"), index),
    acquisitionIndex: checkUint64(get("acq_index"), index, "acq_index"),
    frameNumber: checkUint64(get("frame_number"), index, "frame_number"),
  };
}

function checkCount(count: number, { name, modules }: DetectorLayout): void {
  if (count !== modules) throw badPickle(`it holds ${count} modules, a ${name} has ${modules}`);
}

function checkRaw(value: PickleValue, index: number): Uint8Array {
  if (!(value instanceof Uint8Array)) throw badPickle(`'data' of module ${index} is not bytes`);
  if (value.length !== RAW_SIZE_BYTES) {
    throw badPickle(
      `'data' of module ${index} has ${value.length} bytes, but a module has ${RAW_SIZE_BYTES}`,
    );
  }
  return value;
}

function checkTimestamp(value: PickleValue, index: number): number {
  const seconds = typeof value === "bigint" ? Number(value) : value;
  if (typeof seconds !== "number" || !Number.isFinite(seconds)) {
    throw badPickle(`'timestamp' of module ${index} is not a finite number`);
  }
  return seconds;
}

function checkUint64(value: PickleValue, index: number, key: string): bigint {
  if (typeof value !== "bigint" || value < 0n || value > MAX_UINT64) {
    throw badPickle(`'${key}' of module ${index} is not a whole number from 0 to 2^64 - 1`);
  }
  return value;
}

/** Long enough for 64 bits and a sign; Python also reads integers that are longer than necessary. */
const INTEGER_SIZE_BYTES = 9;

const key = (name: string): number[] => [OPCODE.SHORT_BINUNICODE, name.length, ...Buffer.from(name)];

const PAIR_START = Buffer.of(OPCODE.PROTO, 4);
const BEFORE_RAW_SIZE = Buffer.of(OPCODE.EMPTY_DICT, OPCODE.MARK, ...key("data"), OPCODE.BINBYTES);
const BEFORE_TIMESTAMP = Buffer.of(...key("timestamp"), OPCODE.BINFLOAT);
const BEFORE_ACQUISITION_INDEX = Buffer.of(...key("acq_index"), OPCODE.LONG1, INTEGER_SIZE_BYTES);
const BEFORE_FRAME_NUMBER = Buffer.of(...key("frame_number"), OPCODE.LONG1, INTEGER_SIZE_BYTES);
const MODULE_END = Buffer.of(OPCODE.SETITEMS);

const MODULE_SIZE_BYTES =
  BEFORE_RAW_SIZE.length +
  Uint32Array.BYTES_PER_ELEMENT +
  RAW_SIZE_BYTES +
  BEFORE_TIMESTAMP.length +
  Float64Array.BYTES_PER_ELEMENT +
  BEFORE_ACQUISITION_INDEX.length +
  INTEGER_SIZE_BYTES +
  BEFORE_FRAME_NUMBER.length +
  INTEGER_SIZE_BYTES +
  MODULE_END.length;

/** Tuples of these lengths have their own opcodes; OM's receiver supports no larger detector. */
const TUPLES = [OPCODE.EMPTY_TUPLE, OPCODE.TUPLE1, OPCODE.TUPLE2, OPCODE.TUPLE3];

/**
 * Write a message as OM's receiver sends it, as a pickle of protocol 4.
 *
 * @param modules  all of them, in order; their words are copied
 * @returns        owned by the caller
 * @throws         {StreamError} STREAM_BAD_PICKLE when {@link readOmPair} would refuse it
 */
export function writeOmPair(modules: readonly OmModule[], layout: DetectorLayout): Uint8Array {
  checkCount(modules.length, layout);
  const tuple = TUPLES[modules.length];
  if (tuple === undefined) throw badPickle(`OM has no detector of ${modules.length} modules`);
  const end = Buffer.of(tuple, OPCODE.STOP);
  const message = Buffer.allocUnsafeSlow(PAIR_START.length + modules.length * MODULE_SIZE_BYTES + end.length);
  let offset = 0;
  const writeBytes = (bytes: Uint8Array): void => {
    message.set(bytes, offset);
    offset += bytes.length;
  };
  const writeUint64 = (value: bigint): void => {
    offset = message.writeBigUInt64LE(value, offset);
    offset = message.writeUInt8(0, offset);
  };

  writeBytes(PAIR_START);
  for (const [index, module] of modules.entries()) {
    writeBytes(BEFORE_RAW_SIZE);
    offset = message.writeUInt32LE(RAW_SIZE_BYTES, offset);
    writeBytes(checkRaw(module.raw, index));
    writeBytes(BEFORE_TIMESTAMP);
    offset = message.writeDoubleBE(checkTimestamp(module.timestampSeconds, index), offset);
    writeBytes(BEFORE_ACQUISITION_INDEX);
    writeUint64(checkUint64(module.acquisitionIndex, index, "acq_index"));
    writeBytes(BEFORE_FRAME_NUMBER);
    writeUint64(checkUint64(module.frameNumber, index, "frame_number"));
    writeBytes(MODULE_END);
  }
  writeBytes(end);
  return message;
}
