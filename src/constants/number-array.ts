/** Numbers in a file: one map, [rows, columns], or several, [maps, rows, columns]. */
export interface NumberArray {
  /** Where it is, for messages: the file's place, and the name in the file. */
  readonly where: string;
  /** Empty for a single value, or for none. */
  readonly shape: readonly number[];
  /**
   * Read a part: for each dimension, from where to where. Columns are read whole.
   *
   * @returns the values, in memory of the caller's
   * @throws {CalibrationError} CALIBRATION_FORMAT, _SHAPE, _FILE_NOT_READABLE, _DAMAGED
   */
  read(part: readonly (readonly [from: number, to: number])[]): ArrayLike<number>;
}

/** How many numbers an array of a shape holds. */
export function product(shape: readonly number[]): number {
  return shape.reduce((all, one) => all * one, 1);
}
