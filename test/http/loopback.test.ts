import test from "ava";
import { isLoopback } from "../../src/http/loopback.js";

const mapped = ["::ffff:127.0.0.1", "::ffff:7f00:1", "::FFFF:127.0.0.2", "0:0:0:0:0:ffff:7f00:1"];
for (const host of [
  "localhost",
  "LOCALHOST",
  "127.0.0.1",
  "127.1.2.3",
  "::1",
  "0:0:0:0:0:0:0:1",
  ...mapped,
]) {
  test(`${host} is this machine alone`, (t) => {
    t.true(isLoopback(host));
  });
}

const lookalikes = ["127.0.0.1.example.org", "localhost.example.org", "127.1", "::1%lo", "*", ""];
for (const host of ["0.0.0.0", "::", "::ffff:10.0.0.1", "::2", "10.0.0.1", "128.0.0.1", ...lookalikes]) {
  test(`'${host}' is not`, (t) => {
    t.false(isLoopback(host));
  });
}
