/** Files that users name: only regular files are opened, because reading others may never end. */
export {
  isReadableByOthers,
  NotRegularFileError,
  openRegularFileHandle,
  readTextFile,
  withRegularFile,
} from "./regular-file.js";
