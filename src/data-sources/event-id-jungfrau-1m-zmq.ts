import type { DataEvent, DataSource, DataSourceDescription } from "../api/index.js";

/** The event's frame number as a decimal string: unique within a run of the detector, exact beyond 2^53. */
export class EventIdJungfrau1MZmq implements DataSource<string> {
  initializeDataSource(): void {}

  getData({ event }: { event: DataEvent }): string {
    return event.frameNumber.toString();
  }

  describe(): DataSourceDescription {
    return { returns: { dtype: "string", shape: [] } };
  }
}
