/** A frame of an acquisition. */
export interface SimulatedFrame {
  /** Words with gain bits, uint16, [rows, columns]. */
  readonly raw: Uint16Array;
  /** DAQ info bits, detSpec3; 0 if undefined. */
  readonly daqInfo?: number;
  /** Its entries of addJsonHeader, in addition to those of all frames. */
  readonly added?: Readonly<Record<string, string>>;
}

/** Returns the frame with an index, from 0. */
export type FrameOf = (frameIndex: number) => SimulatedFrame;
