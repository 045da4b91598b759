import type { PlaybackControl } from "../api/index.js";

/** The commands to a playback, and its position. */
export class PlaybackSteering implements PlaybackControl {
  #isPaused = false;
  #target: number | undefined;
  #reached: number | undefined;
  #total = 0;
  #change = new AbortController();

  get position(): number | undefined {
    return this.#target ?? this.#reached;
  }

  get total(): number {
    return this.#total;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  play(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.changed();
  }

  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.changed();
  }

  seek(index: number): void {
    const target = Math.max(Math.min(Math.trunc(index), this.#total - 1), 0);
    if (this.#total === 0 || Number.isNaN(target) || (this.#isPaused && target === this.position)) return;
    this.#target = target;
    this.changed();
  }

  step(exposures: number): void {
    this.pause();
    this.seek((this.position ?? -1) + exposures);
  }

  /** The sought exposure; undefined if the playback is where it should be. */
  get target(): number | undefined {
    return this.#target;
  }

  /** Aborts at the next command. */
  get change(): AbortSignal {
    return this.#change.signal;
  }

  /** Wake those that wait for a command. */
  changed(): void {
    const before = this.#change;
    this.#change = new AbortController();
    before.abort();
  }

  /** An exposure is delivered. Undefined: the playback begins, and none has been. */
  reached(index: number | undefined, total: number): void {
    this.#reached = index;
    this.#total = total;
  }

  /** The playback moves to the {@link target}. */
  found(): void {
    this.#target = undefined;
  }
}
