import { MODULE_COUNT } from "../detector.js";
import { FaultCollector } from "../errors.js";
import type { ConstantsFile, ConstantsFiles, ConstantsNotes, ConstantsSink } from "./constants.js";
import { readDarkFile } from "./dark-file.js";
import { readGainFile } from "./gain-file.js";
import { sampleOf } from "./map-sample.js";
import { readMaskFile } from "./mask-file.js";
import { checkModuleNames, checkModulesDiffer, warnOfSameFile } from "./module-check.js";
import type { ModuleSelection } from "./module-maps.js";

/**
 * Read the constants of the detector: dark files, gain files, and mask files if there are any; one a module in module
 * order, or a single one for the whole detector. Of what kind each is, its content says.
 *
 * @throws {CalibrationError} the faults of all files together
 */
export async function readConstants(
  files: ConstantsFiles,
  to: ConstantsSink,
  notes: ConstantsNotes,
): Promise<void> {
  const faults = new FaultCollector();
  /** Enough to tell one module from another. */
  const samples: Float32Array[] = [];
  const pedestalsSink: ConstantsSink = {
    setPedestals(moduleIndex, stage, map) {
      if (stage === "g0") samples[moduleIndex] = sampleOf(map);
      to.setPedestals(moduleIndex, stage, map);
    },
    setGains: (...args) => to.setGains(...args),
    addMask: (...args) => to.addMask(...args),
  };
  let singleModuleFiles = 0;
  await forEachModule(files.dark, faults, notes, async (file, selection, moduleNotes) => {
    const { holdsDetector } = await readDarkFile(file, selection, pedestalsSink, moduleNotes);
    if (!holdsDetector) singleModuleFiles += 1;
  });
  if (singleModuleFiles === MODULE_COUNT) {
    await faults.attemptAsync(() => checkModulesDiffer(files.dark, samples));
  }
  let singleModuleGains = 0;
  await forEachModule(files.gain, faults, notes, async (file, selection, moduleNotes) => {
    if (!(await readGainFile(file, selection, to, moduleNotes)).holdsDetector) singleModuleGains += 1;
  });
  if (singleModuleGains === MODULE_COUNT) warnOfSameFile(files.gain, notes);
  await forEachModule(files.mask, faults, notes, async (file, selection, moduleNotes) => {
    to.addMask(selection.moduleIndex, await readMaskFile(file, selection, moduleNotes));
  });
  faults.attempt(() => checkModuleNames(files, notes));
  faults.throwIfAny();
}

/** Go through the modules' files. A single file is that of both modules; then notes say of which they are. */
async function forEachModule(
  files: readonly ConstantsFile[],
  faults: FaultCollector,
  notes: ConstantsNotes,
  read: (file: ConstantsFile, selection: ModuleSelection, moduleNotes: ConstantsNotes) => Promise<void>,
): Promise<void> {
  const isOnlyFile = files.length === 1;
  for (let moduleIndex = 0; moduleIndex < MODULE_COUNT; moduleIndex++) {
    const file = isOnlyFile ? files[0] : files[moduleIndex];
    if (file === undefined) continue;
    const ofModule = (note: string) => (isOnlyFile ? `${note} (module ${moduleIndex})` : note);
    const moduleNotes: ConstantsNotes = {
      info: (note) => notes.info(ofModule(note), file),
      warn: (note) => notes.warn(ofModule(note), file),
    };
    await faults.attemptAsync(() => read(file, { moduleIndex, isOnlyFile }, moduleNotes));
  }
}
