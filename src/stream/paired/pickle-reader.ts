import { isUtf8 } from "node:buffer";
import { StreamError } from "../../errors.js";
import { OPCODE, OPCODE_NAMES } from "./pickle-opcodes.js";

/** Allowed types of a dict's keys; bytes and tuples would be compared by identity, unlike in Python. */
export type PickleKey = null | boolean | bigint | number | string;

/**
 * Values of a pickle. An int is a bigint, a float a number, tuples and lists are arrays, a bytearray is bytes. Values
 * that the pickle shares are shared here, too, so walking through all of them may take much longer than reading them.
 * None contains itself.
 */
export type PickleValue =
  | PickleKey
  | Uint8Array
  | readonly PickleValue[]
  | ReadonlyMap<PickleKey, PickleValue>;

// A pair of modules is about 2 MiB, 3 MiB in protocol 2, and has some 30 values and memo entries.
const MAX_SIZE_BYTES = 2 ** 26;
const MAX_VALUES = 10_000;
const MAX_MEMO_ENTRIES = 10_000;
const MAX_DEPTH = 64;
const MAX_INTEGER_BYTES = 65_536;

const NOT_ALLOWED = "is not allowed: only plain values are read";
const CHECK_ADDRESS = "Is this the address of OM's jungfrau_zmq_receiver?";

/**
 * Read a pickle of protocol 2 to 5 as CPython writes it for plain values.
 *
 * A pickle is a program. This reader knows the instructions that make plain values, and refuses all others: nothing
 * is ever looked up or called. Text with lone surrogates is refused. A duplicate key has its last value.
 *
 * @param message  borrowed: bytes in the value are views of it, except in protocol 2, which writes bytes as text
 * @throws         {StreamError} STREAM_BAD_PICKLE
 * @see            https://github.com/python/cpython/blob/3.11/Lib/pickletools.py
 */
export function readPickle(message: Uint8Array): PickleValue {
  if (message.length > MAX_SIZE_BYTES) {
    throw badPickle(`it has ${message.length} bytes, but at most ${MAX_SIZE_BYTES} are read`);
  }
  return new PickleReader(message).read();
}

/** @param what  the fault, and at which byte */
export function badPickle(what: string): StreamError {
  return new StreamError("STREAM_BAD_PICKLE", `Pickle: ${what}. ${CHECK_ADDRESS}`);
}

/** Text that is decoded once, when it is needed: in protocol 2, a megabyte of it represents bytes. */
class Text {
  readonly #utf8: Uint8Array;
  #string: string | undefined;
  #latin1: Uint8Array | undefined;

  constructor(utf8: Uint8Array) {
    this.#utf8 = utf8;
  }

  get string(): string {
    const { buffer, byteOffset, length } = this.#utf8;
    this.#string ??= Buffer.from(buffer, byteOffset, length).toString();
    return this.#string;
  }

