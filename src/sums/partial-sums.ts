/**
 * Values are rounded to multiples of 2^-20, by adding and subtracting this number. Sums up to 2^32 are then
 * exact in float64: they are equal to the last bit in any order of the frames, and for any number of
 * monitors.
 */
const ROUND_TO_2_20 = 1.5 * 2 ** 32;

/** A frame to be added; borrowed. */
export interface AddedFrame {
  readonly data: Float32Array | Int32Array | Uint16Array;
  /** Same shape as `data`: pixels with a status other than 0 are left out. */
  readonly status?: Uint8Array;
}

/** Memory for sums, one number per pixel. */
export interface SumPlanes {
  readonly sum: Float64Array;
  readonly maximum: Float32Array;
  readonly status: Uint8Array;
}

/** Sums for display. */
export interface ReadSums {
  readonly sum: Float32Array;
  readonly maximum: Float32Array;
  /** 0 where any frame had a measurement; else the status in the last frame. */
  readonly status: Uint8Array;
}

/** Sum and maximum of a number of frames, pixel by pixel, over measurements only. */
export class PartialSums {
  frames = 0;
  readonly sum: Float64Array;
  /** -Infinity where no frame had a measurement. */
  readonly maximum: Float32Array;
  /** Why a pixel had no measurement in the last frame; 0 if it had one. */
  readonly status: Uint8Array;

  /** @param planes  zeros; taken over */
  protected constructor({ sum, maximum, status }: SumPlanes) {
    this.sum = sum;
    this.maximum = maximum.fill(Number.NEGATIVE_INFINITY);
    this.status = status;
  }

  /** Sums without frames. */
  static ofPixels(pixels: number): PartialSums {
    return new PartialSums({
      sum: new Float64Array(pixels),
      maximum: new Float32Array(pixels),
      status: new Uint8Array(pixels),
    });
  }

  /** Start again, in the same memory. */
  clear(): void {
    this.frames = 0;
    this.sum.fill(0);
    this.maximum.fill(Number.NEGATIVE_INFINITY);
  }

  /** Add a frame with the same number of pixels. Values of magnitude 2^31 and above are not added exactly. */
  add({ data, status }: AddedFrame): void {
    if (status === undefined) this.status.fill(0);
    else this.status.set(status);
    this.addPixels(data);
    this.frames += 1;
  }

  /** Add the pixels whose {@link status} is 0. */
  protected addPixels(data: AddedFrame["data"]): void {
    const { sum, maximum, status: reasons } = this;
    for (let pixel = 0; pixel < data.length; pixel++) {
      if (reasons[pixel] !== 0) continue;
      const value = data[pixel] as number;
      sum[pixel] = (sum[pixel] as number) + (value + ROUND_TO_2_20 - ROUND_TO_2_20);
      if (value > (maximum[pixel] as number)) maximum[pixel] = value;
    }
  }

  /** Add the sums of another monitor, with the same number of pixels. */
  merge({ frames, sum, maximum, status }: PartialSums): void {
    for (let pixel = 0; pixel < sum.length; pixel++) {
      this.sum[pixel] = (this.sum[pixel] as number) + (sum[pixel] as number);
      const value = maximum[pixel] as number;
      if (value > (this.maximum[pixel] as number)) this.maximum[pixel] = value;
    }
    this.status.set(status);
    this.frames += frames;
  }

  /** Copy sums, maxima and status into one buffer. */
  toBytes(): Buffer {
    const bytes = Buffer.allocUnsafeSlow(PartialSums.sizeBytes(this.sum.length));
    let offset = 0;
    for (const { buffer, byteOffset, byteLength } of [this.sum, this.maximum, this.status]) {
      bytes.set(new Uint8Array(buffer, byteOffset, byteLength), offset);
      offset += byteLength;
    }
    return bytes;
  }

  /** Read what {@link toBytes} wrote. @param bytes  of {@link sizeBytes}; copied */
  static fromBytes(bytes: Uint8Array, pixels: number, frames: number): PartialSums {
    const sums = PartialSums.ofPixels(pixels);
    sums.frames = frames;
    let offset = 0;
    for (const { buffer, byteLength } of [sums.sum, sums.maximum, sums.status]) {
      new Uint8Array(buffer).set(bytes.subarray(offset, offset + byteLength));
      offset += byteLength;
    }
    return sums;
  }

  static sizeBytes(pixels: number): number {
    return 13 * pixels;
  }

  /** Copy sum and maximum as float32, NaN without a measurement, and the status. */
  read(): ReadSums {
    const sum = new Float32Array(this.sum);
    const maximum = this.maximum.slice();
    const status = this.status.slice();
    for (let pixel = 0; pixel < sum.length; pixel++) {
      if (maximum[pixel] !== Number.NEGATIVE_INFINITY) status[pixel] = 0;
      else sum[pixel] = maximum[pixel] = Number.NaN;
    }
    return { sum, maximum, status };
  }
}
