/** A kind of value for faults. */
export interface FaultValueKind {
  /** Name in a command's help: `SHARE`. */
  readonly name: string;
  /** Description of a valid value: a part of a sentence. */
  readonly what: string;
  /** Undefined if the text is not a valid value. */
  readonly read: (text: string) => number | undefined;
  readonly format: (value: number) => string;
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { ms: 1e-3, s: 1, "": 1, min: 60, h: 3600 };
const NUMBER = /^(\d+(?:\.\d+)?|\.\d+) ?([a-z]*)$/;

export const FAULT_VALUES = {
  share: {
    name: "SHARE",
    what: "a share from 0 to 1, such as 0.01",
    read: (text) => numberWith(text, { "": 1 }, 1),
    format: String,
  },
  /** In seconds. */
  time: {
    name: "TIME",
    what: "a time such as 5ms, 30s or 2min",
    read: (text) => numberWith(text, UNIT_SECONDS),
    format: (seconds) => (seconds > 0 && seconds < 1 ? `${1000 * seconds}ms` : `${seconds}s`),
  },
  number: {
    name: "NUMBER",
    what: "a whole number, 0 or more",
    read: (text) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined),
    format: String,
  },
  count: {
    name: "NUMBER",
    what: "a whole number, 1 or more",
    read: (text) => (/^0*[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined),
    format: String,
  },
  ppm: {
    name: "PPM",
    what: "parts per million, such as 30ppm",
    read: (text) => numberWith(text, { ppm: 1, "": 1 }, 1e6),
    format: (value) => `${value}ppm`,
  },
} as const satisfies Readonly<Record<string, FaultValueKind>>;

function numberWith(
  text: string,
  units: Readonly<Record<string, number>>,
  most = Number.MAX_SAFE_INTEGER,
): number | undefined {
  const [, digits, unit = ""] = NUMBER.exec(text) ?? [];
  const factor = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (digits === undefined || factor === undefined) return undefined;
  const value = factor * Number(digits);
  return value <= most ? value : undefined;
}
