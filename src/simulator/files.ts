import { constants, existsSync } from "node:fs";
import { access, mkdir, writeFile } from "node:fs/promises";
import { endianness } from "node:os";
import { join } from "node:path";
import { writeOmPedestals, writeWholeFile } from "../constants/index.js";
import { type DetectorLayout, GAIN_STAGES, MODULE_PIXELS, type ModulePlace } from "../detector.js";
import { messageOf, SimulatorError } from "../errors.js";
import { readTextFile } from "../files/index.js";
import type { Scene } from "./scene.js";

/** Names of the files that {@link writeSceneFiles} writes. */
const SCENE_FILES = {
  dark: ({ moduleIndex }: ModulePlace) => `dark_m${moduleIndex}.h5`,
  gain: ({ moduleIndex }: ModulePlace) => `gain_m${moduleIndex}.bin`,
  configuration: "monitor.yaml",
  spots: "spots.json",
} as const;

const MAX_CONFIGURATION_BYTES = 2 ** 20;

const FIRST_LINE = "# Written by `om-jungfrau simulate`: a monitor for the simulated detector.";

/**
 * Write the files with which a monitor calibrates a scene: OM's dark files, PSI's gain files, and a
 * configuration; and the positions of the spots, for checks of the monitor.
 *
 * @param folder  created if missing, but not its parents
 * @returns       path of the configuration
 * @throws {SimulatorError} SIMULATOR_CANNOT_WRITE, also if this would overwrite a configuration of another
 *   origin
 */
export async function writeSceneFiles(folder: string, scene: Scene): Promise<string> {
  const configuration = join(folder, SCENE_FILES.configuration);
  try {
    if (
      existsSync(configuration) &&
      !readTextFile(configuration, MAX_CONFIGURATION_BYTES).text.startsWith(FIRST_LINE)
    ) {
      throw new Error(`${configuration} was not written by the simulator and would be overwritten`);
    }
    if (!existsSync(folder)) await mkdir(folder);
    await access(folder, constants.W_OK);
    for (const place of scene.layout.places) {
      const [dark, gain] = [SCENE_FILES.dark(place), SCENE_FILES.gain(place)];
      await writeWholeFile(join(folder, dark), (path) => writeDarkFile(path, scene, place));
      await writeWholeFile(join(folder, gain), (path) => writeGainFile(path, scene, place));
    }
    await writeWholeFile(join(folder, SCENE_FILES.spots), (path) => writeFile(path, spotsText(scene)));
    await writeWholeFile(configuration, (path) => writeFile(path, configurationText(scene)));
  } catch (error) {
    throw new SimulatorError(
      "SIMULATOR_CANNOT_WRITE",
      `Cannot write the simulator's files to '${folder}': ${messageOf(error)}. Choose another folder with --out.`,
      { cause: error },
    );
  }
  return configuration;
}

async function writeDarkFile(path: string, { layout, constants }: Scene, place: ModulePlace): Promise<void> {
  const stages = Array.from({ length: GAIN_STAGES }, (_, stage) => stage);
  await writeOmPedestals(
    path,
    stages.map((stage) => moduleMap(constants.pedestals, stage, layout, place)),
  );
}

async function writeGainFile(path: string, { layout, constants }: Scene, place: ModulePlace): Promise<void> {
  const maps = new Float64Array(GAIN_STAGES * MODULE_PIXELS);
  for (let stage = 0; stage < GAIN_STAGES; stage++) {
    maps.set(moduleMap(constants.gains, stage, layout, place), stage * MODULE_PIXELS);
  }
  const bytes = Buffer.from(maps.buffer);
  if (endianness() === "BE") bytes.swap64();
  await writeFile(path, bytes);
}

/** One module's map for one gain stage, as a view. */
function moduleMap<T extends Float32Array | Float64Array>(
  planar: T,
  stage: number,
  { pixels }: DetectorLayout,
  { firstPixel }: ModulePlace,
): T {
  const start = stage * pixels + firstPixel;
  return planar.subarray(start, start + MODULE_PIXELS) as T;
}

function configurationText({ layout, photonEnergyKeV }: Scene): string {
  const { places } = layout;
  return `${FIRST_LINE}
om:
  data_retrieval_layer: Jungfrau1MZmqDataRetrieval

data_retrieval_layer:
  required_data: [timestamp, event_id, detector_data]
  detector_dark_filenames: [${places.map(SCENE_FILES.dark).join(", ")}]
  detector_gain_filenames: [${places.map(SCENE_FILES.gain).join(", ")}]
  detector_photon_energy_kev: ${photonEnergyKeV}
  # For the raw image of the live view.
  data_sources: { raw: Jungfrau1MZmq }
  raw_calibration: false
`;
}

/**
 * One line per image: `[{ row, column, photons, stage }, …]`. Frame n, counted from 0, shows image n modulo
 * their number.
 */
function spotsText({ images }: Scene): string {
  return `[\n${images.map(({ spots }) => JSON.stringify(spots)).join(",\n")}\n]\n`;
}
