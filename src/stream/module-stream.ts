import type { StreamError } from "../errors.js";

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
  /** The detector's number of the exposure, from 1; the same on all ports. */
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
  readonly gainMode: GainMode;
  /** When the frame reached this process, in seconds since 1970. */
  readonly arrivalSeconds: number;
  /** Its header was not valid JSON and was read number by number. */
  readonly repaired: boolean;
}

/** What a stream yields: a frame, the end of an acquisition, or a message that makes no sense. */
export type StreamMessage =
  | { readonly kind: "frame"; readonly frame: ModuleFrame }
  | { readonly kind: "end"; readonly repaired: boolean }
  | { readonly kind: "fault"; readonly fault: StreamError };

/**
 * Messages of one port, in the order of their arrival, until it is closed. It waits while nothing comes: a detector
 * that is not there yet, or no longer, is not an error. Iterate once.
 */
export interface ModuleStream extends AsyncIterable<StreamMessage> {
  readonly url: string;
  /** Ends the iteration, also one that waits. Harmless when repeated. */
  close(): void;
}

/** Which stream to open. */
export interface ModuleStreamAddress {
  readonly url: string;
  /** Place in the source string. */
  readonly streamIndex: number;
  readonly streamCount: number;
}

/** @throws {StreamError} STREAM_BAD_SOURCE if the address cannot be used */
export type OpenModuleStream = (address: ModuleStreamAddress) => ModuleStream | Promise<ModuleStream>;

/** Resolves to an {@link OpenModuleStream}. A host or test that registers its own replaces the ZMQ sockets. */
export const OPEN_MODULE_STREAM = Symbol.for("om-jungfrau-zmq/OpenModuleStream");
