import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join, sep } from "node:path";
import { type HttpAnswer, plain } from "../../http/index.js";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/**
 * The built page's files by their paths, `/` for `index.html`. They are read once, so that no request can
 * name a file. If they are missing, `/` explains this.
 */
export function readPageFiles(folder: string): ReadonlyMap<string, HttpAnswer> {
  if (!existsSync(folder)) return new Map([["/", plain(503, "The page is not built. Run `npm run build`.")]]);
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return new Map(
    names
      .filter((name) => Object.hasOwn(TYPES, extname(name)))
      .map((name) => {
        const path = `/${name.replaceAll(sep, "/")}`;
        const type = TYPES[extname(name)] as string;
        return [
          path === "/index.html" ? "/" : path,
          { status: 200, type, body: readFileSync(join(folder, name)) },
        ];
      }),
  );
}
