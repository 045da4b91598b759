import test from "ava";
import { isMonitorError } from "../../src/errors.js";
import { parseHeader } from "../../src/stream/header.js";
import { HEADERS_BY_RELEASE, wireHeader } from "../helpers/wire-headers.js";

const codeOf = (step: () => unknown): string | undefined => {
  try {
    step();
  } catch (error) {
    return isMonitorError(error) ? error.code : String(error);
  }
  return undefined;
};

for (const [release, text] of Object.entries(HEADERS_BY_RELEASE)) {
  test(`reads a header of release ${release}`, (t) => {
    // Every release says how the module was set, in a field of one of two names.
    const set = text.replace(/"(detSpec3|debug)":0/, '"$1":4097');
    const { position, completeImage, ...header } = parseHeader(set) as Extract<
      ReturnType<typeof parseHeader>,
      { kind: "frame" }
    >;
    t.deepEqual(header, {
      kind: "frame",
      frameNumber: 7n,
      rows: 512,
      columns: 1024,
      bitsPerPixel: 16,
      payloadSizeBytes: 1048576,
      packetsCaught: 128,
      timestampTicks: 70000n,
      daqInfo: 4097,
      repaired: false,
    });
    t.is(completeImage, Number(release) >= 5 ? true : undefined);
    const detectorPorts = Number(release) >= 4.1 ? ([2, 1] as const) : undefined;
    t.deepEqual(position, Number(release) >= 4 ? { row: 1, column: 0, detectorPorts } : undefined);
  });
}

test("keeps 64-bit integers exact, and tells them from digits in texts", (t) => {
  const header = parseHeader(
    wireHeader({
      frameNumber: 18446744073709551615n,
      timestamp: 9007199254740993n,
      fname: "/run_12345678901234567890",
    }),
  );
  t.like(header, { frameNumber: 18446744073709551615n, timestampTicks: 9007199254740993n, repaired: false });
});

test("an end message is one whatever else it says", (t) => {
  t.deepEqual(parseHeader(wireHeader({ data: 0, shape: [0, 0], size: 0 })), { kind: "end", repaired: false });
});

test("reads the numbers of a header that a quote in the file name has broken", (t) => {
  const text = wireHeader({ fname: 'we"ird', frameNumber: 9007199254740993n });
  t.throws(() => JSON.parse(text));
  t.like(parseHeader(text), {
    frameNumber: 9007199254740993n,
    rows: 512,
    position: { row: 1, column: 0, detectorPorts: [2, 1] },
    repaired: true,
  });
});

test("gives a broken header up when a number stands in it twice", (t) => {
  t.is(
    codeOf(() => parseHeader(wireHeader({ fname: 'x", "frameNumber":99, "y":"' }))),
    undefined,
  );
  t.is(
    codeOf(() => parseHeader(wireHeader({ fname: '"x", "frameNumber":99, y' }))),
    "STREAM_BAD_HEADER",
  );
});

const rubbish: Readonly<Record<string, string>> = {
  "an empty text": "",
  "not JSON": "hello",
  "a JSON number": "5",
  "a JSON list": "[1, 2]",
  null: "null",
  "no data key": wireHeader({ data: undefined }),
  "no frame number": wireHeader({ frameNumber: undefined }),
  "a negative frame number": wireHeader({ frameNumber: -1 }),
  "a fractional frame number": wireHeader({ frameNumber: 1.5 }),
  "a text for a number": wireHeader({ frameNumber: "7" }),
  "a number over 64 bits": wireHeader({ frameNumber: 2n ** 64n }),
  "a shape of three": wireHeader({ shape: [1024, 512, 1] }),
  "a shape that is no list": wireHeader({ shape: 5 }),
  "a list in the row": wireHeader({ row: [1] }),
};
for (const [what, text] of Object.entries(rubbish)) {
  test(`refuses ${what}`, (t) =>
    t.is(
      codeOf(() => parseHeader(text)),
      "STREAM_BAD_HEADER",
    ));
}
