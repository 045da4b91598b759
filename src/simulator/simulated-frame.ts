/** What a frame of an acquisition holds. */
export interface SimulatedFrame {
  /** Words with gain bits, uint16, [rows, columns]. */
  readonly raw: Uint16Array;
  /** DAQ info bits, detSpec3; 0 without. */
  readonly daqInfo?: number;
  /** What its header has in its addJsonHeader, beside what all have. */
  readonly added?: Readonly<Record<string, string>>;
}

/** The frame of an index, from 0. */
export type FrameOf = (frameIndex: number) => SimulatedFrame;
