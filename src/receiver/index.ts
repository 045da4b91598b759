/** Pairs the streams of a detector, and feeds monitors on this and other machines. */
export { Receiver } from "./receiver.js";
export { type ReceiverOptions, receiverSettings } from "./settings.js";
