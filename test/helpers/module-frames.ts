import { DETECTOR_COLUMNS, DETECTOR_PIXELS, MODULE_COLUMNS, MODULE_PIXELS } from "../../src/detector.js";
import type { JungfrauEvent } from "../../src/events/index.js";
import type { ModuleFrame, ModuleStream, StreamMessage } from "../../src/stream/index.js";

/** A module frame of which a test states only what it is about. */
export function aModuleFrame(fields: Partial<ModuleFrame> = {}): ModuleFrame {
  return {
    frameNumber: 1n,
    portIndex: 0,
    rows: 512,
    raw: new Uint8Array(0),
    complete: true,
    timestampTicks: 0n,
    gainMode: { highGain: false, fixedStage: undefined, forcedStage: undefined },
    arrivalSeconds: 1_700_000_000,
    repaired: false,
    ...fields,
  };
}

/** The words of a whole frame: all `fill`, but for some pixels by [row, column]. */
export function words(
  fill: number,
  pixels: readonly (readonly [row: number, column: number, word: number])[] = [],
): Uint16Array {
  const raw = new Uint16Array(DETECTOR_PIXELS).fill(fill);
  for (const [row, column, word] of pixels) raw[row * DETECTOR_COLUMNS + column] = word;
  return raw;
}

/** An event whose two modules hold these words. */
export function anEvent(raw: Uint16Array, fields: Partial<ModuleFrame> = {}): JungfrauEvent {
  const bytes = new Uint8Array(raw.buffer);
  const frames = [0, 1].map((portIndex) =>
    aModuleFrame({
      ...fields,
      portIndex,
      raw: bytes.slice(portIndex * MODULE_PIXELS * 2, (portIndex + 1) * MODULE_PIXELS * 2),
    }),
  );
  return {
    frameNumber: fields.frameNumber ?? 1n,
    timestampSeconds: 1_700_000_000,
    frames,
    incomplete: fields.complete === false,
  };
}

/** A module's bytes, filled with one word. */
export function modulePayload(word: number, rows = 512): Uint8Array {
  return new Uint8Array(new Uint16Array(rows * MODULE_COLUMNS).fill(word).buffer);
}

/** A stream whose messages a test pushes by hand. */
export class FakeModuleStream implements ModuleStream {
  readonly url: string;
  isClosed = false;
  readonly #messages: StreamMessage[] = [];
  #wake: () => void = () => undefined;
  #failure: Error | undefined;

  constructor(url = "tcp://fake:30001") {
    this.url = url;
  }

  push(...messages: StreamMessage[]): void {
    this.#messages.push(...messages);
    this.#wake();
  }

  pushFrame(fields: Partial<ModuleFrame>): void {
    this.push({ kind: "frame", frame: aModuleFrame(fields) });
  }

  fail(error: Error): void {
    this.#failure = error;
    this.#wake();
  }

  close(): void {
    this.isClosed = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<StreamMessage, void, undefined> {
    while (!this.isClosed) {
      const message = this.#messages.shift();
      if (message !== undefined) yield message;
      else if (this.#failure !== undefined) throw this.#failure;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}
