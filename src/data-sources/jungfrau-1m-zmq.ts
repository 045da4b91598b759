import {
  type DataSource,
  type DataSourceArguments,
  type DataSourceDescription,
  LOGGER,
  type Logger,
  type MonitorParameters,
  type ReturnedValue,
} from "../api/index.js";
import { Calibrator, CREATE_KERNEL, type CreateKernel, type Kernel } from "../calibration/index.js";
import { READ_CONSTANTS, type ReadConstants } from "../constants/index.js";
import type { DetectorLayout } from "../detector.js";
import { FaultCollector, HostError } from "../errors.js";
import type { JungfrauEvent } from "../events/index.js";
import { DATA_SOURCE_ARGUMENTS, DETECTOR_LAYOUT, inject, injectable } from "../injection.js";
import { CalibratedFrames } from "./detector-frame/calibrated-frames.js";
import { calibrationSummary } from "./detector-frame/calibration-summary.js";
import { constantsTable } from "./detector-frame/constants-table.js";
import { FileNotes } from "./detector-frame/file-notes.js";
import type { DetectorFrame } from "./detector-frame/frame.js";
import type { FrameGeometry } from "./detector-frame/frame-geometry.js";
import type { FrameMaker } from "./detector-frame/frame-maker.js";
import { type CalibrationParameters, frameSettings } from "./detector-frame/frame-settings.js";
import { GainModeCheck } from "./detector-frame/gain-mode-check.js";
import { keepFreedMemory } from "./detector-frame/owned-memory.js";
import { RawFrames } from "./detector-frame/raw-frames.js";
import { WordStatistics } from "./detector-frame/word-statistics.js";

/**
 * The detector frame of an event, calibrated or raw as `<name>_calibration` says.
 *
 * It holds 43 MB of memory for its constants and the frame in work until it is disposed of; a raw source touches only 2 MB
 * of it.
 */
@injectable()
export class Jungfrau1MZmq implements DataSource<DetectorFrame> {
  readonly #name: string;
  readonly #parameters: MonitorParameters;
  readonly #layout: DetectorLayout;
  readonly #readConstants: ReadConstants;
  readonly #createKernel: CreateKernel;
  readonly #logger: Logger;
  #frames: FrameMaker | undefined;
  #check: GainModeCheck | undefined;
  /** What is known of the source when it is initialised, or has failed to be. */
  #known: Known | undefined;

  constructor(
    @inject(DATA_SOURCE_ARGUMENTS) { dataSourceName, monitorParameters }: DataSourceArguments,
    @inject(DETECTOR_LAYOUT) layout: DetectorLayout,
    @inject(READ_CONSTANTS) readConstants: ReadConstants,
    @inject(CREATE_KERNEL) createKernel: CreateKernel,
    @inject(LOGGER) logger: Logger,
  ) {
    this.#name = dataSourceName;
    this.#parameters = monitorParameters;
    this.#layout = layout;
    this.#readConstants = readConstants;
    this.#createKernel = createKernel;
    this.#logger = logger;
  }

