import test from "ava";
import { FactoryRegistry } from "../../src/host/index.js";

test("gives what was registered, and refuses a name that is taken", (t) => {
  const registry = new FactoryRegistry<number>("data source");
  registry.register("a", 1);
  t.is(registry.get("a"), 1);
  t.deepEqual(registry.names(), ["a"]);
  t.throws(() => registry.register("a", 2), { code: "HOST_NAME_TAKEN", message: /'a'/ });
  t.is(registry.get("a"), 1);
});

test("an empty registry says that nothing is provided", (t) => {
  t.throws(() => new FactoryRegistry("data source").get("a"), {
    code: "HOST_UNKNOWN_NAME",
    message: /No plugin provides any/,
  });
});
