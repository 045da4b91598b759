/** ModuleFrames → events: pairing window, clock, accounting, delivery policy, and the intake that does it all. */
export type { EventCounters } from "./counters.js";
export type { DeliveryPolicy } from "./delivery.js";
export { EventIntake, INTAKE_DEFAULTS, type IntakeServices, type IntakeSettings } from "./intake.js";
export type { JungfrauEvent, PairedFrames } from "./jungfrau-event.js";
export { release } from "./release.js";
export { streamStatus } from "./stream-status.js";
