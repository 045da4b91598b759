import type { CONFIGURATION_KEYS } from "../configuration-keys.js";

/** A source that can be required: the factory's name, and the prefix of the source's configuration keys. */
interface RequiredSource {
  readonly factory: string;
  readonly dataSourceName: string;
}

type RequiredName = (typeof CONFIGURATION_KEYS.requiredData.schema.items.enum)[number];

/** What `required_data` can name. */
export const REQUIRED_SOURCES = {
  timestamp: { factory: "TimestampJungfrau1MZmq", dataSourceName: "timestamp" },
  event_id: { factory: "EventIdJungfrau1MZmq", dataSourceName: "event_id" },
  detector_data: { factory: "Jungfrau1MZmq", dataSourceName: "detector" },
  beam_energy: { factory: "FloatEntryFromConfiguration", dataSourceName: "fallback_beam_energy" },
  detector_distance: { factory: "FloatEntryFromConfiguration", dataSourceName: "fallback_detector_distance" },
} as const satisfies Record<RequiredName, RequiredSource>;
