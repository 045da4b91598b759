import type { Binning, ImageHeader, ImageName, PageMessage } from "../../viewer/protocol.js";

type Send = (message: PageMessage) => void;

/**
 * Decides when a page requests an image: when it has drawn the last one, so that a slow browser gets fewer
 * and delays nobody.
 *
 * It requests nothing while it is paused, hidden or disconnected.
 */
export class ImageRequests {
  readonly #send: Send;
  #isOpen = false;
  #isVisible = true;
  #isPaused = false;
  /** While paused: one more image is requested. */
  #isStepping = false;
  #isAsked = false;
  #isDrawing = false;
  #image: ImageName | null;
  #after: number | null = null;
  #binning: Binning = 1;
  /** Binning of the last accepted image. */
  #shownBinning: Binning = 1;

  /** @param wanted  the first image, if the monitor has it */
  constructor(send: Send, wanted: ImageName | null = null) {
    this.#send = send;
    this.#image = wanted;
  }

  get image(): ImageName | null {
    return this.#image;
  }

  /** A monitor has announced its images. It may be another monitor than before, with a new sequence. */
  open(images: readonly ImageName[]): void {
    this.#isOpen = true;
    if (this.#image === null || !images.includes(this.#image)) this.#image = images[0] ?? null;
    this.#begin();
  }

  close(): void {
    this.#isOpen = false;
  }

  /** Choose another image; while paused, request one of it. */
  choose(image: ImageName): void {
    if (image === this.#image) return;
    this.#image = image;
    this.#isStepping = this.#isPaused;
    this.#begin();
  }

  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#isStepping = isPaused && this.#shownBinning > this.#binning;
    this.#ask();
  }

  /** Pause, but show the next newest image. */
  step(): void {
    this.#isPaused = true;
    this.#isStepping = true;
    this.#ask();
  }

  /**
   * Set the resolution from now on. If the shown image is coarser, it is requested again, even while paused.
   */
  setBinning(binning: Binning): void {
    if (binning === this.#binning) return;
    this.#binning = binning;
    if (binning >= this.#shownBinning) return;
    this.#after = null;
    this.#isAsked = false;
    this.#isStepping = this.#isPaused;
    this.#ask();
  }

  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible;
    this.#ask();
  }

  /** An image has arrived. @returns whether to draw it */
  receive({ image, sequence, binning }: ImageHeader): boolean {
    // The response to an earlier request, which has been replaced.
    if (image !== this.#image || binning > this.#binning) return false;
    this.#isAsked = false;
    if (this.#isPaused && !this.#isStepping) return false;
    this.#isStepping = false;
    this.#after = sequence;
    this.#shownBinning = binning;
    this.#isDrawing = true;
    return true;
  }

  /** The image that {@link receive} accepted is on the screen. */
  drawn(): void {
    this.#isDrawing = false;
    this.#ask();
  }

  #begin(): void {
    this.#after = null;
    this.#isAsked = false;
    this.#isDrawing = false;
    this.#ask();
  }

  #ask(): void {
    if (!this.#isOpen || !this.#isVisible || this.#isAsked || this.#isDrawing || this.#image === null) return;
    if (this.#isPaused && !this.#isStepping) return;
    this.#isAsked = true;
    this.#send({ type: "image", image: this.#image, after: this.#after, binning: this.#binning });
  }
}
