import { parseJsonExactly } from "./exact-json.js";
import { headerText } from "./header.js";
import type { ModuleFrame } from "./module-stream.js";

type Entries = Readonly<Record<string, unknown>>;

/** Headers that were asked for; several entries may be. */
const parsed = new WeakMap<ModuleFrame, Entries>();

/**
 * A value of a frame's header by its name: one of `addJsonHeader`, where users of the detector put what they like with
 * `rx_jsonpara`, or else a standard one. The header is parsed when the first value is asked for.
 *
 * @returns a number where it reads as one, also in quotes; integers beyond 2^53 as text; undefined where the header has no such
 *   entry, is not valid JSON, or did not come along, as behind a receiver
 */
export function headerEntry(frame: ModuleFrame, name: string): unknown {
  const header = headerOf(frame);
  const { addJsonHeader: added } = header;
  const own = typeof added === "object" && added !== null ? (added as Entries) : {};
  for (const entries of [own, header]) {
    if (Object.hasOwn(entries, name)) return asNumber(entries[name]);
  }
  return undefined;
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
  const text = value.replace(/^\0/, ""); // stands before integers that a float64 may not hold
  const number = Number(text);
  if (text.trim() === "" || !Number.isFinite(number)) return text;
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? text : number;
}