  /** @throws every fault of configuration and constants together */
  async initializeDataSource(): Promise<void> {
    this.dispose();
    keepFreedMemory();
    const warn = (message: string) => this.#logger.warn(message);
    const settings = frameSettings(this.#layout, this.#name, this.#parameters, warn);
    const { geometry, calibration } = settings;
    const known: Known = { calibration, notes: new FileNotes(this.#logger) };
    if (settings.faults.length === 0) known.returns = returnedValue(geometry, calibration);
    this.#known = known;
    const faults = new FaultCollector();
    for (const fault of settings.faults) faults.add(fault);
    const calibrator =
      calibration && (await faults.attemptAsync(() => this.#calibrator(calibration, geometry, known)));
    faults.throwIfAny();

    if (calibration === undefined || calibrator === undefined) {
      this.#frames = new RawFrames(geometry, new WordStatistics(this.#createKernel));
      return;
    }
    // After a fault they stay as they were read: what finishing takes from one that lacks the other can be described.
    calibrator.finishConstants();
    this.#logger.info(calibrationSummary(calibration));
    this.#check = new GainModeCheck(calibrator, this.#logger);
    this.#frames = new CalibratedFrames(calibrator, geometry, this.#check, calibration);
  }

  getData({ event }: { event: JungfrauEvent }): DetectorFrame {
    return this.#initialized().own(withMemory(event));
  }

  borrowData({ event }: { event: JungfrauEvent }): DetectorFrame {
    return this.#initialized().borrow(withMemory(event));
  }

  counters(): Record<string, number> {
    return { wrong_constants: this.#check?.wrongConstants ?? 0 };
  }

  describe(): DataSourceDescription {
    if (this.#known === undefined) return {};
    const { returns, calibration, calibrator, notes } = this.#known;
    if (calibration === undefined) return { returns };
    const { files, photonEnergyKeV, photonEnergyWhere: where } = calibration;
    const value = Number.isNaN(photonEnergyKeV) ? null : photonEnergyKeV;
    const energy = { name: "photon_energy", title: "photon energy", value, unit: "keV", where };
    return {
      returns,
      facts: calibration.unit === "photons" ? [energy] : [],
      files: [...files.dark, ...files.gain, ...files.mask].map((file) => notes.describe(file)),
      tables: calibrator && [
        constantsTable(calibrator, calibration.unit !== "adu", this.#frames === undefined),
      ],
    };
  }

  dispose(): void {
    this.#frames = undefined;
    this.#check = undefined;
    this.#known = undefined;
  }

  async #calibrator(
    parameters: CalibrationParameters,
    geometry: FrameGeometry,
    known: Known,
  ): Promise<Calibrator> {
    const kernel = await this.#createKernel((note) => this.#logger.warn(note));
    this.#logger.debug(`Calibrating with the ${kernel.path} kernel`);
    const calibrator = calibratorOf(kernel, parameters);
    known.calibrator = calibrator; // before it is filled: of a fault, what could be read is left
    await this.#readConstants(parameters.files, calibrator, known.notes);
    for (const { moduleIndex } of this.#layout.places) {
      const mask = geometry.doublePixelMask;
      if (mask !== undefined) calibrator.addMask(moduleIndex, mask);
    }
    return calibrator;
  }

  #initialized(): FrameMaker {
    if (this.#frames !== undefined) return this.#frames;
    throw new HostError(
      "HOST_NOT_INITIALIZED",
      `Data source '${this.#name}' is not initialised, or disposed of. Call initializeDataSource first.`,
    );
  }
}

/** What there is to describe. */
interface Known {
  returns?: ReturnedValue;
  /** Undefined for raw frames. */
  readonly calibration: CalibrationParameters | undefined;
  calibrator?: Calibrator;
  readonly notes: FileNotes;
}

function returnedValue(
  { shape }: FrameGeometry,
  calibration: CalibrationParameters | undefined,
): ReturnedValue {
  if (calibration === undefined) return { dtype: "uint16", shape, unit: "raw" };
  return { dtype: calibration.rounded ? "int32" : "float32", shape, unit: calibration.unit };
}

/** Where the photon energy is missing no frame will be calibrated, and gains in keV can still be described. */
function calibratorOf(kernel: Kernel, parameters: CalibrationParameters): Calibrator {
  const isEnergyMissing = parameters.unit === "photons" && Number.isNaN(parameters.photonEnergyKeV);
  return new Calibrator(kernel, isEnergyMissing ? { ...parameters, unit: "keV" } : parameters);
}

/** @throws {HostError} HOST_EVENT_CLOSED if the event's memory has been given back */
function withMemory(event: JungfrauEvent): JungfrauEvent {
  if (event.frames.every(({ raw }) => raw.length > 0)) return event;
  throw new HostError(
    "HOST_EVENT_CLOSED",
    `Event ${event.frameNumber} is closed. Extract its data between openEvent and closeEvent.`,
  );
}