  /**
   * The text in Latin-1; undefined if a character does not exist in Latin-1. Converting by way of a string takes
   * twice as long.
   */
  get latin1(): Uint8Array | undefined {
    if (this.#latin1 !== undefined) return this.#latin1;
    const utf8 = this.#utf8;
    const latin1 = new Uint8Array(utf8.length);
    let length = 0;
    let leadBits = 0;
    for (let index = 0; index < utf8.length; index++) {
      const byte = utf8[index] as number;
      if (byte < 0x80) latin1[length++] = byte;
      else {
        leadBits |= byte;
        latin1[length++] = ((byte & 3) << 6) | ((utf8[++index] as number) & 0x3f);
      }
    }
    // U+0080 to U+00FF begin with C2 or C3; each greater byte has one of the bits of 3C.
    if ((leadBits & 0x3c) !== 0) return undefined;
    this.#latin1 = latin1.subarray(0, length);
    return this.#latin1;
  }
}

/** The function with which protocol 2 makes bytes from text. It is not a value, so no container may hold it. */
const ENCODE = Symbol("_codecs.encode");
const ENCODE_NAME = Buffer.from("_codecs\nencode\n");

type Container = PickleValue[] | Map<PickleKey, PickleValue>;
type Item = PickleKey | Uint8Array | Container | Text | typeof ENCODE;

class PickleReader {
  /** The supported opcodes. */
  static readonly #STEPS = new Map<number, (reader: PickleReader) => void>([
    [OPCODE.NONE, (reader) => reader.#push(null)],
    [OPCODE.NEWTRUE, (reader) => reader.#push(true)],
    [OPCODE.NEWFALSE, (reader) => reader.#push(false)],
    [OPCODE.BININT, (reader) => reader.#push(BigInt(reader.#view.getInt32(reader.#skip(4), true)))],
    [OPCODE.BININT1, (reader) => reader.#push(BigInt(reader.#uint8()))],
    [OPCODE.BININT2, (reader) => reader.#push(BigInt(reader.#view.getUint16(reader.#skip(2), true)))],
    [OPCODE.LONG1, (reader) => reader.#push(reader.#integer(reader.#uint8()))],
    [OPCODE.LONG4, (reader) => reader.#push(reader.#integer(reader.#uint32()))],
    [OPCODE.BINFLOAT, (reader) => reader.#push(reader.#view.getFloat64(reader.#skip(8)))],
    [OPCODE.SHORT_BINBYTES, (reader) => reader.#push(reader.#take(reader.#uint8()))],
    [OPCODE.BINBYTES, (reader) => reader.#push(reader.#take(reader.#uint32()))],
    [OPCODE.BINBYTES8, (reader) => reader.#push(reader.#take(reader.#uint64()))],
    [OPCODE.BYTEARRAY8, (reader) => reader.#push(reader.#take(reader.#uint64()))],
    [OPCODE.SHORT_BINUNICODE, (reader) => reader.#push(reader.#text(reader.#uint8()))],
    [OPCODE.BINUNICODE, (reader) => reader.#push(reader.#text(reader.#uint32()))],
    [OPCODE.BINUNICODE8, (reader) => reader.#push(reader.#text(reader.#uint64()))],
    [OPCODE.MARK, (reader) => reader.#mark()],
    [OPCODE.EMPTY_TUPLE, (reader) => reader.#tuple([])],
    [OPCODE.TUPLE1, (reader) => reader.#tuple(reader.#popMany(1))],
    [OPCODE.TUPLE2, (reader) => reader.#pair()],
    [OPCODE.TUPLE3, (reader) => reader.#tuple(reader.#popMany(3))],
    [OPCODE.TUPLE, (reader) => reader.#tuple(reader.#popToMark())],
    [OPCODE.EMPTY_LIST, (reader) => reader.#grow([])],
    [OPCODE.APPEND, (reader) => reader.#append(reader.#popMany(1))],
    [OPCODE.APPENDS, (reader) => reader.#append(reader.#popToMark())],
    [OPCODE.EMPTY_DICT, (reader) => reader.#grow(new Map())],
    [OPCODE.SETITEM, (reader) => reader.#setItems(reader.#popMany(2))],
    [OPCODE.SETITEMS, (reader) => reader.#setItems(reader.#popToMark())],
    [OPCODE.PUT, (reader) => reader.#put(reader.#decimalLine())],
    [OPCODE.BINPUT, (reader) => reader.#put(reader.#uint8())],
    [OPCODE.LONG_BINPUT, (reader) => reader.#put(reader.#uint32())],
    [OPCODE.MEMOIZE, (reader) => reader.#put(reader.#memo.size)],
    [OPCODE.GET, (reader) => reader.#get(reader.#decimalLine())],
    [OPCODE.BINGET, (reader) => reader.#get(reader.#uint8())],
    [OPCODE.LONG_BINGET, (reader) => reader.#get(reader.#uint32())],
    [OPCODE.FRAME, (reader) => reader.#frame(reader.#uint64())],
    [OPCODE.GLOBAL, (reader) => reader.#encodeFunction()],
  ]);

  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #protocol = 0;
  #offset = 0;
  /** End of the frame, or of the message outside frames. */
  #end: number;
  #inFrame = false;
  #opcode = 0;
  #opcodeOffset = 0;
  readonly #stack: Item[] = [];
  /** Heights of the stack at open MARKs. */
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, Item>();
  #valueCount = 0;
  readonly #depths = new Map<Container, number>();
  /**
   * Lists and dicts that may change. Those that came from the memo may not, so none can contain itself, and depths
   * are final.
   */
  readonly #growing = new Set<Item>();

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#end = bytes.length;
  }

  read(): PickleValue {
    if (this.#next() !== OPCODE.PROTO) throw this.#refusal("comes first, but a pickle begins with PROTO");
    this.#protocol = this.#uint8();
    if (this.#protocol < 2 || this.#protocol > 5) {
      throw this.#refusal(`has protocol ${this.#protocol}, but only 2 to 5 are supported`);
    }
    while (this.#next() !== OPCODE.STOP) {
      const step = PickleReader.#STEPS.get(this.#opcode);
      if (step === undefined) throw this.#refusal(NOT_ALLOWED);
      step(this);
    }
    const value = this.#value(this.#pop());
    if (this.#stack.length > 0 || this.#marks.length > 0)
      throw this.#refusal("leaves something besides the value");
    if (this.#offset < this.#bytes.length) {
      throw this.#refusal(`is not the end: ${this.#bytes.length - this.#offset} bytes follow`);
    }
    return value;
  }

  #next(): number {
    if (this.#offset === this.#end) {
      this.#end = this.#bytes.length;
      this.#inFrame = false;
    }
    if (this.#offset === this.#end) throw badPickle(`it ends at byte ${this.#offset}, without STOP`);
    this.#opcodeOffset = this.#offset;
    this.#opcode = this.#bytes[this.#offset++] as number;
    return this.#opcode;
  }

  /** Advance by this many bytes, and return where they begin. Every length is checked here before it is used. */
  #skip(length: number): number {
    const start = this.#offset;
    if (length > this.#end - start) {
      const whole = this.#inFrame ? "frame" : "message";
      throw this.#refusal(`extends to byte ${start + length}, its ${whole} ends at byte ${this.#end}`);
    }
    this.#offset = start + length;
    return start;
  }

  #take(length: number): Uint8Array {
    const start = this.#skip(length);
    return this.#bytes.subarray(start, start + length);
  }

  #uint8(): number {
    return this.#view.getUint8(this.#skip(1));
  }

  #uint32(): number {
    return this.#view.getUint32(this.#skip(4), true);
  }

  /** Rounded above 2^53, where it is too much in any case. */
  #uint64(): number {
    return Number(this.#view.getBigUint64(this.#skip(8), true));
  }

  /** Two's complement, lowest byte first. */
  #integer(length: number): bigint {
    const bytes = this.#take(length);
    if (length > MAX_INTEGER_BYTES) {
      throw this.#refusal(`has an integer of ${length} bytes, but at most ${MAX_INTEGER_BYTES} are read`);
    }
    const digits = Buffer.from(bytes).reverse().toString("hex");
    return BigInt.asIntN(8 * length, BigInt(`0x0${digits}`));
  }

  #text(length: number): Text {
    const utf8 = this.#take(length);
    if (!isUtf8(utf8)) throw this.#refusal("has a text that is not UTF-8");
    return new Text(utf8);
  }

  #decimalLine(): number {
    let value = 0;
    for (let digits = 0; ; digits++) {
      const byte = this.#uint8();
      if (byte === 0x0a && digits > 0) return value;
      if (byte < 0x30 || byte > 0x39 || digits === 10) throw this.#refusal("has no valid memo number");
      value = 10 * value + byte - 0x30;
    }
  }

  #frame(length: number): void {
    if (this.#inFrame) throw this.#refusal("is inside another frame");
    const start = this.#skip(length);
    this.#end = this.#offset;
    this.#offset = start;
    this.#inFrame = true;
  }

  #push(item: Item): void {
    if (++this.#valueCount > MAX_VALUES)
      throw this.#refusal(`is one value too many: only ${MAX_VALUES} are read`);
    this.#stack.push(item);
  }

  #mark(): void {
    if (this.#marks.length === MAX_DEPTH) throw this.#refusal(`is nested more than ${MAX_DEPTH} deep`);
    this.#marks.push(this.#stack.length);
  }

  #top(): Item {
    const floor = this.#marks.at(-1) ?? 0;
    if (this.#stack.length <= floor) throw this.#refusal("lacks a value before it");
    return this.#stack.at(-1) as Item;
  }

  #pop(): Item {
    const item = this.#top();
    this.#stack.pop();
    return item;
  }

  #popMany(count: number): Item[] {
    const floor = this.#marks.at(-1) ?? 0;
    if (this.#stack.length < floor + count) throw this.#refusal("lacks a value before it");
    return this.#stack.splice(-count);
  }

  #popToMark(): Item[] {
    const height = this.#marks.pop();
    if (height === undefined) throw this.#refusal("lacks a MARK before it");
    return this.#stack.splice(height);
  }

  #value(item: Item): PickleValue {
    if (item === ENCODE) throw this.#refusal("takes _codecs.encode, which may only be called to make bytes");
    return item instanceof Text ? item.string : item;
  }

  /** The value of an item for a container. */
  #content(item: Item, container: Container): PickleValue {
    const value = this.#value(item);
    const depth = 1 + (this.#depths.get(value as Container) ?? 0);
    if (depth > MAX_DEPTH) throw this.#refusal(`is nested more than ${MAX_DEPTH} deep`);
    if (depth > (this.#depths.get(container) ?? 0)) this.#depths.set(container, depth);
    return value;
  }

  #tuple(items: readonly Item[]): void {
    const tuple: PickleValue[] = [];
    for (const item of items) tuple.push(this.#content(item, tuple));
    this.#push(tuple);
  }

  #grow(container: Container): void {
    this.#push(container);
    this.#growing.add(container);
  }

  #append(items: readonly Item[]): void {
    const list = this.#top();
    if (!Array.isArray(list) || !this.#growing.has(list)) throw this.#refusal("has no new list to append to");
    for (const item of items) list.push(this.#content(item, list));
  }

  #setItems(items: readonly Item[]): void {
    const dictionary = this.#top();
    if (!(dictionary instanceof Map) || !this.#growing.has(dictionary)) {
      throw this.#refusal("has no new dict to set items of");
    }
    if (items.length % 2 !== 0) throw this.#refusal("has a key without a value");
    for (let index = 0; index < items.length; index += 2) {
      const key = this.#value(items[index] as Item);
      if (typeof key === "object" && key !== null) {
        throw this.#refusal("has a key that is neither text nor a number");
      }
      dictionary.set(key, this.#content(items[index + 1] as Item, dictionary));
    }
  }

  #put(index: number): void {
    const item = this.#top();
    if (this.#memo.size >= MAX_MEMO_ENTRIES) {
      throw this.#refusal(`is one memo entry too many: only ${MAX_MEMO_ENTRIES} are kept`);
    }
    this.#memo.set(index, item);
  }

  #get(index: number): void {
    const item = this.#memo.get(index);
    if (item === undefined) throw this.#refusal(`gets memo entry ${index}, which was never put`);
    this.#growing.delete(item);
    this.#push(item);
  }

  /**
   * In protocol 2, bytes are written as `_codecs.encode(text, "latin1")`: the only global that is allowed in a
   * pickle.
   */
  #encodeFunction(): void {
    const name = this.#bytes.subarray(this.#offset, this.#offset + ENCODE_NAME.length);
    if (this.#protocol !== 2 || !ENCODE_NAME.equals(name)) {
      throw this.#refusal(NOT_ALLOWED);
    }
    this.#skip(ENCODE_NAME.length);
    this.#push(ENCODE);
  }

  #pair(): void {
    const items = this.#popMany(2);
    if (this.#stack.at(-1) === ENCODE) this.#encodedBytes(items);
    else this.#tuple(items);
  }

  /** The arguments of a call do not become a value, so nothing can get them from the memo. */
  #encodedBytes([text, encoding]: readonly Item[]): void {
    const put = this.#next();
    if (put === OPCODE.BINPUT) this.#skip(1);
    if (put === OPCODE.LONG_BINPUT) this.#skip(4);
    if (put === OPCODE.BINPUT || put === OPCODE.LONG_BINPUT) this.#next();
    if (this.#opcode !== OPCODE.REDUCE) throw this.#refusal("appears where _codecs.encode should be called");
    const isLatin1 = encoding instanceof Text && encoding.string === "latin1";
    const bytes = isLatin1 && text instanceof Text ? text.latin1 : undefined;
    if (bytes === undefined)
      throw this.#refusal("calls _codecs.encode with something other than Latin-1 text");
    this.#pop();
    this.#push(bytes);
  }

  #refusal(what: string): StreamError {
    const name = OPCODE_NAMES.get(this.#opcode) ?? `opcode 0x${this.#opcode.toString(16).padStart(2, "0")}`;
    return badPickle(`${name} at byte ${this.#opcodeOffset} ${what}`);
  }
}
