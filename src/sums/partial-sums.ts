/**
 * Values are rounded to multiples of 2^-20: adding and subtracting this number does that. Sums up to 2^32 are then exact in
 * float64, so they are equal to the last bit in whatever order frames are added, and however many monitors add them.
 */
const ROUND_TO_2_20 = 1.5 * 2 ** 32;

/** A frame to be added; borrowed. */
export interface AddedFrame {
  readonly data: Float32Array | Int32Array | Uint16Array;
  /** In the shape of `data`: pixels with another status than 0 do not count. */
  readonly status?: Uint8Array;
}

/** Memory of sums, of one number per pixel. */
export interface SumPlanes {
  readonly sum: Float64Array;
  readonly maximum: Float32Array;
  readonly status: Uint8Array;
}

/** Sums as people look at them. */
export interface ReadSums {
  readonly sum: Float32Array;
  readonly maximum: Float32Array;
  /** 0 where any of the frames had a measurement; else why the last one had none. */
  readonly status: Uint8Array;
}

/** Sum and maximum of a number of frames, pixel by pixel, over measurements alone. */
export class PartialSums {
  frames = 0;
  readonly sum: Float64Array;
  /** -Infinity where no frame had a measurement. */
  readonly maximum: Float32Array;
  /** Of the last frame, why a pixel had no measurement; 0 where it had. */
  readonly status: Uint8Array;

  /** @param planes  zeros; taken over */
  protected constructor({ sum, maximum, status }: SumPlanes) {
    this.sum = sum;
    this.maximum = maximum.fill(Number.NEGATIVE_INFINITY);
    this.status = status;
  }

  /** Sums of no frames. */
  static ofPixels(pixels: number): PartialSums {
    return new PartialSums({
      sum: new Float64Array(pixels),
      maximum: new Float32Array(pixels),
      status: new Uint8Array(pixels),
    });
  }

  /** Begin anew, in the same memory. */
  clear(): void {
    this.frames = 0;
    this.sum.fill(0);
    this.maximum.fill(Number.NEGATIVE_INFINITY);
  }

  /** Add a frame of as many pixels. Values of magnitude 2^31 and above are not added exactly. */
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

  /** Add the sums of another monitor, of as many pixels. */
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

  /** Copy sum and maximum, in float32, NaN without a measurement, and why there is none. */
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
