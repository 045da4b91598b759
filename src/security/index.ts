/** ZeroMQ's CURVE security: key files, and who is let in. */
export {
  type CurveServerKeys,
  keyFileNames,
  writeKeyFiles,
} from "./curve-keys.js";
export {
  clientKeys,
  clientRefusal,
  curveServerOptions,
  MAX_CLIENT_MESSAGE_BYTES,
  newKeyPair,
  serverKeys,
} from "./zmq-security.js";
