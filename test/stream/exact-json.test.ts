import test from "ava";
import { exactInteger, parseJsonExactly, uint64 } from "../../src/stream/exact-json.js";

test("integers of any length keep every digit, wherever they stand", (t) => {
  const text = '{"a":18446744073709551615,"b":[1,9007199254740993],"c":{"d": 9999999999999999 },"e":7}';
  const { a, b, c, e } = parseJsonExactly(text) as {
    a: unknown;
    b: readonly unknown[];
    c: { d: unknown };
    e: unknown;
  };
  t.deepEqual([a, b[0], b[1], c.d, e].map(exactInteger), [
    2n ** 64n - 1n,
    1n,
    9007199254740993n,
    9999999999999999n,
    7n,
  ]);
});

test("text and fractions are what JSON says", (t) => {
  const json = {
    text: 'a "quoted" 12345678901234567890, \\ and \u0000',
    fraction: 1234567890.1234567,
    small: 1.2345678901234567e-30,
    large: 1e300,
  };
  t.deepEqual(parseJsonExactly(JSON.stringify(json)), json);
  // A long fraction beside a long integer, and a key of digits.
  const mixed =
    '{"12345678901234567890":0.123456789012345678,"n":12345678901234567,"x":-1.2345678901234567E+20}';
  const { n: _, ...others } = parseJsonExactly(mixed) ?? {};
  t.deepEqual(others, { "12345678901234567890": Number("0.123456789012345678"), x: -123456789012345670000 });
  t.is(exactInteger(parseJsonExactly(mixed)?.n), 12345678901234567n);
});

test("what is no JSON object is undefined", (t) => {
  for (const text of ["", "1", "[1]", "null", '"a"', "{", '{"a":12345678901234567890', "{a:1}"])
    t.is(parseJsonExactly(text), undefined, text);
});

test("an integer is a whole number from 0 to 2^64 - 1, and no text", (t) => {
  const { values } = parseJsonExactly(
    '{"values":[-1,1.5,"12345678901234567890",18446744073709551616,-12345678901234567890,null,true,[],1e300,"\\u0000x"]}',
  ) as { values: readonly unknown[] };
  t.deepEqual(
    values.map(exactInteger),
    values.map(() => undefined),
  );
  t.is(exactInteger(0), 0n);
  t.is(exactInteger(Number.MAX_SAFE_INTEGER), 2n ** 53n - 1n);
  t.is(uint64("18446744073709551615"), 2n ** 64n - 1n);
  t.is(uint64("18446744073709551616"), undefined);
});

test("text that begins with a NUL is an integer only where a number stood", (t) => {
  // JSON can write a NUL in a text; a sender who does so gets its own digits back, and no fault of ours.
  t.is(exactInteger(parseJsonExactly('{"a":"\\u000012"}')?.a), 12n);
});
