import { stat } from "node:fs/promises";

/** Tells which files have changed on disk, by size, inode and time of writing. Only `stat` is asked of the file system. */
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

  /** Files are about to be read: what they are now is known. */
  async accept(): Promise<void> {
    for (const file of this.#files) file.known = await signatureOf(file.path);
  }

  /**
   * Look again.
   *
   * @returns files that have changed since this was said of them last. One that has changed since the look before is perhaps
   *          being written still: it is for the next look, and one that is gone for the look at which it is back
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
  /** As it was when it was last said to have changed. */
  known: string | undefined;
  /** At the last look. */
  newest: string | undefined;
}

/** @returns undefined if there is no such file */
async function signatureOf(path: string): Promise<string | undefined> {
  const stats = await stat(path, { bigint: true }).catch(() => undefined);
  return stats && `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}`;
}
