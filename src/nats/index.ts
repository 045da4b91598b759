/** What monitors and a view of all of them say to each other over NATS, and the connection to its server. */
export { type JointFrame, JointMonitor } from "./joint-monitor.js";
export { isNatsUrl, Nats } from "./nats-connection.js";
export {
  type AccumulationHeader,
  type AnswerHeader,
  type FrameHeader,
  isMonitorName,
  type MonitorStatusMessage,
  subjectOf,
} from "./subjects.js";
