/** ZeroMQ's CURVE security: key files, and who is let in. */
export {
  type CurveClientKeys,
  type CurveServerKeys,
  keyFileNames,
  writeKeyFiles,
} from "./curve-keys.js";
export { clientKeys, clientRefusal, curveServerOptions, newKeyPair, serverKeys } from "./zmq-security.js";
