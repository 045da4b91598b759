import test from "ava";
import { decodeZ85 } from "../../src/security/z85.js";

test("the example of its specification", (t) => {
  t.is(decodeZ85("HelloWorld")?.toString("hex"), "864fd26fb559f75b");
});

test("from the least to the most that five characters hold", (t) => {
  t.is(decodeZ85("00000")?.toString("hex"), "00000000");
  t.is(decodeZ85("%nSc0")?.toString("hex"), "ffffffff");
  t.is(decodeZ85("%nSc1"), undefined);
});

for (const text of ["Hello World", "Hell", "Hell~", "Hellä", "Hell\n"]) {
  test(`no Z85: ${JSON.stringify(text)}`, (t) => {
    t.is(decodeZ85(text), undefined);
  });
}
