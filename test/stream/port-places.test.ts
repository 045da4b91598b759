import test from "ava";
import { PortPlaces } from "../../src/stream/port-places.js";

function places() {
  let told = 0;
  const these = new PortPlaces(() => {
    told += 1;
  });
  return { these, told: () => told };
}

test("what headers claim counts, in whatever order the ports were named", (t) => {
  const { these, told } = places();
  for (let frame = 0; frame < 2; frame++) {
    for (const [stream, port] of [3, 0, 2, 1].entries()) t.is(these.placeOf(stream, port), port);
  }
  t.is(told(), 0);
});

for (const count of [2, 4]) {
  test(`${count} ports that all claim the first place are placed in order, which is said once`, (t) => {
    const { these, told } = places();
    t.is(these.placeOf(0, 0), 0);
    t.is(told(), 0, "there may be nothing wrong");
    for (let frame = 0; frame < 3; frame++) {
      for (let stream = 0; stream < count; stream++) t.is(these.placeOf(stream, 0), stream);
    }
    t.is(told(), 1);
  });
}

test("if the second port comes first, it is placed once the other has come", (t) => {
  const { these } = places();
  t.deepEqual([these.placeOf(1, 0), these.placeOf(0, 0), these.placeOf(1, 0)], [0, 0, 1]);
});

test("two ports that claim another place than the first are not placed: one module may be named twice", (t) => {
  const { these, told } = places();
  t.deepEqual([these.placeOf(0, 1), these.placeOf(1, 1)], [1, 1]);
  t.is(told(), 0);
});

test("once the modules have been set up, what they claim counts again", (t) => {
  const { these } = places();
  these.placeOf(0, 0);
  t.is(these.placeOf(1, 0), 1);
  t.deepEqual([these.placeOf(0, 1), these.placeOf(1, 0)], [1, 0]);
});

test("headers that say nothing are placed in order, which is said once", (t) => {
  const { these, told } = places();
  t.deepEqual([these.placeOf(1, undefined), these.placeOf(0, undefined)], [1, 0]);
  t.is(told(), 1);
});

test("a detector has each stream once", (t) => {
  const { these } = places();
  t.deepEqual(
    [0, 1, 0].map((stream) => these.join(stream)),
    [true, true, false],
  );
});
