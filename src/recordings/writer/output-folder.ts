import { type FileHandle, open, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A new file that is written from start to end. */
export interface OutputFile {
  /** Number of bytes written so far, including those of a failed call. */
  readonly sizeBytes: number;
  /** Write buffers one after the other, without a copy. They are borrowed until it resolves or rejects. */
  append(buffers: readonly Uint8Array[]): Promise<void>;
  /** Truncate it to its first bytes. */
  truncate(sizeBytes: number): Promise<void>;
  close(): Promise<void>;
}

/** Where recordings are written; a test may have one whose disk is full. */
export interface OutputFolder {
  /** For messages. */
  readonly path: string;
  names(): Promise<string[]>;
  /** Rejects with the code EEXIST if a file of that name exists: none is overwritten. */
  create(name: string): Promise<OutputFile>;
  /** Replace a file atomically: readers find the old or the new one, never a part of one. */
  replace(name: string, text: string): Promise<void>;
}

/** A folder of the file system. */
export class DiskFolder implements OutputFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  names(): Promise<string[]> {
    return readdir(this.path);
  }

  async create(name: string): Promise<OutputFile> {
    return new DiskFile(await open(join(this.path, name), "wx"));
  }

  async replace(name: string, text: string): Promise<void> {
    const part = join(this.path, `${name}.part`);
    try {
      await writeFile(part, text);
      await rename(part, join(this.path, name));
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
  }
}

class DiskFile implements OutputFile {
  readonly #handle: FileHandle;
  sizeBytes = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async append(buffers: readonly Uint8Array[]): Promise<void> {
    let rest = [...buffers];
    while (rest.length > 0) {
      const { bytesWritten } = await this.#handle.writev(rest, this.sizeBytes);
      this.sizeBytes += bytesWritten;
      rest = without(rest, bytesWritten);
    }
  }

  async truncate(sizeBytes: number): Promise<void> {
    await this.#handle.truncate(sizeBytes);
    this.sizeBytes = sizeBytes;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

/** The buffers without their first bytes, because a disk that is nearly full may take only a part. */
function without(buffers: readonly Uint8Array[], writtenBytes: number): Uint8Array[] {
  let skip = writtenBytes;
  return buffers.flatMap((buffer) => {
    const rest = buffer.subarray(Math.min(skip, buffer.length));
    skip -= buffer.length - rest.length;
    return rest.length === 0 ? [] : [rest];
  });
}
