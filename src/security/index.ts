/** ZeroMQ's CURVE security: key files, and access control. */
export {
  type CurveServerKeys,
  keyFileNames,
  writeKeyFiles,
} from "./curve-keys.js";
export {
  clientKeys,
  clientRefusal,
  curveServerOptions,
  LOST_CLIENT,
  MAX_CLIENT_MESSAGE_BYTES,
  newKeyPair,
  OPEN_SERVER_OPTIONS,
  serverKeys,
} from "./zmq-security.js";
