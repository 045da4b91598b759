import { MODULE_PIXELS } from "../detector.js";
import type { ConstantsNotes } from "./constants.js";
import { USUAL_MISSING_SHARE } from "./usual-constants.js";

/** How many pixels of a module, for messages: `1048 pixels (0.2 %)`. */
export function pixelsText(count: number): string {
  return `${count} pixels (${Number(((100 * count) / MODULE_PIXELS).toPrecision(3))} %)`;
}

/** Say how many pixels of a module lack a constant; more than a few are worth a warning. */
export function noteMissing(count: number, what: string, where: string, notes: ConstantsNotes): void {
  if (count === 0) return;
  const note = `${where}: ${pixelsText(count)} have no ${what}`;
  if (count > USUAL_MISSING_SHARE * MODULE_PIXELS) notes.warn(`${note}. Is it the right file?`);
  else notes.info(note);
}
