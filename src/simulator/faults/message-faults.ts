import { MODULE_ROWS, ROWS_PER_PACKET, SECONDS_PER_TICK } from "../../detector.js";
import type { PlannedFrame, PlannedMessage } from "../planned-message.js";
import type { Random } from "../random.js";

/** Options of a message fault. */
export interface MessageFaultOptions {
  readonly value: number;
  readonly random: Random;
  /** The port of the lower module, which is the faulty one if the modules differ. */
  readonly lowerPort: number;
  /** Called each time that the fault acts. */
  readonly count: () => void;
}

/** Creates the fault's function, which returns the messages that replace each message, now or later. */
export type MessageFault = (options: MessageFaultOptions) => (message: PlannedMessage) => PlannedMessage[];

/** A fault that acts only on frames. */
function onFrames(
  fault: (options: MessageFaultOptions) => (frame: PlannedFrame) => PlannedMessage[],
): MessageFault {
  return (options) => {
    const apply = fault(options);
    return (message) => (message.kind === "frame" ? apply(message) : [message]);
  };
}

/** A fault that acts on a share of the frames. */
function onSomeFrames(
  hit: (frame: PlannedFrame, options: MessageFaultOptions) => PlannedMessage[],
): MessageFault {
  return onFrames((options) => (frame) => {
    if (options.random() >= options.value) return [frame];
    options.count();
    return hit(frame, options);
  });
}

/** A fault that acts on a share of the end messages. */
function onSomeEnds(hit: (end: PlannedMessage) => PlannedMessage[]): MessageFault {
  return ({ value, random, count }) =>
    (message) => {
      if (message.kind !== "end" || random() >= value) return [message];
      count();
      return hit(message);
    };
}

/** A fault that acts on every frame of the lower module. */
function onLowerFrames(change: (frame: PlannedFrame, value: number) => PlannedFrame): MessageFault {
  return onFrames(({ lowerPort, value }) => (frame) => [
    frame.portIndex === lowerPort ? change(frame, value) : frame,
  ]);
}

export const loss = onSomeFrames(() => []);
export const duplicate = onSomeFrames((frame) => [frame, frame]);
export const malformed = onSomeFrames((frame) => [{ ...frame, kind: "malformed" }, frame]);
export const noTicks = onSomeFrames((frame) => [{ ...frame, timestampTicks: 0 }]);
export const endsLost = onSomeEnds(() => []);
export const endsTwice = onSomeEnds((end) => [end, end]);

export const endsEarly: MessageFault = onFrames(({ value, random, count }) => (frame) => {
  const { portIndex, atSeconds, exposure } = frame;
  if (exposure.frameIndex > 0 || random() >= value) return [frame];
  count();
  return [{ kind: "end", portIndex, atSeconds }, frame];
});

export const numbersDiffer = onLowerFrames((frame, value) => ({
  ...frame,
  frameNumber: frame.frameNumber + BigInt(value),
}));
export const clocksApart = onLowerFrames((frame, seconds) => ({
  ...frame,
  timestampTicks: frame.timestampTicks + Math.round(seconds / SECONDS_PER_TICK),
}));
export const clockDrift = onLowerFrames((frame, ppm) => ({
  ...frame,
  timestampTicks: Math.round(frame.timestampTicks * (1 + ppm / 1e6)),
}));

export const missedAcquisition: MessageFault = onFrames(({ value, random, lowerPort, count }) => {
  let newest = -1;
  let isMissed = false;
  return (frame) => {
    if (frame.portIndex !== lowerPort) return [frame];
    if (frame.exposure.acquisition > newest) isMissed = random() < value;
    newest = frame.exposure.acquisition;
    if (isMissed) count();
    return isMissed ? [] : [frame];
  };
});

/** TCP keeps the order of a port's messages, so a late one delays those after it. */
export const late: MessageFault = ({ value, random }) => {
  const newest = new Map<number, number>();
  return (message) => {
    const { portIndex } = message;
    const delayed = message.atSeconds + value * random();
    const atSeconds = Math.max(delayed, newest.get(portIndex) ?? 0);
    newest.set(portIndex, atSeconds);
    return [{ ...message, atSeconds }];
  };
};

export const outOfOrder: MessageFault = ({ value, random, count }) => {
  const overtaken = new Map<number, PlannedFrame>();
  return (message) => {
    const { kind, portIndex, atSeconds } = message;
    const held = overtaken.get(portIndex);
    overtaken.delete(portIndex);
    if (held !== undefined && kind === "frame") {
      count();
      return [message, { ...held, atSeconds }];
    }
    if (held !== undefined) return [{ ...held, atSeconds }, message];
    if (kind !== "frame" || random() >= value) return [message];
    overtaken.set(portIndex, message);
    return [];
  };
};

const PACKETS = MODULE_ROWS / ROWS_PER_PACKET;

/** A receiver detects an incomplete frame when the next one starts, and sends it then. */
export const incomplete: MessageFault = ({ value, random, count }) => {
  const waiting = new Map<number, PlannedFrame[]>();
  return (message) => {
    const { kind, portIndex, atSeconds } = message;
    const held = waiting.get(portIndex) ?? [];
    if (kind === "frame" && random() < value) {
      // The first and the last packet arrive.
      const packetsCaught = 2 + Math.floor(random() * (PACKETS - 2));
      waiting.set(portIndex, [...held, { ...message, packetsCaught }]);
      return [];
    }
    waiting.delete(portIndex);
    held.forEach(count);
    return [...held.map((frame) => ({ ...frame, atSeconds })), message];
  };
};
