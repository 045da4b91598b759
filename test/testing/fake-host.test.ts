import test from "ava";
import { STATUS_REGISTRY, type StatusRegistry, type StreamStatus } from "../../src/api/index.js";
import { FakeHost } from "../../src/testing/index.js";

const statusWith = (message: string): StreamStatus => ({ state: "streaming", message, counters: {} });

/** A host of fakes, and the metrics service that a plugin gets from it. */
function fixture() {
  const host = new FakeHost();
  return { host, metrics: host.context.container.resolve<StatusRegistry>(STATUS_REGISTRY) };
}

test("the status is the newest stream's, for as long as that is open", (t) => {
  const { host, metrics } = fixture();
  t.throws(() => host.status(), { message: /no stream is open/ });
  const removeFirst = metrics.addStatusSource(() => statusWith("first"));
  const removeSecond = metrics.addStatusSource(() => statusWith("second"));
  t.is(host.status().message, "second");
  removeSecond();
  t.is(host.status().message, "first");
  removeFirst();
  t.throws(() => host.status(), { message: /no stream is open/ });
});

test("a remover that is called again removes no other source", (t) => {
  const { host, metrics } = fixture();
  metrics.addStatusSource(() => statusWith("first"));
  const removeSecond = metrics.addStatusSource(() => statusWith("second"));
  removeSecond();
  removeSecond();
  t.is(host.status().message, "first");
});

test("one function that two streams have added is removed for one of them at a time", (t) => {
  const { host, metrics } = fixture();
  const read = () => statusWith("shared");
  const removeFirst = metrics.addStatusSource(read);
  const removeSecond = metrics.addStatusSource(read);
  removeFirst();
  removeFirst();
  t.is(host.status().message, "shared");
  removeSecond();
  t.throws(() => host.status(), { message: /no stream is open/ });
});
