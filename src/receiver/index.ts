/**
 * Pairs the streams of a detector, or shares a port among monitors that pair; sends to monitors on this and other
 * machines.
 */
export { FrameShare } from "./frame-share.js";
export { Receiver } from "./receiver.js";
export { type ReceiverOptions, receiverSettings } from "./settings.js";
export { type ShareOptions, shareSettings } from "./share-settings.js";
