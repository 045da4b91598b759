/** What monitors and a view of all of them say to each other over NATS, and the connection to its server. */
export { type NatsCredentials, readNatsCredentials } from "./credentials.js";
export { type JointFrame, JointMonitor } from "./joint-monitor.js";
export { Nats } from "./nats-connection.js";
export {
  type AccumulationHeader,
  type AnswerHeader,
  type FrameHeader,
  type MonitorStatusMessage,
  subjectOf,
} from "./subjects.js";
