/**
 * Where the ports of one detector belong. Their headers say so, and are believed in whatever order the ports were named;
 * but if all of them claim row 0 and column 0, as modules do that were set up one by one, the order counts.
 */
export class PortPlaces {
  readonly #onUnplaced: () => void;
  /** The port that each stream claimed last. */
  readonly #claims = new Map<number, number>();
  readonly #streams = new Set<number>();
  #hasTold = false;

  /** @param onUnplaced  called once, when the order begins to count */
  constructor(onUnplaced: () => void) {
    this.#onUnplaced = onUnplaced;
  }

  /** @returns false if there is such a stream already: the new one is another detector's */
  join(streamIndex: number): boolean {
    if (this.#streams.has(streamIndex)) return false;
    this.#streams.add(streamIndex);
    return true;
  }

  /**
   * @param claimed  the port that a frame's header claims, from the top; undefined if the header is of a detector with one
   *                 port, and so says nothing
   * @returns        the port that the frame is of
   */
  placeOf(streamIndex: number, claimed: number | undefined): number {
    if (claimed !== undefined) {
      this.#claims.set(streamIndex, claimed);
      const claims = [...this.#claims.values()];
      if (claims.length < 2 || claims.some((claim) => claim !== 0)) return claimed;
    }
    if (!this.#hasTold) this.#onUnplaced();
    this.#hasTold = true;
    return streamIndex;
  }
}
