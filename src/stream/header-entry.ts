import { parseJsonExactly } from "./exact-json.js";
import { gainModeName, storageCell } from "./gain-mode.js";
import { headerText } from "./header.js";
import type { ModuleFrame } from "./module-stream.js";

type Entries = Readonly<Record<string, unknown>>;

/** Parsed headers, because several entries may be read. */
const parsed = new WeakMap<ModuleFrame, Entries>();

/** Entries that are derived from others, if the header has none of that name. */
const DERIVED: ReadonlyMap<string, (header: Entries) => unknown> = new Map([
  // Its name before release 7.0.
  ["bunchId", ({ detSpec1 }) => detSpec1],
  ["storageCell", (header) => ofDaqInfo(header, storageCell)],
  ["gainMode", (header) => ofDaqInfo(header, gainModeName)],
]);

/**
 * A value of a frame's header by its name: one of `addJsonHeader`, to which users add values with `rx_jsonpara`, or
 * else a standard one, or else `bunchId`, `storageCell` or `gainMode`, which are derived from detSpec1 and detSpec3.
 * The header is parsed when its first value is read.
 *
 * @returns a number if it can be read as one, even in quotes; integers beyond 2^53 as text; undefined if the header
 *   has no such entry, is not valid JSON, or was not sent, as behind a receiver
 */
export function headerEntry(frame: ModuleFrame, name: string): unknown {
  const header = headerOf(frame);
  const { addJsonHeader: added } = header;
  const own = typeof added === "object" && added !== null ? (added as Entries) : {};
  for (const entries of [own, header]) {
    if (Object.hasOwn(entries, name)) return asNumber(entries[name]);
  }
  return asNumber(DERIVED.get(name)?.(header));
}

/** @returns undefined if a header has no DAQ info. Before release 7.0 the field was called debug. */
function ofDaqInfo<T>({ detSpec3, debug }: Entries, read: (daqInfo: number) => T): T | undefined {
  const daqInfo = detSpec3 ?? debug;
  return typeof daqInfo === "number" ? read(daqInfo) : undefined;
}

function headerOf(frame: ModuleFrame): Entries {
  const known = parsed.get(frame);
  if (known !== undefined) return known;
  const { header } = frame;
  const entries = (header !== undefined && parseJsonExactly(headerText(header))) || {};
  parsed.set(frame, entries);
  return entries;
}

function asNumber(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const text = value.replace(/^\0/, ""); // precedes integers that a float64 may not hold
  const number = Number(text);
  if (text.trim() === "" || !Number.isFinite(number)) return text;
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? text : number;
}
