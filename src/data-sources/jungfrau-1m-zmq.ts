import {
  CLOCK,
  type Clock,
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
import { ConstantsWatch } from "./detector-frame/constants-watch.js";
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
 * The detector frame of an event, calibrated or raw, as set by `<name>_calibration`.
 *
 * Until it is disposed of, it reserves 66 MB of memory for its constants and the current frame, and touches
 * 43 MB of it, 17 MB more if pedestals follow the frames; a raw source touches 2 MB. While constants are read
 * again, there is a second pair.
 */
@injectable()
export class Jungfrau1MZmq implements DataSource<DetectorFrame> {
  readonly #name: string;
  readonly #parameters: MonitorParameters;
  readonly #layout: DetectorLayout;
  readonly #readConstants: ReadConstants;
  readonly #createKernel: CreateKernel;
  readonly #logger: Logger;
  readonly #clock: Clock;
  #frames: FrameMaker | undefined;
  #check: GainModeCheck | undefined;
  #watch: ConstantsWatch | undefined;
  /** Knowledge about the source after its initialisation, or after a failed one. */
  #known: Known | undefined;
  #reading: Promise<void> | undefined;
  /** Present if pedestals follow the frames: resets them to those of the files. */
  reset?: () => void;

  constructor(
    @inject(DATA_SOURCE_ARGUMENTS) { dataSourceName, monitorParameters }: DataSourceArguments,
    @inject(DETECTOR_LAYOUT) layout: DetectorLayout,
    @inject(READ_CONSTANTS) readConstants: ReadConstants,
    @inject(CREATE_KERNEL) createKernel: CreateKernel,
    @inject(LOGGER) logger: Logger,
    @inject(CLOCK) clock: Clock,
  ) {
    this.#clock = clock;
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
    const known: Known = { geometry, calibration, notes: new FileNotes(this.#logger) };
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
    this.#use(calibrator, calibration, known);
    this.#logger.info(calibrationSummary(calibration));
  }

  /** Pedestals that follow the frames restart from those of the files. Resolves at once for raw frames. */
  reload(): Promise<void> {
    this.#reading ??= this.#readAgain().finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  getData({ event }: { event: JungfrauEvent }): DetectorFrame {
    const frame = this.#initialized().own(withMemory(event));
    this.#watch?.see(event);
    return frame;
  }

  borrowData({ event }: { event: JungfrauEvent }): DetectorFrame {
    const frame = this.#initialized().borrow(withMemory(event));
    this.#watch?.see(event);
    return frame;
  }

  counters(): Record<string, number> {
    return { wrong_constants: this.#check?.wrongConstants ?? 0, ...this.#watch?.counters() };
  }

  warnings(): readonly string[] {
    return this.#watch?.warnings ?? [];
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
    this.#watch = undefined;
    this.#known = undefined;
    delete this.reset;
  }

  async #readAgain(): Promise<void> {
    const inUse = this.#frames;
    const before = this.#known;
    if (inUse === undefined || before === undefined) throw this.#notInitialized();
    const { geometry, calibration } = before;
    if (calibration === undefined) return;
    const known = { ...before, notes: new FileNotes(this.#logger) };
    const calibrator = await this.#calibrator(calibration, geometry, known);
    if (this.#frames !== inUse) return; // it has been disposed of
    this.#known = known;
    this.#use(calibrator, calibration, known);
  }

  /** Use these constants for frames from now on. */
  #use(calibrator: Calibrator, calibration: CalibrationParameters, { geometry, notes }: Known): void {
    // Only now, because it removes pixels without a pedestal or a gain; after a fault, the constants as read
    // are described.
    calibrator.finishConstants();
    const { trackingLimitAdu } = calibration;
    const logger = this.#logger;
    const watch = new ConstantsWatch({
      calibrator,
      records: notes.records,
      trackingLimitAdu,
      clock: this.#clock,
      logger,
    });
    this.#check = new GainModeCheck(calibrator, logger, this.#check?.wrongConstants);
    this.#frames = new CalibratedFrames(calibrator, geometry, this.#check, calibration);
    this.#watch = watch;
    if (trackingLimitAdu === undefined) return;
    this.reset = () => {
      calibrator.resetTracking();
      watch.measure();
      logger.info("Pedestals are those of the dark files again");
    };
  }

  async #calibrator(
    parameters: CalibrationParameters,
    geometry: FrameGeometry,
    known: Known,
  ): Promise<Calibrator> {
    const kernel = await this.#createKernel((note) => this.#logger.warn(note));
    this.#logger.debug(`Calibrating with the ${kernel.path} kernel`);
    const calibrator = calibratorOf(kernel, parameters);
    known.calibrator = calibrator; // before it is filled, so that after a fault the part that was read remains
    await this.#readConstants(parameters.files, calibrator, known.notes);
    for (const { moduleIndex } of this.#layout.places) {
      const mask = geometry.doublePixelMask;
      if (mask !== undefined) calibrator.addMask(moduleIndex, mask);
    }
    return calibrator;
  }

  #initialized(): FrameMaker {
    if (this.#frames !== undefined) return this.#frames;
    throw this.#notInitialized();
  }

  #notInitialized(): HostError {
    return new HostError(
      "HOST_NOT_INITIALIZED",
      `Data source '${this.#name}' is not initialised, or disposed of. Call initializeDataSource first.`,
    );
  }
}

/** The parts of a description. */
interface Known {
  readonly geometry: FrameGeometry;
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

/** Without a photon energy no frame will be calibrated, but gains in keV can still be described. */
function calibratorOf(kernel: Kernel, parameters: CalibrationParameters): Calibrator {
  const isEnergyMissing = parameters.unit === "photons" && Number.isNaN(parameters.photonEnergyKeV);
  return new Calibrator(kernel, isEnergyMissing ? { ...parameters, unit: "keV" } : parameters);
}

/** @throws {HostError} HOST_EVENT_CLOSED if the event's memory has been freed */
function withMemory(event: JungfrauEvent): JungfrauEvent {
  if (event.frames.every(({ raw }) => raw.length > 0)) return event;
  throw new HostError(
    "HOST_EVENT_CLOSED",
    `Event ${event.frameNumber} is closed. Extract its data between openEvent and closeEvent.`,
  );
}
