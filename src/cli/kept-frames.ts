import type { DataEvent } from "../api/index.js";
import type { MonitoredEvent } from "../host/index.js";
import type { EventOutput } from "../outputs/index.js";
import { DiskFolder, FrameRing, MAX_FRAMES_PER_FILE } from "../recordings/index.js";
import type { ModuleFrame } from "../stream/index.js";
import { checkRecordingFolder } from "./recording-folder.js";

/** Keeps the raw frames of a monitor's last events, so that the live view can save them. */
export class KeptFrames implements EventOutput {
  readonly #ring: FrameRing;
  readonly #folder: DiskFolder;

  private constructor(ring: FrameRing, folder: DiskFolder) {
    this.#ring = ring;
    this.#folder = folder;
  }

  /**
   * @param size  number of events, 2 MiB each
   * @throws {RecordingError} RECORDING_CANNOT_WRITE if the folder cannot be written to
   */
  static async open(size: number, folder: string): Promise<KeptFrames> {
    await checkRecordingFolder(folder, "--keep-folder");
    return new KeptFrames(new FrameRing(size), new DiskFolder(folder));
  }

  get size(): number {
    return this.#ring.size;
  }

  write({ event }: MonitoredEvent): void {
    this.#ring.add(framesOf(event));
  }

  save() {
    return this.#ring.save(this.#folder, MAX_FRAMES_PER_FILE);
  }

  close(): void {}
}

/** The frames of an event of this package's data retrieval; none for other events. */
function framesOf(event: DataEvent): readonly ModuleFrame[] {
  const { frames } = event as DataEvent & { readonly frames?: readonly ModuleFrame[] };
  return Array.isArray(frames) ? frames : [];
}
