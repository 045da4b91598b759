/** Files that users name: opened only where reading them ends. */
export { NotRegularFileError, openRegularFileHandle, readTextFile, withRegularFile } from "./regular-file.js";
