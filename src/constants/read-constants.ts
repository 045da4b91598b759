import type { DetectorLayout } from "../detector.js";
import { FaultCollector } from "../errors.js";
import type { ConstantsFile, ConstantsFiles, ConstantsNotes, ConstantsSink } from "./constants.js";
import { readDarkFile } from "./dark-file.js";
import { readGainFile } from "./gain-file.js";
import { sampleOf } from "./map-sample.js";
import { readMaskFile } from "./mask-file.js";
import { checkModuleNames, checkModulesDiffer, warnOfSameFile } from "./module-check.js";
import type { ModuleSelection } from "./module-maps.js";

/** Read constants in this thread. @throws {CalibrationError} the faults of all files together */
export async function readConstants(
  layout: DetectorLayout,
  files: ConstantsFiles,
  to: ConstantsSink,
  notes: ConstantsNotes,
): Promise<void> {
  const faults = new FaultCollector();
  /** Of the pedestals in G0: enough to distinguish modules. */
  const samples: Float32Array[] = [];
  const pedestalsSink: ConstantsSink = {
    setPedestals(moduleIndex, stage, map) {
      if (stage === "g0") samples[moduleIndex] = sampleOf(map);
      to.setPedestals(moduleIndex, stage, map);
    },
    setGains: (...args) => to.setGains(...args),
    ...(to.setNoise && { setNoise: to.setNoise }),
    addMask: (...args) => to.addMask(...args),
  };
  let singleModuleFiles = 0;
  await forEachModule(layout, files.dark, faults, notes, async (file, selection, moduleNotes) => {
    const { holdsDetector } = await readDarkFile(file, selection, pedestalsSink, moduleNotes);
    if (!holdsDetector) singleModuleFiles += 1;
  });
  if (singleModuleFiles === layout.modules) {
    await faults.attemptAsync(() => checkModulesDiffer(files.dark, samples));
  }
  let singleModuleGains = 0;
  await forEachModule(layout, files.gain, faults, notes, async (file, selection, moduleNotes) => {
    if (!(await readGainFile(file, selection, to, moduleNotes)).holdsDetector) singleModuleGains += 1;
  });
  if (singleModuleGains === layout.modules) warnOfSameFile(files.gain, notes);
  await forEachModule(layout, files.mask, faults, notes, async (file, selection, moduleNotes) => {
    to.addMask(selection.moduleIndex, await readMaskFile(file, selection, moduleNotes));
  });
  faults.attempt(() => checkModuleNames(files, notes));
  faults.throwIfAny();
}

/** Read each module's file. If a single file holds all modules, the notes name the module. */
async function forEachModule(
  layout: DetectorLayout,
  files: readonly ConstantsFile[],
  faults: FaultCollector,
  notes: ConstantsNotes,
  read: (file: ConstantsFile, selection: ModuleSelection, moduleNotes: ConstantsNotes) => Promise<void>,
): Promise<void> {
  const isOnlyFile = files.length === 1 && layout.modules > 1;
  for (const { moduleIndex } of layout.places) {
    const file = isOnlyFile ? files[0] : files[moduleIndex];
    if (file === undefined) continue;
    const ofModule = (note: string) => (isOnlyFile ? `${note} (module ${moduleIndex})` : note);
    const moduleNotes: ConstantsNotes = {
      info: (note) => notes.info(ofModule(note), file),
      warn: (note) => notes.warn(ofModule(note), file),
      recorded: (record) => notes.recorded?.(record, file),
    };
    await faults.attemptAsync(() => read(file, { layout, moduleIndex, isOnlyFile }, moduleNotes));
  }
}
