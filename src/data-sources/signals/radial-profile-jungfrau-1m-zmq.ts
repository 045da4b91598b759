import type {
  DataSource,
  DataSourceArguments,
  DataSourceDescription,
  ExtractionArguments,
} from "../../api/index.js";
import { DATA_SOURCE_ARGUMENTS, inject, injectable } from "../../injection.js";
import { addressOf, CONFIGURATION_KEYS } from "../../settings/index.js";
import type { DetectorFrame } from "../detector-frame/frame.js";
import { radialSettings } from "./radial-settings.js";
import { type RingMeans, type RingScale, Rings } from "./rings.js";
import { frameName, frameOf } from "./signal-frame.js";

/** Value of a `RadialProfileJungfrau1MZmq`: arrays with one value per ring, from the innermost on. */
export interface RadialProfile {
  /** Unit of {@link centres}. */
  readonly unit: "pixels" | "1/Å";
  /** The middle of each ring: its radius, or q = 4π sin(θ) / λ. */
  readonly centres: Float64Array;
  /** Mean of the good pixels, in the unit of the frame; NaN for a ring without good pixels. */
  readonly mean: Float64Array;
  readonly good_pixels: Uint32Array;
}

/** The mean over rings around the beam centre. */
@injectable()
export class RadialProfileJungfrau1MZmq implements DataSource<RadialProfile> {
  readonly #arguments: DataSourceArguments;
  #frame = "";
  #scale: RingScale | undefined;
  /** Created for the first frame, because its shape is unknown before. */
  #rings: Rings | undefined;

  constructor(@inject(DATA_SOURCE_ARGUMENTS) args: DataSourceArguments) {
    this.#arguments = args;
  }

  get dependsOn(): readonly string[] {
    return [frameName(this.#arguments)];
  }

  /** @throws every fault of its keys together */
  initializeDataSource(): void {
    this.#frame = frameName(this.#arguments);
    this.#scale = radialSettings(this.#arguments);
    this.#rings = undefined;
  }

  getData(args: ExtractionArguments): RadialProfile {
    const { unit, centres, mean, good_pixels } = this.borrowData(args);
    return { unit, centres: centres.slice(), mean, good_pixels };
  }

  /**
   * A profile that is measured when its means or pixels are first read. This takes half as long as
   * calibrating the frame; readers that skip events do not pay for these.
   */
  borrowData(args: ExtractionArguments): RadialProfile {
    const frame = frameOf(args, this.#frame);
    const rings = this.#ringsOf(frame);
    let means: RingMeans | undefined;
    const measured = () => {
      means ??= rings.measure(frame);
      return means;
    };
    return {
      unit: unitOf(this.#scale as RingScale),
      centres: rings.centres,
      get mean() {
        return measured().mean;
      },
      get good_pixels() {
        return measured().goodPixels;
      },
    };
  }

  #ringsOf({ shape }: DetectorFrame): Rings {
    if (String(this.#rings?.shape) !== String(shape))
      this.#rings = new Rings(shape, this.#scale as RingScale);
    return this.#rings as Rings;
  }

  describe(): DataSourceDescription {
    if (this.#scale === undefined) return {};
    const { dataSourceName, monitorParameters } = this.#arguments;
    const { beamCentre, bins, experiment } = this.#scale;
    const where = monitorParameters.locate(addressOf(CONFIGURATION_KEYS.beamCentre, dataSourceName));
    return {
      returns: { dtype: "float64", shape: [bins] },
      facts: [
        { name: "beam_centre", title: "beam centre", value: beamCentre.join(", "), unit: "pixels", where },
        { name: "bins", title: "rings", value: bins },
        { name: "ring_unit", title: "rings in", value: unitOf(this.#scale) },
        ...(experiment === undefined
          ? []
          : [
              {
                name: "detector_distance",
                title: "detector distance",
                value: experiment.distanceMm,
                unit: "mm",
              },
              {
                name: "photon_energy",
                title: "photon energy",
                value: experiment.photonEnergyKeV,
                unit: "keV",
              },
            ]),
      ],
    };
  }

  dispose(): void {
    this.#rings = undefined;
  }
}

function unitOf({ experiment }: RingScale): RadialProfile["unit"] {
  return experiment === undefined ? "pixels" : "1/Å";
}
