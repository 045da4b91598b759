const assert = require("node:assert/strict");
const test = require("node:test");
const { runOneEvent } = require("./common-js-host.cjs");

test("a CommonJS host requires the plugin, and has the same that is imported", async () => {
  // Every Node.js that the manifest asks for can require an ES module.
  const plugin = require("om-jungfrau-zmq");
  await runOneEvent(plugin, require("om-jungfrau-zmq/api"));
  assert.equal(plugin.register, (await import("om-jungfrau-zmq")).register);
});

test("manifest and schemas are found by the package's name", () => {
  assert.equal(require("om-jungfrau-zmq/plugin.manifest.json").id, "om-jungfrau-zmq");
  for (const name of ["plugin-manifest", "configuration"]) {
    assert.equal(require(`om-jungfrau-zmq/schema/${name}.schema.json`).type, "object");
  }
});
