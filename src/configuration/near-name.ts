import { closest, distance } from "fastest-levenshtein";

/** The known name that is most similar to a misspelt one; undefined if none is similar. */
export function nearName(name: string, known: readonly string[]): string | undefined {
  const furthest = Math.max(2, name.length / 3);
  // Names of very different lengths are not similar, and comparing long ones takes long.
  const candidates = known.filter((other) => Math.abs(other.length - name.length) <= furthest);
  if (candidates.length === 0) return undefined;
  const nearest = closest(name, candidates);
  return distance(name, nearest) <= furthest ? nearest : undefined;
}
