import type {
  DataSource,
  DataSourceArguments,
  DataSourceDescription,
  ExtractionArguments,
} from "../../api/index.js";
import type { PixelRange, PixelRegion } from "../../calibration/index.js";
import { ConfigurationError, FaultCollector } from "../../errors.js";
import { DATA_SOURCE_ARGUMENTS, inject, injectable } from "../../injection.js";
import { addressOf, CONFIGURATION_KEYS, readSetting } from "../../settings/index.js";
import { frameName, frameOf } from "./signal-frame.js";

/** Value of a `RegionOfInterestJungfrau1MZmq`: of good pixels, in the unit of the frame. */
export interface RegionOfInterest {
  readonly sum: number;
  /** Null without good pixels, like the maximum. */
  readonly mean: number | null;
  readonly maximum: number | null;
  readonly good_pixels: number;
}

const KEYS = { rows: CONFIGURATION_KEYS.regionRows, columns: CONFIGURATION_KEYS.regionColumns };

/** Sum, mean and maximum of a rectangle of a frame, given in rows and columns of the frame, gaps included. */
@injectable()
export class RegionOfInterestJungfrau1MZmq implements DataSource<RegionOfInterest> {
  readonly #arguments: DataSourceArguments;
  #frame = "";
  #region: PixelRegion | undefined;

  constructor(@inject(DATA_SOURCE_ARGUMENTS) args: DataSourceArguments) {
    this.#arguments = args;
  }

  get dependsOn(): readonly string[] {
    return [frameName(this.#arguments)];
  }

  /** @throws every fault of its keys together */
  initializeDataSource(): void {
    const faults = new FaultCollector();
    const frame = faults.attempt(() => frameName(this.#arguments));
    const rows = faults.attempt(() => this.#range("rows"));
    const columns = faults.attempt(() => this.#range("columns"));
    faults.throwIfAny();
    this.#frame = frame as string;
    this.#region = { rows: rows as PixelRange, columns: columns as PixelRange };
  }

  /** @throws {ConfigurationError} CONFIGURATION_BAD_VALUE if the region is not within the frame */
  getData(args: ExtractionArguments): RegionOfInterest {
    const frame = frameOf(args, this.#frame);
    const region = this.#region as PixelRegion;
    for (const [axis, name] of (["rows", "columns"] as const).entries()) {
      const size = frame.shape[axis as 0 | 1];
      if (region[name][1] > size) throw this.#fault(name, `but the frame has ${size} ${name}`);
    }
    const { sum, max, count } = frame.measureRegion(region);
    return { sum, mean: count === 0 ? null : sum / count, maximum: max, good_pixels: count };
  }

  describe(): DataSourceDescription {
    if (this.#region === undefined) return {};
    const { rows, columns } = this.#region;
    const fact = (name: "rows" | "columns", [from, to]: PixelRange) => ({
      name,
      title: name,
      value: `${from} to ${to - 1}`,
      where: this.#where(name),
    });
    return {
      signals: ["sum", "mean", "maximum", "good_pixels"],
      facts: [fact("rows", rows), fact("columns", columns)],
    };
  }

  #range(name: keyof typeof KEYS): PixelRange {
    const { dataSourceName, monitorParameters } = this.#arguments;
    const [from, to] = readSetting(monitorParameters, KEYS[name], dataSourceName) as unknown as PixelRange;
    if (from < to) return [from, to];
    throw new ConfigurationError(
      "CONFIGURATION_BAD_VALUE",
      `${this.#where(name)} is [${from}, ${to}]. Write ${KEYS[name].write}.`,
    );
  }

  #fault(name: keyof typeof KEYS, reason: string): ConfigurationError {
    const [from, to] = this.#region?.[name] ?? [];
    return new ConfigurationError(
      "CONFIGURATION_BAD_VALUE",
      `${this.#where(name)} is [${from}, ${to}], ${reason}. Choose a region within it.`,
    );
  }

  #where(name: keyof typeof KEYS): string {
    const { dataSourceName, monitorParameters } = this.#arguments;
    return monitorParameters.locate(addressOf(KEYS[name], dataSourceName));
  }
}
