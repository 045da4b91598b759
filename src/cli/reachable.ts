import { hostname } from "node:os";

/** Addresses as others reach them, where a server listens on every address of this machine. */
export function reachable(addresses: string): string {
  return addresses.replaceAll(/\/\/(?:0\.0\.0\.0|\[::\]):/g, `//${hostname()}:`);
}
