/**
 * The places of one detector's ports. Their headers decide, in whatever order the ports are listed; but if all of
 * them claim row 0 and column 0, as modules do that were set up one by one, the order in the source decides.
 */
export class PortPlaces {
  readonly #onUnplaced: () => void;
  /** The port that each stream claimed last. */
  readonly #claims = new Map<number, number>();
  readonly #streams = new Set<number>();
  #hasTold = false;

  /** @param onUnplaced  called once, when the order begins to decide */
  constructor(onUnplaced: () => void) {
    this.#onUnplaced = onUnplaced;
  }

  /** @returns false if another stream already claims the port: then the new one belongs to another detector */
  join(streamIndex: number): boolean {
    if (this.#streams.has(streamIndex)) return false;
    this.#streams.add(streamIndex);
    return true;
  }

  /**
   * @param claimed  the port that a frame's header claims, from the top; undefined if the header describes a detector
   *   with one port, and so claims none
   * @returns        the frame's port
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
