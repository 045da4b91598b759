import { MODULE_PIXELS } from "../detector.js";
import type { ConstantsNotes } from "./constants.js";
import { USUAL_MISSING_SHARE } from "./usual-constants.js";

/** How many pixels of a module, for messages: `1048 pixels (0.2 %)`. */
export function pixelsText(count: number): string {
  return `${count} ${count === 1 ? "pixel" : "pixels"} (${Number(((100 * count) / MODULE_PIXELS).toPrecision(3))} %)`;
}

/** Log how many pixels of a module lack a constant; as a warning if there are many. */
export function noteMissing(count: number, what: string, where: string, notes: ConstantsNotes): void {
  if (count === 0) return;
  const note = `${where}: no ${what} for ${pixelsText(count)}`;
  if (count > USUAL_MISSING_SHARE * MODULE_PIXELS) notes.warn(`${note}. Is this the right file?`);
  else notes.info(note);
}
