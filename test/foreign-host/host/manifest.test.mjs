import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import test from "node:test";
import { ForeignHost, VERSIONS } from "./foreign-host.mjs";
import { MANIFEST } from "./plugin-folder.mjs";
import { temporaryFile } from "./temporary-files.mjs";

const manifest = JSON.parse(readFileSync(MANIFEST, "utf8"));
const changed = (t, change) =>
  temporaryFile(t, "plugin.manifest.json", JSON.stringify({ ...manifest, ...change }));

test("host and plugin have copies of their own", () => {
  for (const name of ["tsyringe", "reflect-metadata"]) {
    const [ours, theirs] = [import.meta.url, MANIFEST].map((from) => createRequire(from).resolve(name));
    assert.notEqual(ours, theirs);
  }
});

test("the manifest fits this host", () => {
  assert.equal(new ForeignHost().addPlugin(MANIFEST).id, "om-jungfrau-zmq");
});

test("another contract is refused, and both versions are named", () => {
  for (const monitorApi of ["0.9.0", "2.0.0"]) {
    assert.throws(() => new ForeignHost({ versions: { monitorApi } }).addPlugin(MANIFEST), {
      message: `om-jungfrau-zmq needs monitorApi ${manifest.engines.monitorApi}, this host has ${monitorApi}`,
    });
  }
});

test("another Node.js is refused, and both versions are named", () => {
  for (const node of ["18.20.0", "20.18.0", "21.7.0", "22.12.0", "23.11.0"]) {
    assert.throws(() => new ForeignHost({ versions: { node } }).addPlugin(MANIFEST), {
      message: `om-jungfrau-zmq needs node ${manifest.engines.node}, this host has ${node}`,
    });
  }
});

test("a range of versions that this host is not in is refused", (t) => {
  const path = changed(t, { engines: { ...manifest.engines, node: "<20" } });
  assert.throws(() => new ForeignHost().addPlugin(path), {
    message: `om-jungfrau-zmq needs node <20, this host has ${VERSIONS.node}`,
  });
});

test("an id that is taken is refused", (t) => {
  const host = new ForeignHost();
  host.addPlugin(MANIFEST);
  const path = changed(t, { name: "Another" });
  assert.throws(() => host.addPlugin(path), {
    message: `${path}: there is a plugin with the id om-jungfrau-zmq already`,
  });
});

test("a service that this host has not is named", (t) => {
  const path = changed(t, { requires: [...manifest.requires, "om-monitor/Coffee"] });
  assert.throws(() => new ForeignHost().addPlugin(path), {
    message: "om-jungfrau-zmq needs om-monitor/Coffee, which this host has not",
  });
});

test("each fault of a broken manifest is named", (t) => {
  const { main: _, ...rest } = manifest;
  const path = temporaryFile(
    t,
    "plugin.manifest.json",
    JSON.stringify({
      ...rest,
      manifestVersion: 1,
      id: "Ä",
      version: "one",
      engines: { node: 20 },
      provides: { dataSources: [{ name: "" }], dataRetrievals: {} },
      requires: "everything",
    }),
  );
  assert.throws(
    () => new ForeignHost().addPlugin(path),
    ({ message }) => {
      for (const fault of [
        "/ must have required property 'main'",
        "/manifestVersion must be equal to constant",
        "/id must match pattern",
        "/version must match pattern",
        "/engines must have required property 'monitorApi'",
        "/engines/node must be string",
        "/provides/dataSources/0 must have required property 'description'",
        "/provides/dataSources/0/name must NOT have fewer than 1 characters",
        "/provides/dataRetrievals must be array",
        "/requires must be array",
      ]) {
        assert.ok(message.includes(fault), `${fault}\nis not in\n${message}`);
      }
      return true;
    },
  );
});
