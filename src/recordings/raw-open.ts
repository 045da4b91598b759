import { basename, dirname, join } from "node:path";
import type { DetectorLayout } from "../detector.js";
import { messageOf, RecordingError } from "../errors.js";
import { type Master, readMaster } from "./master.js";
import { placeOf, portOrder } from "./port-order.js";
import { RawFile } from "./raw-file.js";
import { geometryOf, guessGeometry, type RawGeometry } from "./raw-geometry.js";
import { parseMasterFileName, parseRawFileName, RAW_HEADER_BYTES, rawFileName } from "./raw-layout.js";
import { RawPort } from "./raw-port.js";
import { findRun, type RawRun } from "./raw-run.js";
import { ReadBlocks } from "./read-blocks.js";
import { Sidecar } from "./sidecar.js";

/** One port, and its place in the detector frame. */
export interface PlacedPort {
  readonly port: RawPort;
  readonly sidecars: readonly Sidecar[];
  readonly portIndex: number;
}

/** A run with open files; its owner closes the ports. */
export interface OpenRun {
  readonly geometry: RawGeometry;
  readonly master: Master | undefined;
  readonly ports: readonly PlacedPort[];
  readonly notes: readonly string[];
}

/** @throws {RecordingError} RECORDING_NOT_READABLE, _FORMAT, _DAMAGED */
export async function openRun(path: string, layout: DetectorLayout): Promise<OpenRun> {
  const run = await findRun(path);
  const notes = run.missing.map((name) => `'${name}' is missing, with its frames.`);
  const master = await masterOf(path, run, layout, notes);
  const geometry =
    (master && geometryOf(run.master ?? path, master, layout)) ?? (await guess(path, run, layout));
  const open: (Omit<PlacedPort, "portIndex"> & { readonly number: number })[] = [];
  try {
    for (const [number, parts] of run.ports) {
      if (number >= geometry.portCount) {
        notes.push(`'${parts[0]?.path}' is not read: the detector has ${geometry.portCount} ports.`);
        continue;
      }
      open.push({ number, ...(await openPort(parts, geometry.imageBytes)) });
    }
    notes.push(...open.flatMap(({ port }) => port.notes()));
    const claims = await Promise.all(open.map(({ port }) => claimOf(port, geometry, layout)));
    const { places, byHeader } = portOrder(
      claims,
      open.map(({ number }) => number),
      geometry.portCount,
    );
    const isTold = claims.some((claim) => claim !== undefined && claim !== 0);
    if (!byHeader && isTold) {
      notes.push("The headers do not give the place of each port: the numbers in the file names are used.");
    }
    notes.push(...incompleteness(open, geometry, master));
    const ports = open.map(({ port, sidecars }, index) => ({
      port,
      sidecars,
      portIndex: places[index] as number,
    }));
    return { geometry, master, ports, notes };
  } catch (error) {
    closePorts(open);
    throw error;
  }
}

export function closePorts(ports: readonly Pick<PlacedPort, "port" | "sidecars">[]): void {
  for (const { port, sidecars } of ports) {
    port.close();
    for (const sidecar of sidecars) sidecar.close();
  }
}

async function openPort(parts: readonly { readonly path: string }[], imageBytes: number) {
  const files: RawFile[] = [];
  const sidecars: Sidecar[] = [];
  const blocks = new ReadBlocks(RAW_HEADER_BYTES + imageBytes);
  const openPart = async (path: string) => {
    const file = await RawFile.open(path, imageBytes, blocks);
    const sidecar = await Sidecar.open(path.replace(/\.raw$/i, ".jsonl"));
    if (sidecar !== undefined) sidecars.push(sidecar);
    return file;
  };
  try {
    for (const { path } of parts) files.push(await openPart(path));
    let next = partAfter(parts.at(-1)?.path ?? "");
    const openNext = async () => {
      const file = next === undefined ? undefined : await openPart(next).catch(() => undefined);
      if (file !== undefined) next = partAfter(next as string);
      return file;
    };
    return { port: new RawPort(files, openNext), sidecars };
  } catch (error) {
    for (const file of [...files, ...sidecars]) file.close();
    throw error;
  }
}

/** The next file of a receiver after one is full; undefined if this file's name is not one that a receiver gives. */
function partAfter(path: string): string | undefined {
  const name = parseRawFileName(basename(path));
  return name && join(dirname(path), rawFileName({ ...name, part: name.part + 1 }));
}

/** A master that was not named is optional: if it cannot be read, a note says so. */
async function masterOf(
  path: string,
  { master }: RawRun,
  layout: DetectorLayout,
  notes: string[],
): Promise<Master | undefined> {
  const isNamed = parseMasterFileName(path) !== undefined;
  if (master === undefined) {
    notes.push("There is no master: the time of the run is that of its first file.");
    return undefined;
  }
  try {
    return await readMaster(master, layout);
  } catch (error) {
    // Cropped images cannot be read without it either.
    if (isNamed || !(error instanceof RecordingError) || error.code === "RECORDING_FORMAT") throw error;
    notes.push(`The master is not read. ${messageOf(error)}`);
    return undefined;
  }
}

async function guess(path: string, { ports }: RawRun, layout: DetectorLayout): Promise<RawGeometry> {
  const [first] = [...ports.values()].flat();
  return guessGeometry(first?.path ?? path, Math.max(...ports.keys()), layout);
}

async function claimOf(
  port: RawPort,
  { portCount, ports }: RawGeometry,
  layout: DetectorLayout,
): Promise<number | undefined> {
  const header = await port.firstHeader();
  if (header === undefined) return undefined;
  const { row, column } = header;
  const rowsOfPorts = column > 0 ? portCount / layout.modules : portCount;
  return placeOf(row, column, ports ?? [rowsOfPorts, portCount / rowsOfPorts]);
}

/** Notes on what is missing, from a comparison of the ports with each other and with the master. */
function incompleteness(
  open: readonly { readonly port: RawPort; readonly number: number }[],
  { portCount }: RawGeometry,
  master: Master | undefined,
): string[] {
  const numbers = open.map(({ number }) => number);
  const absent = Array.from({ length: portCount }, (_, number) => number).filter(
    (one) => !numbers.includes(one),
  );
  const most = Math.max(...open.map(({ port }) => port.frames), 0);
  const expected = Math.max(master?.frames ?? 0, most);
  return [
    ...absent.map((number) => `There is no file for port ${number} (_d${number}_): its pixels are missing.`),
    ...open
      .filter(({ port }) => port.frames < expected)
      .map(({ port }) => `'${port.name}' and its parts hold ${port.frames} frames of ${expected}.`),
  ];
}
