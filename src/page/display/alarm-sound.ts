/** Interval of the tone while an alarm is raised. */
export const TONE_INTERVAL_SECONDS = 3;

/** The required part of a browser's `AudioContext`. */
export interface ToneContext {
  readonly currentTime: number;
  readonly destination: unknown;
  createOscillator(): {
    readonly frequency: { value: number };
    connect(destination: unknown): unknown;
    start(when: number): void;
    stop(when: number): void;
  };
  createGain(): {
    readonly gain: {
      setValueAtTime(value: number, when: number): unknown;
      linearRampToValueAtTime(value: number, when: number): unknown;
    };
    connect(destination: unknown): unknown;
  };
}

const NOTES_HZ = [880, 660];
const NOTE_SECONDS = 0.18;
const LOUDNESS = 0.2;
/** Without a ramp, loudspeakers click. */
const RAMP_SECONDS = 0.02;

/** Play two short notes, the second lower. */
export function playTone(context: ToneContext): void {
  for (const [i, hertz] of NOTES_HZ.entries()) {
    const start = context.currentTime + i * NOTE_SECONDS;
    const end = start + NOTE_SECONDS;
    const oscillator = context.createOscillator();
    const volume = context.createGain();
    oscillator.frequency.value = hertz;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(LOUDNESS, start + RAMP_SECONDS);
    volume.gain.setValueAtTime(LOUDNESS, end - RAMP_SECONDS);
    volume.gain.linearRampToValueAtTime(0, end);
    oscillator.connect(volume);
    volume.connect(context.destination);
    oscillator.start(start);
    oscillator.stop(end);
  }
}
