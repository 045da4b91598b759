/** Files that users name: opened only where reading them ends. */
export { NotRegularFileError, readTextFile, withRegularFile } from "./regular-file.js";
