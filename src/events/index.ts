/** ModuleFrames → events: pairing window, clock, accounting, delivery policy. */
export { type EventCounters, zeroCounters } from "./counters.js";
export { Delivery, type DeliveryPolicy } from "./delivery.js";
export { EventBuilder } from "./event-builder.js";
export { EventClock } from "./event-clock.js";
export type { JungfrauEvent } from "./jungfrau-event.js";
export { Pairing } from "./pairing.js";
