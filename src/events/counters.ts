/**
 * What became of every message, as counts since the start.
 *
 * Two identities hold after every message, with P ports (2, or 4 with two interfaces):
 *
 *     moduleFrames     = P × paired + partialFrames + unpaired + cutOff + late + duplicate + malformed + frames that wait
 *     paired + partial = delivered + skipped + dropped + abandoned + events waiting for delivery
 */
export interface EventCounters {
  /** Module frames, also those that came in pairs, and messages that make no sense. */
  moduleFrames: number;
  /** End messages: 0 to n an acquisition. */
  endMessages: number;
  /** Messages that make no sense. */
  malformed: number;
  /** Messages whose header was not valid JSON and was read number by number; they count as what they are, too. */
  repaired: number;
  /** Module frames that lost packets; they count as what they are, too. */
  incomplete: number;
  /**
   * Module frames that a port did not bring, by the gaps in its numbers: lost before they came here, or never sent. A gap of
   * more than a million is left out: rather a header has a wrong number.
   */
  missed: number;
  /** Module frames that a port was asked not to send, because the monitor was busy; not counted as missed. */
  unasked: number;
  /** Module frames whose other halves the ports were asked not to send. */
  cutOff: number;
  /** Events: exposures of which every port's frame came. */
  paired: number;
  /** Events of which a port's frame did not come: its pixels are missing. */
  partial: number;
  /** Module frames of such events. */
  partialFrames: number;
  /** Module frames whose exposure was given up: other ports' frames did not come, and it could not be delivered without. */
  unpaired: number;
  /** Module frames that came after their exposure had been delivered without them, or given up. */
  late: number;
  /** Module frames that came twice. */
  duplicate: number;
  /** Events that the monitor got. */
  delivered: number;
  /** Events that a newer one replaced before the monitor asked. */
  skipped: number;
  /** Incomplete events that were dropped because the configuration says so. */
  dropped: number;
  /** Events that waited for delivery when the monitor stopped. */
  abandoned: number;
}

export function zeroCounters(): EventCounters {
  return {
    moduleFrames: 0,
    endMessages: 0,
    malformed: 0,
    repaired: 0,
    incomplete: 0,
    missed: 0,
    unasked: 0,
    cutOff: 0,
    paired: 0,
    partial: 0,
    partialFrames: 0,
    unpaired: 0,
    late: 0,
    duplicate: 0,
    delivered: 0,
    skipped: 0,
    dropped: 0,
    abandoned: 0,
  };
}
