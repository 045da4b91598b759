import {
  type DataSource,
  type DataSourceArguments,
  LOGGER,
  type Logger,
  type MonitorParameters,
} from "../api/index.js";
import {
  type BadPixelCounts,
  calibrate,
  countMissing,
  type FormulaConstants,
  formulaConstants,
  noBadPixels,
  READ_CONSTANTS,
  type ReadConstants,
} from "../calibration/index.js";
import { BYTES_PER_WORD, DETECTOR_COLUMNS, DETECTOR_PIXELS, DETECTOR_ROWS } from "../detector.js";
import { FaultCollector } from "../errors.js";
import type { JungfrauEvent } from "../events/index.js";
import { DATA_SOURCE_ARGUMENTS, inject, injectable } from "../injection.js";
import { type CalibrationParameters, calibrationParameters } from "./calibration-parameters.js";
import type { DetectorFrame } from "./detector-frame.js";

/** Silicon of 320 µm stops hardly a photon above this energy. */
const IMPLAUSIBLE_PHOTON_ENERGY_KEV = 200;

/** Constants that are ready to use. */
interface Calibration extends CalibrationParameters {
  readonly constants: FormulaConstants;
}

/** The detector frame of an event, calibrated or raw as `<name>_calibration` says. */
@injectable()
export class Jungfrau1MZmq implements DataSource<DetectorFrame> {
  readonly #name: string;
  readonly #parameters: MonitorParameters;
  readonly #readConstants: ReadConstants;
  readonly #logger: Logger;
  /** Undefined for raw frames. */
  #calibration: Calibration | undefined;
  /** The modules' words, together and aligned, before calibration. */
  #scratch = new Uint16Array(0);

  constructor(
    @inject(DATA_SOURCE_ARGUMENTS) { dataSourceName, monitorParameters }: DataSourceArguments,
    @inject(READ_CONSTANTS) readConstants: ReadConstants,
    @inject(LOGGER) logger: Logger,
  ) {
    this.#name = dataSourceName;
    this.#parameters = monitorParameters;
    this.#readConstants = readConstants;
    this.#logger = logger;
  }

  /** @throws every fault of configuration and constants together */
  async initializeDataSource(): Promise<void> {
    const faults = new FaultCollector();
    const parameters = calibrationParameters(this.#name, this.#parameters, faults);
    const constants =
      parameters &&
      (await faults.attemptAsync(() =>
        this.#readConstants(parameters.files, (note) => this.#logger.info(note)),
      ));
    faults.throwIfAny();

    if (parameters === undefined || constants === undefined) {
      this.#calibration = undefined;
      return;
    }
    const { files, unit, photonEnergyKeV } = parameters;
    for (const [first, second] of [files.dark, files.gain]) {
      if (first?.path === second?.path)
        this.#logger.warn(`${second?.where} is the file of the other module too. Name one a module.`);
    }
    if (photonEnergyKeV > IMPLAUSIBLE_PHOTON_ENERGY_KEV) {
      this.#logger.warn(
        `A photon energy of ${photonEnergyKeV} keV is more than a JUNGFRAU sees. Was it meant in eV?`,
      );
    }
    this.#calibration = { ...parameters, constants: formulaConstants(constants, unit, photonEnergyKeV) };
    this.#scratch = new Uint16Array(DETECTOR_PIXELS);
  }

  getData({ event }: { event: JungfrauEvent }): DetectorFrame {
    const frame = {
      shape: [DETECTOR_ROWS, DETECTOR_COLUMNS],
      stride: [DETECTOR_COLUMNS, 1],
      incomplete: event.incomplete,
    } as const;
    if (this.#calibration === undefined) {
      const data = new Uint16Array(DETECTOR_PIXELS);
      assemble(event, data);
      return {
        ...frame,
        dtype: "uint16",
        unit: "raw",
        data,
        badPixels: rawBadPixels(frame.incomplete, data),
      };
    }
    const { constants, fillValue, unit } = this.#calibration;
    assemble(event, this.#scratch);
    const data = new Float32Array(DETECTOR_PIXELS);
    const badPixels = calibrate(this.#scratch, constants, fillValue, data);
    return { ...frame, dtype: "float32", unit, data, fillValue, badPixels };
  }
}

/** Stack the ports' words. By bytes, because a payload may start at an odd address. */
function assemble(event: JungfrauEvent, into: Uint16Array): void {
  const bytes = new Uint8Array(into.buffer);
  for (const { raw, rows, portIndex } of event.frames) {
    bytes.set(raw, portIndex * rows * DETECTOR_COLUMNS * BYTES_PER_WORD);
  }
}

/** Raw words are not judged, but those that the receiver filled in are known. */
function rawBadPixels(incomplete: boolean, data: Uint16Array): BadPixelCounts {
  return incomplete ? { ...noBadPixels(), missing: countMissing(data) } : noBadPixels();
}
