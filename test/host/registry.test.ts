import test from "ava";
import { FactoryRegistry } from "../../src/host/registry.js";

test("gives what was registered, and refuses a name that is taken", (t) => {
  const registry = new FactoryRegistry<number>("data source");
  registry.register("a", 1);
  t.is(registry.get("a"), 1);
  t.deepEqual(registry.names(), ["a"]);
  t.throws(() => registry.register("a", 2), { code: "HOST_NAME_TAKEN", message: /'a'/ });
  t.is(registry.get("a"), 1);
});

test("an unknown name is answered with what it may stand for, and with nothing far away", (t) => {
  const registry = new FactoryRegistry<number>("data source");
  registry.register("Jungfrau1MZmq", 1);
  registry.register("EventIdJungfrau1MZmq", 2);
  t.throws(() => registry.get("Jungfrau1M"), {
    message:
      "there is no data source 'Jungfrau1M'. Known names: Jungfrau1MZmq, EventIdJungfrau1MZmq. Did you mean 'Jungfrau1MZmq'?",
  });
  t.throws(() => registry.get("Diode"), {
    message: "there is no data source 'Diode'. Known names: Jungfrau1MZmq, EventIdJungfrau1MZmq.",
  });
});

test("an empty registry says that nothing is provided", (t) => {
  t.throws(() => new FactoryRegistry("data source").get("a"), {
    code: "HOST_UNKNOWN_NAME",
    message: /No plugin provides any/,
  });
});
