import type { PlaybackProgress } from "../api/index.js";
import type { MonitorError } from "../errors.js";

/** The gain settings of a module when it took a frame. */
export interface GainMode {
  /** Whether G0 was in high gain, HG0. */
  readonly highGain: boolean;
  /** The stage in which all pixels were fixed; undefined if they could switch. */
  readonly fixedStage: 1 | 2 | undefined;
  /** The stage to which all pixels were switched at the start of the exposure, as for darks. */
  readonly forcedStage: 1 | 2 | undefined;
}

/** One exposure of one port: of a module, or of half a module if it has two UDP interfaces. */
export interface ModuleFrame {
  /** The detector's number of the exposure, mostly from 1; the same on all ports. */
  readonly frameNumber: bigint;
  /** Place in the detector frame, from the top: port p has rows p × `rows` and following. */
  readonly portIndex: number;
  /** 512, or 256 with two interfaces. */
  readonly rows: number;
  /** Words with gain bits, uint16 little-endian, [rows, 1024]; may start at an odd offset. Not to be written to. */
  readonly raw: Uint8Array;
  /** False if packets were lost: their pixels hold 0xFFFF, or old memory if the receiver does not pad. */
  readonly complete: boolean;
  /** The detector's clock in ticks of 100 ns since the start of its measurement; 0 if it has none. */
  readonly timestampTicks: bigint;
  /** The setting, not the stages of single pixels, which are in their words. */
  readonly gainMode: GainMode;
  /** When the frame reached this process, in seconds since 1970. */
  readonly arrivalSeconds: number;
  /** The header as received, usually JSON; undefined for a frame without one, as from a receiver. */
  readonly header?: Uint8Array;
  /** The frame did not arrive: `raw` holds 0xFFFF instead. */
  readonly missing?: boolean;
  /** The header was not valid JSON and was read number by number. */
  readonly repaired: boolean;
  /**
   * Frees the memory of `raw` at once: `raw` is empty afterwards. To be called by the last user of a frame; if nobody
   * calls it, the garbage collector frees the memory later. Absent if the frame does not own its memory.
   */
  readonly release?: () => void;
}

/** An exposure that a receiver in front of this one has paired. */
export interface PairedExposure {
  /** The frames of all ports, from the top of the detector. */
  readonly frames: readonly ModuleFrame[];
  /** The event's time as given by the receiver, in seconds since 1970. */
  readonly timestampSeconds: number;
  /**
   * Module frames that the receiver has missed since its start, from the gaps in its ports' numbers; undefined if it
   * does not report them. A monitor that shares the receiver cannot derive this from the numbers of its own events.
   */
  readonly missed?: number | undefined;
}

/** What a stream yields: a frame or a paired exposure, the end of an acquisition, or an invalid message. */
export type StreamMessage =
  | { readonly kind: "frame"; readonly frame: ModuleFrame }
  | { readonly kind: "exposure"; readonly exposure: PairedExposure }
  | { readonly kind: "end"; readonly repaired: boolean }
  | { readonly kind: "fault"; readonly fault: MonitorError };

/**
 * Messages of one port, or of a receiver that pairs the ports, in the order of their arrival, until it is closed. It
 * waits while nothing arrives: an absent detector is not an error. To be iterated once.
 */
export interface ModuleStream extends AsyncIterable<StreamMessage> {
  /** The address as in the source, for messages. */
  readonly url: string;
  /**
   * Why nothing can arrive at present, such as `not connected`; undefined if no problem is known. Begins with
   * `refused` if a peer refuses the connection.
   */
  readonly problem?: string | undefined;
  /** How much of it has been played; undefined for a stream without an end, such as a detector's. */
  readonly progress?: PlaybackProgress | undefined;
  /**
   * Ask the sender to send nothing until {@link resume}, even after reconnections. Messages on their way still
   * arrive. May be repeated. Absent if the sender does not support it.
   */
  pause?(): void;
  /** Ask the sender to send again. May be repeated. Absent if {@link pause} is. */
  resume?(): void;
  /** Ends the iteration, even while it waits. May be repeated. */
  close(): void;
}

/** Which stream to open. */
export interface ModuleStreamAddress {
  /** tcp://HOST:PORT, or another address of ZeroMQ; also for a receiver that pairs. */
  readonly url: string;
  /** Place in the source string. */
  readonly streamIndex: number;
  /** 1 for a receiver that pairs; else the number of the detector's ports. */
  readonly streamCount: number;
  /** Whether it is a receiver that pairs the ports, and sends exposures; else it is a port, and sends frames. */
  readonly isPairing: boolean;
  /** Messages that may wait in the socket: 1 MiB each, or 2 MiB from a receiver that pairs. */
  readonly highWaterMark: number;
  /** With these keys, the stream is encrypted, and both sides are authenticated. */
  readonly keys?: CurveClientKeys | undefined;
}

/**
 * The keys of a socket that connects with ZeroMQ's CURVE: the server's, and its own. Keys are in Z85, 40 characters.
 */
export interface CurveClientKeys {
  readonly serverKey: string;
  readonly publicKey: string;
  readonly secretKey: string;
}

/** Opens streams, which need not be connected yet. A plain function is sufficient. */
export interface OpenModuleStream {
  /** @throws {StreamError} STREAM_BAD_SOURCE, STREAM_UNKNOWN_HOST if the address cannot be used */
  (address: ModuleStreamAddress): ModuleStream | Promise<ModuleStream>;
  /**
   * Check addresses before they are opened, so that faults can be reported together with others.
   *
   * @throws {StreamError} STREAM_UNKNOWN_HOST, for every unknown host
   */
  readonly check?: (urls: readonly string[]) => Promise<void>;
}

/** Resolves to an {@link OpenModuleStream}. A host or test that registers its own replaces the ZMQ sockets. */
export const OPEN_MODULE_STREAM = Symbol.for("om-jungfrau-zmq/OpenModuleStream");
