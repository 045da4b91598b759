import { closest, distance } from "fastest-levenshtein";

/** The known name that a misspelt one may stand for; undefined if none is near. */
export function nearName(name: string, known: readonly string[]): string | undefined {
  const furthest = Math.max(2, name.length / 3);
  // Names of very different lengths are not near, and long ones take long to compare.
  const candidates = known.filter((other) => Math.abs(other.length - name.length) <= furthest);
  if (candidates.length === 0) return undefined;
  const nearest = closest(name, candidates);
  return distance(name, nearest) <= furthest ? nearest : undefined;
}
