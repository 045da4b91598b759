import type { PlaybackProgress } from "../api/index.js";
import type { MonitorError } from "../errors.js";

/** How the gain of a module was set when it took a frame. */
export interface GainMode {
  /** G0 was the high gain, HG0. */
  readonly highGain: boolean;
  /** The stage that all pixels were fixed in; undefined if they were free to switch. */
  readonly fixedStage: 1 | 2 | undefined;
  /** The stage that all pixels were made to switch to at the start of the exposure, as for darks. */
  readonly forcedStage: 1 | 2 | undefined;
}

/** One exposure of one port: of a module, or of half a module if it has two UDP interfaces. */
export interface ModuleFrame {
  /** The detector's number of the exposure, mostly from 1; the same on all ports. */
  readonly frameNumber: bigint;
  /** Place in the detector frame, from the top: port p holds rows p × `rows` and following. */
  readonly portIndex: number;
  /** 512, or 256 with two interfaces. */
  readonly rows: number;
  /** Words with gain bits, uint16 little-endian, [rows, 1024]; may start at an odd offset. Not to be written to. */
  readonly raw: Uint8Array;
  /** False if packets were lost: their rows hold 0xFFFF, or old memory if the receiver does not pad. */
  readonly complete: boolean;
  /** The detector's clock in ticks of 100 ns since the start of its measurement; 0 if it has none. */
  readonly timestampTicks: bigint;
  /** Its setting, not the stages of its pixels: those stand in their words. */
  readonly gainMode: GainMode;
  /** When the frame reached this process, in seconds since 1970. */
  readonly arrivalSeconds: number;
  /** As it came, JSON for the most part; undefined for a frame that came without, as from a receiver. */
  readonly header?: Uint8Array;
  /** It did not come: `raw` holds 0xFFFF in its place. */
  readonly missing?: boolean;
  /** Its header was not valid JSON and was read number by number. */
  readonly repaired: boolean;
  /**
   * Gives the memory of `raw` back at once: `raw` is empty afterwards. Whoever has finished with a frame calls it; where
   * nobody does, the garbage collector comes later. Absent where the frame's memory is not its own.
   */
  readonly release?: () => void;
}

/** An exposure that a receiver in front of this one has paired. */
export interface PairedExposure {
  /** The frames of all ports, from the top of the detector. */
  readonly frames: readonly ModuleFrame[];
  /** The event's time as the other receiver tells it, in seconds since 1970. */
  readonly timestampSeconds: number;
  /**
   * Module frames that the other receiver has missed since its start, by the gaps in its ports' numbers; undefined if it does
   * not say. A monitor that shares the receiver cannot know by the numbers of its own events.
   */
  readonly missed?: number | undefined;
}

/** What a stream yields: a frame or a whole exposure, the end of an acquisition, or a message that makes no sense. */
export type StreamMessage =
  | { readonly kind: "frame"; readonly frame: ModuleFrame }
  | { readonly kind: "exposure"; readonly exposure: PairedExposure }
  | { readonly kind: "end"; readonly repaired: boolean }
  | { readonly kind: "fault"; readonly fault: MonitorError };

/**
 * Messages of one port, or of a receiver that pairs the ports, in the order of their arrival, until it is closed. It
 * waits while nothing comes: a detector that is not there yet, or no longer, is not an error. Iterate once.
 */
export interface ModuleStream extends AsyncIterable<StreamMessage> {
  /** As the source names it, for people. */
  readonly url: string;
  /**
   * Why nothing can come at present, such as `not connected`; undefined if nothing is known to be wrong. Begins with `refused`
   * if there is somebody who does not let us in.
   */
  readonly problem?: string | undefined;
  /** How much of it has come; undefined where there is no end to come to, as with a detector. */
  readonly progress?: PlaybackProgress | undefined;
  /**
   * Ask the sender to send nothing until {@link resume}; also after reconnections. What is on its way still comes. Harmless
   * when repeated. Absent where the sender cannot be asked.
   */
  pause?(): void;
  /** Ask the sender to send again. Harmless when repeated. Absent where {@link pause} is. */
  resume?(): void;
  /** Ends the iteration, also one that waits. Harmless when repeated. */
  close(): void;
}

/** Which stream to open. */
export interface ModuleStreamAddress {
  /** tcp://HOST:PORT, or another address of ZeroMQ; of a receiver that pairs, too. */
  readonly url: string;
  /** Place in the source string. */
  readonly streamIndex: number;
  /** 1 for a receiver that pairs; else how many ports the detector sends by. */
  readonly streamCount: number;
  /** Whether it is a receiver that pairs the ports, which brings exposures; else it is a port, which brings frames. */
  readonly isPairing: boolean;
  /** Messages that may wait in the socket: 1 MiB each, or 2 MiB from a receiver that pairs. */
  readonly highWaterMark: number;
  /** With these keys the stream is encrypted, and neither side is taken for another. */
  readonly keys?: CurveClientKeys | undefined;
}

/**
 * What a socket that connects with ZeroMQ's CURVE needs: whom it expects, and who it is. Keys are in Z85, 40 characters.
 */
export interface CurveClientKeys {
  readonly serverKey: string;
  readonly publicKey: string;
  readonly secretKey: string;
}

/** Opens streams; one need not be connected when it is there. A plain function will do. */
export interface OpenModuleStream {
  /** @throws {StreamError} STREAM_BAD_SOURCE, STREAM_UNKNOWN_HOST if the address cannot be used */
  (address: ModuleStreamAddress): ModuleStream | Promise<ModuleStream>;
  /**
   * Look for what is wrong with addresses before they are opened, so that it can be told with other faults.
   *
   * @throws {StreamError} STREAM_UNKNOWN_HOST, of every host
   */
  readonly check?: (urls: readonly string[]) => Promise<void>;
}

/** Resolves to an {@link OpenModuleStream}. A host or test that registers its own replaces the ZMQ sockets. */
export const OPEN_MODULE_STREAM = Symbol.for("om-jungfrau-zmq/OpenModuleStream");
