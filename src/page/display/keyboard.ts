import type { ImageName } from "../../viewer/protocol.js";
import { IMAGE_NAMES } from "../../viewer/protocol.js";

export type KeyAction =
  | "pause"
  | "step"
  | "resetZoom"
  | "nextScale"
  | "autoscale"
  | "savePng"
  | "saveNpy"
  | "theme"
  | "help"
  | ImageName;

/** The keys and their actions, as shown in the help. */
export const KEYS: readonly { readonly keys: readonly string[]; readonly action: KeyAction }[] = [
  { keys: [" "], action: "pause" },
  { keys: [".", "ArrowRight"], action: "step" },
  { keys: ["r"], action: "resetZoom" },
  { keys: ["l"], action: "nextScale" },
  { keys: ["a"], action: "autoscale" },
  ...IMAGE_NAMES.map((image, i) => ({ keys: [String(i + 1)], action: image })),
  { keys: ["s"], action: "savePng" },
  { keys: ["n"], action: "saveNpy" },
  { keys: ["t"], action: "theme" },
  { keys: ["?"], action: "help" },
];

/** A pressed key. */
export interface KeyPress {
  readonly key: string;
  readonly hasModifier: boolean;
  readonly isRepeated: boolean;
}

/** The focused element: its tag in lower case and its role, if any. */
export interface Focus {
  readonly tag: string;
  readonly role: string | null;
}

/** Elements that need every key, and those that are operated with space or arrows. */
const TYPED_INTO = new Set(["input", "textarea", "select"]);
const WORKED_WITH_SPACE = new Set(["button", "a", "summary"]);

/** The action of a key on the page; undefined if it has none, or the focused element needs the key. */
export function keyAction({ key, hasModifier, isRepeated }: KeyPress, focus: Focus): KeyAction | undefined {
  if (hasModifier || TYPED_INTO.has(focus.tag) || focus.role === "listbox" || focus.role === "option") return;
  if (key === " " && WORKED_WITH_SPACE.has(focus.tag)) return;
  if (key === "ArrowRight" && focus.role === "slider") return;
  const action = KEYS.find(({ keys }) => keys.includes(key))?.action;
  return isRepeated && action !== "step" ? undefined : action;
}
