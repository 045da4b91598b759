import test from "ava";
import { playTone, type ToneContext } from "../../../src/page/display/alarm-sound.js";

test("the tone is two short notes, one after the other, that begin and end in silence", (t) => {
  const notes: { hertz: number; start: number; stop: number }[] = [];
  const volumes: (readonly [value: number, when: number])[] = [];
  const connected: unknown[] = [];
  const context: ToneContext = {
    currentTime: 10,
    destination: "loudspeaker",
    createOscillator() {
      const note = { hertz: 0, start: 0, stop: 0 };
      notes.push(note);
      return {
        frequency: {
          get value() {
            return note.hertz;
          },
          set value(hertz) {
            note.hertz = hertz;
          },
        },
        connect: (to) => connected.push(to),
        start: (when) => {
          note.start = when;
        },
        stop: (when) => {
          note.stop = when;
        },
      };
    },
    createGain: () => ({
      gain: {
        setValueAtTime: (value, when) => volumes.push([value, when]),
        linearRampToValueAtTime: (value, when) => volumes.push([value, when]),
      },
      connect: (to) => connected.push(to),
    }),
  };
  playTone(context);
  t.deepEqual(
    notes.map(({ hertz, start, stop }) => [hertz, Number(start.toFixed(3)), Number(stop.toFixed(3))]),
    [
      [880, 10, 10.18],
      [660, 10.18, 10.36],
    ],
  );
  for (const { start, stop } of notes) {
    t.true(volumes.some(([value, when]) => value === 0 && when === start));
    t.true(volumes.some(([value, when]) => value === 0 && when === stop));
  }
  t.true(volumes.every(([value]) => value >= 0 && value <= 0.2));
  t.is(connected.filter((to) => to === "loudspeaker").length, 2);
});
