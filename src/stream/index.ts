/**
 * Bytes → ModuleFrame: header, message, the ModuleStream interface, its ZMQ socket, and the messages between
 * receivers and monitors.
 */
export { FaultLog } from "./fault-log.js";
export { type FrameFields, frameFields } from "./frame-fields.js";
export { freeMemory, takeMemory } from "./free-memory.js";
export { gainMode } from "./gain-mode.js";
export { headerEntry } from "./header-entry.js";
export { routeOf } from "./message.js";
export { missingFrame } from "./missing-frame.js";
export {
  type CurveClientKeys,
  type GainMode,
  type ModuleFrame,
  type ModuleStream,
  type ModuleStreamAddress,
  OPEN_MODULE_STREAM,
  type OpenModuleStream,
  type PairedExposure,
  type StreamMessage,
} from "./module-stream.js";
export { writeOmPair } from "./paired/om-pair.js";
export { partsHeader } from "./paired/parts-message.js";
export { OPCODE } from "./paired/pickle-opcodes.js";
export { PortMessages } from "./port-messages.js";
export { KEEP_ALIVE } from "./socket-options.js";
export { parseSource, recordsOnly, type Source, type SourceKind } from "./source-string.js";
export { parseTcpAddress, tcpUrl } from "./tcp-address.js";
export { zmqModuleStreamOpener } from "./zmq-module-stream.js";
