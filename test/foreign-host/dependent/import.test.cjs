const test = require("node:test");
const { runOneEvent } = require("./common-js-host.cjs");

test("a CommonJS host imports the plugin", async () => {
  await runOneEvent(await import("om-jungfrau-zmq"), await import("om-jungfrau-zmq/api"));
});
