import type { DescribedFile, Logger } from "../../api/index.js";
import type { ConstantsFile, ConstantsNotes, DarkRecord } from "../../constants/index.js";

/** A dark file, and the information about its recording. */
export interface RecordedFile extends DarkRecord {
  readonly file: ConstantsFile;
}

/** Keeps a reader's notes on each file, and logs them as details. Warnings are only logged. */
export class FileNotes implements ConstantsNotes {
  readonly #logger: Logger;
  readonly #notes = new Map<string, string[]>();
  readonly #records = new Map<string, RecordedFile>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  info(note: string, file?: ConstantsFile): void {
    this.#logger.debug(note);
    if (file === undefined) return;
    // The note appears beside its file, so it need not name it again.
    const text = note.startsWith(`${file.where}: `) ? note.slice(file.where.length + 2) : note;
    this.#notes.set(file.where, [...(this.#notes.get(file.where) ?? []), text]);
  }

  warn(note: string): void {
    this.#logger.warn(note);
  }

  recorded(record: DarkRecord, file: ConstantsFile): void {
    this.#records.set(file.where, { ...record, file });
  }

  /** Records of all dark files. */
  get records(): readonly RecordedFile[] {
    return [...this.#records.values()];
  }

  describe({ path, where }: ConstantsFile): DescribedFile {
    return { path, where, notes: this.#notes.get(where) ?? [] };
  }
}
