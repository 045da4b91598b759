import test from "ava";
import { KEYS, keyAction } from "../../../src/page/display/keyboard.js";

const BODY = { tag: "body", role: null };
const press = (key: string) => ({ key, hasModifier: false, isRepeated: false });

test("each key has one action", (t) => {
  const keys = KEYS.flatMap(({ keys }) => keys);
  t.is(new Set(keys).size, keys.length);
  for (const { keys, action } of KEYS) for (const key of keys) t.is(keyAction(press(key), BODY), action);
  t.is(keyAction(press("1"), BODY), "calibrated");
  t.is(keyAction(press("4"), BODY), "maximum");
  t.is(keyAction(press("x"), BODY), undefined);
});

test("nothing is taken from what has the focus", (t) => {
  for (const tag of ["input", "select", "textarea"]) {
    for (const key of ["1", " ", "a"]) t.is(keyAction(press(key), { tag, role: null }), undefined);
  }
  t.is(keyAction(press(" "), { tag: "button", role: null }), undefined);
  t.is(keyAction(press("l"), { tag: "button", role: null }), "nextScale");
  t.is(keyAction(press("ArrowRight"), { tag: "div", role: "slider" }), undefined);
  t.is(keyAction(press("a"), { tag: "div", role: "option" }), undefined);
});

test("the browser's own keys stay its own", (t) => {
  t.is(keyAction({ ...press("s"), hasModifier: true }, BODY), undefined);
});

test("a key that is held steps on, but does nothing else again", (t) => {
  t.is(keyAction({ ...press("."), isRepeated: true }, BODY), "step");
  t.is(keyAction({ ...press(" "), isRepeated: true }, BODY), undefined);
});
