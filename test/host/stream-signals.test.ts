import test from "ava";
import { StreamSignals } from "../../src/host/stream-signals.js";
import { FixedClock } from "../helpers/fakes.js";

test("rate, lag and lost frames of a stream", (t) => {
  const clock = new FixedClock();
  let missed = 100;
  const signals = new StreamSignals(clock, () => ({
    state: "streaming",
    message: "",
    counters: { missed },
  }));
  t.is(signals.level("frames_per_second"), 0);
  t.is(signals.level("lag_seconds"), null);
  t.is(signals.level("missed_per_second"), null);
  for (let i = 0; i < 80; i++) {
    if (i % 5 === 0) signals.look();
    missed += 3;
    signals.count({ frameNumber: BigInt(i), timestampSeconds: clock.nowSeconds() - 0.25 });
    clock.seconds += 0.1;
  }
  t.true(Math.abs(Number(signals.level("frames_per_second")) - 10) < 1);
  t.is(signals.level("lag_seconds"), 0.25);
  t.true(Math.abs(Number(signals.level("missed_per_second")) - 30) < 1e-3);

  missed = 0; // counted from 0 again
  signals.look();
  t.is(signals.level("missed_per_second"), null);
  clock.seconds += 6;
  t.is(signals.level("frames_per_second"), 0);
  t.is(signals.level("lag_seconds"), null, "an old lag would look like one of now");
});
