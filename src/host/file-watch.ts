import { stat } from "node:fs/promises";

/** Detects files that have changed on disk, by size, inode and modification time. Uses only `stat`. */
export class FileWatch {
  readonly #files: readonly WatchedFile[];

  private constructor(files: readonly WatchedFile[]) {
    this.#files = files;
  }

  /** Watch files from now on. */
  static async of(paths: readonly string[]): Promise<FileWatch> {
    return new FileWatch(
      await Promise.all(
        paths.map(async (path) => {
          const known = await signatureOf(path);
          return { path, known, newest: known };
        }),
      ),
    );
  }

  /** Files are about to be read: record their current state. */
  async accept(): Promise<void> {
    for (const file of this.#files) file.known = await signatureOf(file.path);
  }

  /**
   * Check the files.
   *
   * @returns files that have changed since they were last reported. A file that has changed since the previous check
   *   may still be being written, so it is left for the next check; a missing file is left until it is back
   */
  async changed(): Promise<string[]> {
    const changed: string[] = [];
    for (const file of this.#files) {
      const signature = await signatureOf(file.path);
      if (signature !== undefined && signature === file.newest && signature !== file.known) {
        file.known = signature;
        changed.push(file.path);
      }
      file.newest = signature;
    }
    return changed;
  }
}

interface WatchedFile {
  readonly path: string;
  /** State when it was last reported. */
  known: string | undefined;
  /** State at the last check. */
  newest: string | undefined;
}

/** @returns undefined if the file does not exist */
async function signatureOf(path: string): Promise<string | undefined> {
  const stats = await stat(path, { bigint: true }).catch(() => undefined);
  return stats && `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}`;
}
