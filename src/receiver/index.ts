/** Pairs the streams of a detector, and feeds monitors on this and other machines. */
export type { OutputFormat } from "./push-output.js";
export { Receiver } from "./receiver.js";
export { type ReceiverOptions, receiverSettings } from "./settings.js";
