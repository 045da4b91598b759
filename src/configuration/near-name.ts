import { closest, distance } from "fastest-levenshtein";

/** The known name that a misspelt one may stand for; undefined if none is near. */
export function nearName(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const nearest = closest(name, known);
  return distance(name, nearest) <= Math.max(2, name.length / 3) ? nearest : undefined;
}
