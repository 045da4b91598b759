/** ZeroMQ's CURVE security: key files, and who is let in. */
export {
  type CurveClientKeys,
  type CurveKeyPair,
  type CurveServerKeys,
  keyFileNames,
  readKeyPair,
  readPublicKey,
  writeKeyFiles,
} from "./curve-keys.js";
export { curveServerOptions, newKeyPair } from "./zmq-security.js";
