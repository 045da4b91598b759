import test from "ava";
import { HostError } from "../../src/errors.js";
import { parseAddress } from "../../src/http/index.js";

const addresses: [string, string, number][] = [
  ["9100", "127.0.0.1", 9100],
  ["0", "127.0.0.1", 0],
  ["localhost:9100", "localhost", 9100],
  ["0.0.0.0:65535", "0.0.0.0", 65535],
  ["beam-line_1.example:80", "beam-line_1.example", 80],
  ["[::1]:9100", "::1", 9100],
  ["[::]:0", "::", 0],
];
for (const [text, host, port] of addresses) {
  test(`'${text}' is port ${port} of ${host}`, (t) => t.deepEqual(parseAddress(text), { host, port }));
}

for (const text of [
  "",
  ":",
  ":9100",
  "localhost",
  "localhost:",
  "127.0.0.1",
  "localhost:65536",
  "localhost:-1",
  "localhost:9100x",
  "localhost:0x50",
  "local host:9100",
  "::1:9100",
  "[::1]",
  "[]:9100",
  "[localhost]:9100",
  "http://localhost:9100",
  "localhost:9100/metrics",
  "*:9100",
]) {
  test(`'${text}' is no address`, (t) => {
    const error = t.throws(() => parseAddress(text), { instanceOf: HostError });
    t.is(error?.code, "HOST_CANNOT_LISTEN");
    t.true(error?.message.startsWith(`'${text}' is not an address to listen on. Write HOST:PORT`));
  });
}
