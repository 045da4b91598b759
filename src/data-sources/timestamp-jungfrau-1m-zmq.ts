import type { DataEvent, DataSource, DataSourceDescription } from "../api/index.js";

/** The event's time: seconds since 1970-01-01 UTC, as a float. */
export class TimestampJungfrau1MZmq implements DataSource<number> {
  initializeDataSource(): void {}

  getData({ event }: { event: DataEvent }): number {
    return event.timestampSeconds;
  }

  describe(): DataSourceDescription {
    return { returns: { dtype: "float64", shape: [], unit: "s" } };
  }
}
