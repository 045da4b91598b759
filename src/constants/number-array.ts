/** Numbers in a file: one map, [rows, columns], or several, [maps, rows, columns]. */
export interface NumberArray {
  /** For messages: where the file is named, and the name in the file. */
  readonly where: string;
  /** Empty for a single value, or without a value. */
  readonly shape: readonly number[];
  /**
   * Read a part: a range per dimension. All columns are read.
   *
   * @returns the values; the caller owns their memory
   * @throws {CalibrationError} CALIBRATION_FORMAT, _SHAPE, _FILE_NOT_READABLE, _DAMAGED
   */
  read(part: readonly (readonly [from: number, to: number])[]): ArrayLike<number>;
}

/** How many numbers an array of this shape holds. */
export function product(shape: readonly number[]): number {
  return shape.reduce((all, one) => all * one, 1);
}
