const PIXELS = 512 * 1024;
const GAIN_MODE = { highGain: false, fixedStage: undefined, forcedStage: undefined };

/** What a fake stream's pixels hold: 1100 in G0, but for the first one, which holds 15000 in G1. */
export const WORDS = { g0: 1100, firstPixel: 0x4000 | 15_000 };

/** Of all pixels; G2 has what is never used here. With 10 keV photons, G0 shows 2 photons and the first pixel 5. */
const CONSTANTS = { g0: [100, 50], g1: [15_100, -2], g2: [15_100, -0.2] };

/**
 * An OpenModuleStream without sockets: each stream brings a frame a number, 100 ms apart, and then waits. The headers say
 * that `laser` is 100 times the number.
 *
 * @param opened  gets each stream, to see what became of it
 */
export function fakeStreams(frameCount, opened = []) {
  return ({ url, streamIndex }) => {
    const stream = new FakeStream(url, streamIndex, frameCount);
    opened.push(stream);
    return stream;
  };
}

/** A ReadConstants without files. */
export async function fakeConstants(files, to) {
  for (const { path } of files.dark) if (!path.endsWith(".h5")) throw new Error(`what is ${path}?`);
  for (const moduleIndex of [0, 1]) {
    for (const [stage, [pedestal, gain]] of Object.entries(CONSTANTS)) {
      to.setPedestals(moduleIndex, stage, new Float64Array(PIXELS).fill(pedestal));
      to.setGains(moduleIndex, stage, new Float64Array(PIXELS).fill(gain));
    }
  }
}

class FakeStream {
  isClosed = false;
  #frameCount;
  #streamIndex;
  #wake = () => {};

  constructor(url, streamIndex, frameCount) {
    this.url = url;
    this.#streamIndex = streamIndex;
    this.#frameCount = frameCount;
  }

  close() {
    this.isClosed = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator]() {
    for (let number = 1; number <= this.#frameCount && !this.isClosed; number++) {
      yield { kind: "frame", frame: this.#frame(number) };
    }
    while (!this.isClosed) {
      await new Promise((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #frame(number) {
    const words = new Uint16Array(PIXELS).fill(WORDS.g0);
    words[0] = WORDS.firstPixel;
    return {
      frameNumber: BigInt(number),
      portIndex: this.#streamIndex,
      rows: 512,
      raw: new Uint8Array(words.buffer),
      complete: true,
      timestampTicks: BigInt(number) * 1_000_000n,
      gainMode: GAIN_MODE,
      arrivalSeconds: 1_700_000_000 + (number - 1) / 10,
      repaired: false,
      header: new TextEncoder().encode(
        `{"frameNumber":${number}, "addJsonHeader":{"laser":"${100 * number}"}}\n`,
      ),
    };
  }
}
