import { dispose, register } from "../../src/index.js";
import { FakeHost } from "../../src/testing/index.js";

export { FixedClock, parametersOf, RecordingLogger } from "../../src/testing/index.js";

/** Register this plugin in a host of fakes, with values for more tokens. */
export function registerPlugin(values: ReadonlyMap<symbol, unknown> = new Map()) {
  const host = new FakeHost(values);
  register(host.context);
  const { context, logger, clock } = host;
  return { context, logger, clock, status: () => host.status(), dispose: () => dispose(context) };
}
