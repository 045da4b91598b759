import type { ExecutionContext } from "ava";

type Values = ArrayBufferView & ArrayLike<number>;

/**
 * As `t.deepEqual` of two typed arrays, which for those of a million pixels takes most of a second. NaN equals NaN, 0 does not
 * equal -0.
 */
export function sameValues(t: ExecutionContext, actual: Values, expected: Values): void {
  t.is(actual.constructor, expected.constructor);
  t.is(actual.length, expected.length);
  const isSame = Buffer.compare(bytesOf(actual), bytesOf(expected)) === 0;
  const at = isSame ? -1 : differenceOf(actual, expected);
  t.true(isSame, `${actual[at]}, not ${expected[at]} at ${at}`);
}

/** As {@link sameValues} of two frames' pixels, with `t.deepEqual` of all that they say beside them. */
export function sameFrames<T extends { readonly data: Values; readonly status?: Uint8Array }>(
  t: ExecutionContext,
  actual: T,
  expected: T,
): void {
  const [{ data, status, ...rest }, { data: otherData, status: otherStatus, ...otherRest }] = [
    actual,
    expected,
  ];
  t.deepEqual(rest as object, otherRest);
  sameValues(t, data, otherData);
  t.is(status === undefined, otherStatus === undefined);
  if (status !== undefined && otherStatus !== undefined) sameValues(t, status, otherStatus);
}

function differenceOf(actual: Values, expected: Values): number {
  return Array.from(actual).findIndex((value, index) => !Object.is(value, expected[index]));
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
