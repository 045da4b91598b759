/** The meaning of a counter in a stream's status. */
export interface CounterDescription {
  /** What is counted: a part of a sentence, with Markdown's code marks. */
  readonly counts: string;
  /** Whether it can also decrease. */
  readonly isGauge?: true;
}

/** Counters for the outcome of every message and event, by snake_case name. */
export const EVENT_COUNTERS = {
  module_frames: {
    counts: "frames of single modules, including those that arrived in pairs, and invalid messages",
  },
  paired: { counts: "events: exposures for which the frames of all ports arrived" },
  partial: { counts: "events without one module (or port), whose frame did not arrive" },
  partial_frames: { counts: "module frames of these events" },
  unpaired: {
    counts: "module frames that were discarded because the other frames of their exposure did not arrive",
  },
  late: {
    counts: "module frames that arrived after their exposure had been delivered without them, or discarded",
  },
  duplicate: { counts: "module frames that arrived twice" },
  malformed: { counts: "invalid messages" },
  delivered: { counts: "events that were delivered to the monitor" },
  skipped: { counts: "events that a newer one replaced before the monitor took them" },
  dropped: { counts: "incomplete events, where `incomplete_frames` is `drop`" },
  abandoned: { counts: "events that waited for delivery when the monitor stopped" },
  incomplete: { counts: "module frames that lost packets, counted in addition to their outcome" },
  repaired: {
    counts:
      "messages whose header was not valid JSON and was read number by number, counted in addition to their outcome",
  },
  missed: {
    counts:
      "gaps in the ports' frame numbers: frames that were lost on the way, or never sent; a gap of more than a million is ignored, because a wrong number in a header is more likely",
  },
  unasked: {
    counts:
      "module frames that the monitor did not request: with `delivery: latest`, a monitor that is slower than the detector subscribes only when it can take an event, so that events stay fresh",
  },
  cut_off: { counts: "module frames whose other halves were unasked" },
  end_messages: { counts: "end-of-acquisition messages, up to one per stream and acquisition" },
} as const satisfies Readonly<Record<string, CounterDescription>>;

/**
 * {@link EVENT_COUNTERS}, and the other counters of this package's streams; `<name>` is the name of a data source. A
 * plugin may have more.
 */
export const COUNTERS: Readonly<Record<string, CounterDescription>> = {
  ...EVENT_COUNTERS,
  waiting: { counts: "module frames that are waiting for their other halves", isGauge: true },
  wrong_constants: { counts: "calibrated frames whose gain setting the constants do not fit" },
  "<name>_wrong_constants": { counts: "the same for one data source, if several return frames" },
  "m<module>_pedestal_drift_adu": {
    counts:
      "mean drift of a module's pedestals from the dark file, in ADU; present with `<name>_pedestal_tracking`",
    isGauge: true,
  },
  "m<module>_worst_pedestal_drift_adu": {
    counts: "drift of the pixel that is furthest from the dark file, up or down, in ADU",
    isGauge: true,
  },
  "<name>_disagreements": {
    counts: "events in which the modules' headers disagree about a `HeaderEntryJungfrau1MZmq`",
  },
  "<name>_failed": {
    counts:
      "events without a value of this data source, because it failed; present from the first such event on",
  },
  nats_dropped: {
    counts:
      "with `--nats`: messages that were not published, because there was no connection or too much was queued",
  },
  sent: { counts: "of a receiver: events (with `--share`: frames) that were handed to a monitor" },
  unsent: {
    counts:
      "of a receiver: events for a monitor that had disconnected; with `--share`, frames of a monitor that is not connected",
  },
  overflowed: {
    counts: "of a receiver with `--share`: frames for a monitor that had too many unread frames",
  },
  monitors: { counts: "of a receiver: connected monitors", isGauge: true },
  refused: { counts: "of a receiver: connections that ended before they identified themselves as monitors" },
};
