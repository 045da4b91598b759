/** ModuleFrames → events: pairing window, clock, accounting, delivery policy, and the intake that does it all. */
export { type EventCounters, zeroCounters } from "./counters.js";
export { Delivery, type DeliveryOptions, type DeliveryPolicy } from "./delivery.js";
export { EventBuilder } from "./event-builder.js";
export { EventClock } from "./event-clock.js";
export { EventIntake, INTAKE_DEFAULTS, type IntakeServices, type IntakeSettings } from "./intake.js";
export type { JungfrauEvent } from "./jungfrau-event.js";
export { type PairedFrames, Pairing } from "./pairing.js";
export { release } from "./release.js";
