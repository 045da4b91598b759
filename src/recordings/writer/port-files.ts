import { RAW_HEADER_BYTES, rawFileName, sidecarFileName } from "../raw-layout.js";
import type { OutputFile, OutputFolder } from "./output-folder.js";

/** Frames per system call: 16 MiB of images. */
const FRAMES_PER_WRITE = 16;

/** A frame to write. */
export interface QueuedFrame {
  readonly header: Uint8Array;
  /** Borrowed until `done` is called. */
  readonly image: Uint8Array;
  /** For the sidecar, without a line feed. */
  readonly line: string | undefined;
  /** Called once, when the memory of the image is no longer needed. */
  readonly done: () => void;
}

export interface PortFilesOptions {
  readonly folder: OutputFolder;
  readonly name: string;
  readonly run: string;
  readonly portIndex: number;
  /** Bytes of an image. */
  readonly imageBytes: number;
  readonly framesPerFile: number;
  /** Called once, when a file cannot be written; nothing more is written then. */
  readonly onFailure: (fileName: string, error: unknown) => void;
}

/** Writes the frames of one port, in order: `run_d0_f0_0.raw`, then `_f1_` …, and the sidecars. */
export class PortFiles {
  readonly #options: PortFilesOptions;
  readonly #queue: QueuedFrame[] = [];
  #part = 0;
  #file: OutputFile | undefined;
  #sidecar: OutputFile | undefined;
  #framesInFile = 0;
  #framesBefore = 0;
  #hasFailed = false;
  #writing: Promise<void> | undefined;

  private constructor(options: PortFilesOptions) {
    this.#options = options;
  }

  /** Creates the first file, which readers expect even if no frame arrives. */
  static async create(options: PortFilesOptions): Promise<PortFiles> {
    const port = new PortFiles(options);
    port.#file = await options.folder.create(rawFileName(port.#fileName));
    return port;
  }

  /** Complete records in the files. */
  get frames(): number {
    return this.#framesBefore + this.#framesInFile;
  }

  add(frame: QueuedFrame): void {
    this.#queue.push(frame);
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
  }

  /** Write waiting frames, and close the files. To be called once, after the last frame. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#file?.close();
    await this.#sidecar?.close();
  }

  get #fileName() {
    const { name, run, portIndex } = this.#options;
    return { name, run, portIndex, part: this.#part };
  }

  async #writeAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const { framesPerFile } = this.#options;
      const room = framesPerFile - (this.#framesInFile % framesPerFile);
      const batch = this.#queue.splice(0, Math.min(room, FRAMES_PER_WRITE));
      try {
        if (!this.#hasFailed) await this.#write(batch);
      } catch (error) {
        this.#hasFailed = true;
        this.#options.onFailure(rawFileName(this.#fileName), error);
      } finally {
        for (const { done } of batch) done();
      }
    }
  }

  async #write(batch: readonly QueuedFrame[]): Promise<void> {
    const { folder, imageBytes, framesPerFile } = this.#options;
    if (this.#framesInFile === framesPerFile) await this.#nextPart();
    const file = this.#file as OutputFile;
    const frameBytes = RAW_HEADER_BYTES + imageBytes;
    try {
      await file.append(batch.flatMap(({ header, image }) => [header, image]));
    } catch (error) {
      // For a reader, half a frame at the end would be damage.
      const frames = Math.floor(file.sizeBytes / frameBytes);
      await file.truncate(frames * frameBytes).catch(() => undefined);
      throw error;
    } finally {
      this.#framesInFile = Math.floor(file.sizeBytes / frameBytes);
    }
    const lines = batch.flatMap(({ line }) => (line === undefined ? [] : [`${line}\n`]));
    if (lines.length === 0) return;
    this.#sidecar ??= await folder.create(sidecarFileName(this.#fileName));
    await this.#sidecar.append([Buffer.from(lines.join(""))]);
  }

  async #nextPart(): Promise<void> {
    const { folder } = this.#options;
    await this.#file?.close();
    await this.#sidecar?.close();
    this.#sidecar = undefined;
    this.#framesBefore += this.#framesInFile;
    this.#framesInFile = 0;
    this.#part += 1;
    this.#file = await folder.create(rawFileName(this.#fileName));
  }
}
