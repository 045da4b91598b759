import { daqInfo } from "./gain-mode.js";
import { type Fields, headerFields, headerText, type PortPosition, portPosition } from "./header.js";
import type { ModuleFrame } from "./module-stream.js";

/**
 * Values of a frame's header that a recording keeps in addition to those of a {@link ModuleFrame}. Undefined if
 * missing.
 */
export interface FrameFields {
  /** Exposure time in ticks of 100 ns. */
  readonly exposureTicks: number | undefined;
  readonly packetsCaught: number | undefined;
  readonly bunchId: bigint | undefined;
  readonly moduleId: number | undefined;
  readonly position: PortPosition | undefined;
  readonly reserved: number | undefined;
  /** All DAQ info bits; without a header, those of the frame's gain mode. */
  readonly daqInfo: number;
  readonly roundRobin: number | undefined;
  readonly detectorType: number | undefined;
  readonly headerVersion: number | undefined;
  /** `addJsonHeader` as JSON on one line; undefined if it is missing or empty. */
  readonly added: string | undefined;
}

/** The exact parser's mark of an integer that JSON.parse would round, as JSON.stringify writes it. */
const MARKED_INTEGER = /"\\u0000(-?\d+)"/g;

/** Read a frame's header, of any release. An invalid field counts as missing. */
export function frameFields({ header, gainMode }: ModuleFrame): FrameFields {
  const { fields, added } = headerFields(header === undefined ? "{}" : headerText(header));
  const integer = (...names: readonly string[]) => {
    const value = firstInteger(fields, names);
    return value === undefined ? undefined : Number(value);
  };
  return {
    exposureTicks: integer("expLength"),
    packetsCaught: integer("packetNumber"),
    // Before release 7.0 these had other names.
    bunchId: firstInteger(fields, ["detSpec1", "bunchId"]),
    moduleId: integer("modId"),
    position: sensible(() => portPosition(fields)),
    reserved: integer("detSpec2", "reserved"),
    daqInfo: integer("detSpec3", "debug") ?? daqInfo(gainMode),
    roundRobin: integer("detSpec4", "roundRNumber"),
    detectorType: integer("detType"),
    headerVersion: integer("version"),
    added: addedText(added),
  };
}

function firstInteger(fields: Fields, names: readonly string[]): bigint | undefined {
  for (const name of names) {
    const value = sensible(() => fields.integer(name));
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The result of a step; undefined if it throws. */
function sensible<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

function addedText(added: unknown): string | undefined {
  if (typeof added !== "object" || added === null || Object.keys(added).length === 0) return undefined;
  return JSON.stringify(added).replaceAll(MARKED_INTEGER, "$1");
}
