/** What a count of a stream's status means. */
export interface CounterDescription {
  /** What is counted: a part of a sentence, with Markdown's code marks. */
  readonly counts: string;
  /** Whether it goes down, too. */
  readonly isGauge?: true;
}

/** Counts of what became of every message and event, by snake_case name. */
export const EVENT_COUNTERS = {
  module_frames: {
    counts: "frames of single modules, also those that came in pairs, and messages that make no sense",
  },
  paired: { counts: "events: exposures of which every port's frame came" },
  partial: { counts: "events that lack a module (or port) that did not come" },
  partial_frames: { counts: "module frames of events that lack a module (or port)" },
  unpaired: {
    counts: "module frames whose exposure was given up, because its other frames did not come",
  },
  late: {
    counts: "module frames that came after their exposure had been delivered without them, or given up",
  },
  duplicate: { counts: "module frames that came twice" },
  malformed: { counts: "messages that make no sense" },
  delivered: { counts: "events that the monitor got" },
  skipped: { counts: "events that a newer one replaced before the monitor asked" },
  dropped: { counts: "incomplete events, where `incomplete_frames` is `drop`" },
  abandoned: { counts: "events that waited for delivery when the monitor stopped" },
  incomplete: { counts: "module frames that lost packets, beside what became of them" },
  repaired: {
    counts:
      "messages whose header was not valid JSON and was read number by number, beside what became of them",
  },
  missed: {
    counts:
      "gaps in the ports' frame numbers: frames that were lost before they came here, or never sent; a gap of more than a million is left out, because rather a header has a wrong number",
  },
  unasked: {
    counts:
      "module frames that the monitor did not ask for: with `delivery: latest`, a monitor that is slower than the detector subscribes only when it can take an event, so that events stay fresh",
  },
  cut_off: { counts: "module frames whose other halves were not asked for" },
  end_messages: { counts: "ends of acquisitions, from 0 to one for each stream" },
} as const satisfies Readonly<Record<string, CounterDescription>>;

/**
 * Those of {@link EVENT_COUNTERS}, and what else a stream of this package may count; `<name>` is that of a data source. A
 * plugin may have more.
 */
export const COUNTERS: Readonly<Record<string, CounterDescription>> = {
  ...EVENT_COUNTERS,
  waiting: { counts: "module frames that wait for their other halves now", isGauge: true },
  wrong_constants: { counts: "calibrated frames whose gain setting the constants do not fit" },
  "<name>_wrong_constants": { counts: "the same of one data source, where several give frames" },
  "m<module>_pedestal_drift_adu": {
    counts:
      "by how many ADU the pedestals of a module follow the frames, on average; there with `<name>_pedestal_tracking`",
    isGauge: true,
  },
  "m<module>_worst_pedestal_drift_adu": {
    counts: "the same of the pixel that is furthest from the dark file, up or down",
    isGauge: true,
  },
  "<name>_disagreements": {
    counts: "events in whose headers the modules say different things of a `HeaderEntryJungfrau1MZmq`",
  },
  "<name>_failed": {
    counts:
      "events that have no value of this data source, because it failed; there from the first such event on",
  },
  nats_dropped: {
    counts:
      "with `--nats`: messages that were not published, because there was no connection or too much on its way",
  },
  sent: { counts: "of a receiver: events (with `--share`: frames) that were handed to a monitor" },
  unsent: {
    counts:
      "of a receiver: events that were chosen for a monitor that was gone then; with `--share`, frames of a monitor that is not connected",
  },
  overflowed: {
    counts: "of a receiver with `--share`: frames for a monitor that had left too many unread",
  },
  monitors: { counts: "of a receiver: monitors that are connected now", isGauge: true },
  refused: { counts: "of a receiver: connections that ended before they were monitors" },
};
