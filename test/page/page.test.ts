import { readdirSync, readFileSync } from "node:fs";
import test from "ava";
import { inPackage } from "../helpers/package-root.js";

const html = readFileSync(inPackage("dist/page/index.html"), "utf8");
const assets = readdirSync(inPackage("dist/page/assets"));
const text = (name: string) => readFileSync(inPackage("dist/page/assets", name), "utf8");

test("the page names its assets by relative paths, and they are there", (t) => {
  const named = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path as string);
  t.deepEqual(named.map((path) => path.replace("./assets/", "")).sort(), assets.toSorted());
});

test("the page holds nothing that its security policy forbids", (t) => {
  t.notRegex(html, /<style|style=|<script(?![^>]*\bsrc=)|\bon\w+=/);
  for (const name of assets.filter((name) => name.endsWith(".js"))) {
    // Some libraries look for the global object in this way if there is no other; browsers have others.
    const compiled = text(name).match(/(?<![.\w$])(?:Function|eval)\((?!`return this`\)).{0,40}/g);
    t.is(compiled, null, name);
  }
  for (const name of assets.filter((name) => name.endsWith(".css"))) {
    t.is(text(name).match(/(?:@import|url\().{0,40}/g), null, name);
  }
});
