/** Marks an integer that JSON.parse would round. No JSON string can hold a NUL that is not escaped. */
const EXACT = "\\u0000";
const LONG_INTEGER = /\d{16}/;
const STRING_OR_LONG_INTEGER = /"(?:[^"\\]|\\.)*(?:"|$)|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

export const MAX_UINT64 = 2n ** 64n - 1n;

/** Parse JSON so that no integer is rounded, for {@link exactInteger}; undefined if it is not a JSON object. */
export function parseJsonExactly(text: string): Record<string, unknown> | undefined {
  const exact = LONG_INTEGER.test(text)
    ? text.replace(STRING_OR_LONG_INTEGER, (token) => (token.startsWith('"') ? token : `"${EXACT}${token}"`))
    : text;
  try {
    const value: unknown = JSON.parse(exact);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** An integer that {@link parseJsonExactly} found; undefined if the value is not one from 0 to 2^64 - 1. */
export function exactInteger(value: unknown): bigint | undefined {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return BigInt(value);
  return typeof value === "string" && /^\0\d+$/.test(value) ? uint64(value.slice(1)) : undefined;
}

/** The integer with these digits; undefined if it is above 2^64 - 1. */
export function uint64(digits: string): bigint | undefined {
  const integer = BigInt(digits);
  return integer <= MAX_UINT64 ? integer : undefined;
}
