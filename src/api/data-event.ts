/**
 * One exposure of the whole detector.
 *
 * A host passes events from the generator to the data sources without looking inside; all other content is private to a
 * data retrieval and its data sources.
 */
export interface DataEvent {
  /** The detector's number of this exposure: 64 bits, so not safe as a `number`. */
  readonly frameNumber: bigint;
  /** Seconds since 1970-01-01 UTC. */
  readonly timestampSeconds: number;
}
