/**
 * The place of each port of a recording, from the top of the detector. The headers decide; if their claims are
 * inconsistent, as for modules that were set up one by one, the order of the files decides.
 *
 * @param claims  for each existing port, the place that its headers claim; undefined if they claim none
 * @param order   for each, its place by the names of the files
 */
export function portOrder(
  claims: readonly (number | undefined)[],
  order: readonly number[],
  portCount: number,
): { readonly places: readonly number[]; readonly byHeader: boolean } {
  const isPlace = (claim: number | undefined) => claim !== undefined && claim < portCount;
  const arePlaces = claims.every(isPlace) && new Set(claims).size === claims.length;
  const byHeader = arePlaces && claims.some((claim) => claim !== 0);
  return { places: byHeader ? (claims as number[]) : order, byHeader };
}

/** The place of a port in its row and column among `rows` × `columns` ports; ports are counted down the columns. */
export function placeOf(
  row: number,
  column: number,
  [rows, columns]: readonly [number, number],
): number | undefined {
  return row < rows && column < columns ? column * rows + row : undefined;
}
