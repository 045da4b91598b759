import type { DataEvent, DataSource } from "../api/index.js";

/** The event's time: seconds since 1970-01-01 UTC, as a float. */
export class TimestampJungfrau1MZmq implements DataSource<number> {
  initializeDataSource(): void {}

  getData({ event }: { event: DataEvent }): number {
    return event.timestampSeconds;
  }
}
