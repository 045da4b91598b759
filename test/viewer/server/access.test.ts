import type { IncomingMessage } from "node:http";
import test from "ava";
import { hasToken, isOwnOrigin } from "../../../src/viewer/server/access.js";

const request = (url: string, headers: Record<string, string> = {}) =>
  ({ url, headers }) as unknown as IncomingMessage;

const origins: [string | undefined, string, boolean][] = [
  [undefined, "127.0.0.1:8123", true],
  ["http://127.0.0.1:8123", "127.0.0.1:8123", true],
  ["http://daq01:8123", "DAQ01:8123", true],
  ["https://daq01.example", "daq01.example", true],
  ["http://127.0.0.1:9000", "127.0.0.1:8123", false],
  ["http://localhost:8123", "127.0.0.1:8123", false],
  ["http://evil.example", "127.0.0.1:8123", false],
  ["http://127.0.0.1:8123.evil.example", "127.0.0.1:8123", false],
  ["null", "127.0.0.1:8123", false],
  ["", "127.0.0.1:8123", false],
  ["file://", "", false],
];
for (const [origin, host, expected] of origins) {
  test(`a request of ${origin ?? "a program"} to ${host} is ${expected ? "" : "not "}the page's own`, (t) => {
    t.is(isOwnOrigin(request("/", { host, ...(origin !== undefined && { origin }) }), []), expected);
  });
}

const proxied: [string, boolean][] = [
  ["https://view.example", true],
  ["https://view.example:8443", true],
  ["http://view.example", false],
  ["https://view.example:9000", false],
  ["https://other.view.example", false],
  ["https://view.example.evil.example", false],
];
for (const [origin, expected] of proxied) {
  test(`a request of ${origin} that a proxy passes on is ${expected ? "" : "not "}one of the page's origins`, (t) => {
    const proxy = request("/api/live", { host: "127.0.0.1:8123", origin });
    t.is(isOwnOrigin(proxy, ["https://view.example", "https://view.example:8443"]), expected);
    t.false(isOwnOrigin(proxy, []));
  });
}

test("a token is taken from the URL or the header, and must be the whole of it", (t) => {
  const token = "abcDEF-_0123456789";
  t.true(hasToken(request(`/?token=${token}`), token));
  t.true(hasToken(request(`/api/frame.npy?image=raw&token=${token}`), token));
  t.true(hasToken(request("/", { authorization: `Bearer ${token}` }), token));
  for (const url of [
    "/",
    "/?",
    "/?token=",
    `/?token=${token}x`,
    `/?token=${token.slice(1)}`,
    `/${token}`,
    `/?Token=${token}`,
  ]) {
    t.false(hasToken(request(url), token), url);
  }
  t.false(hasToken(request("/", { authorization: `Basic ${token}` }), token));
  t.false(
    hasToken(request("/?token=wrong", { authorization: `Bearer ${token}` }), token),
    "the URL's counts",
  );
});

test("a browser that asks for another page is refused also where it sends no Origin, but for a link", (t) => {
  const from = (url: string, site: string, mode: string) =>
    isOwnOrigin(request(url, { host: "127.0.0.1:8123", "sec-fetch-site": site, "sec-fetch-mode": mode }), []);
  t.true(from("/", "none", "navigate"));
  t.true(from("/assets/index.js", "same-origin", "no-cors"));
  t.true(from("/?token=abc", "cross-site", "navigate"));
  for (const site of ["cross-site", "same-site"]) {
    t.false(from("/metrics", site, "no-cors"), "an image");
    t.false(from("/api/frame.npy", site, "navigate"));
    t.false(from("/", site, "no-cors"));
  }
});
