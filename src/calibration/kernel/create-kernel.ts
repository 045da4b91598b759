import { type DetectorLayout, JUNGFRAU_1M } from "../../detector.js";
import { CalibrationError, ConfigurationError, messageOf } from "../../errors.js";
import type { Kernel } from "./kernel.js";

/** Resolves to a {@link CreateKernel}. */
export const CREATE_KERNEL = Symbol.for("om-jungfrau-zmq/CreateKernel");

/**
 * Make a kernel with memory of its own.
 *
 * @param note  told if the faster kernel cannot be had
 */
export type CreateKernel = (note: (note: string) => void) => Promise<Kernel>;

/** The detector that assembly/layout.ts has memory for. A detector of another size is calibrated by the scalar kernel. */
const SIMD_LAYOUT = JUNGFRAU_1M;

/**
 * Choose how kernels are made.
 *
 * @param wanted  `simd` or `scalar`; by default SIMD where this machine has it, and the detector fits. Another name is a
 *                ConfigurationError, CONFIGURATION_BAD_VALUE, when a kernel is to be made
 */
export function kernelCreator(layout: DetectorLayout, wanted: string | undefined): CreateKernel {
  const createScalar = () => scalarKernel(layout);
  const createSimd = () => simdKernel(layout);
  if (wanted === "scalar") return createScalar;
  if (wanted === "simd") return createSimd;
  if (wanted === undefined || wanted === "") {
    return fitsSimd(layout) ? (note) => fastestKernel(layout, note) : createScalar;
  }
  return async () => {
    throw new ConfigurationError(
      "CONFIGURATION_BAD_VALUE",
      `The environment variable ${KERNEL_VARIABLE} is '${wanted}'. Write simd or scalar, or leave it out.`,
    );
  };
}

/** The environment variable that chooses a kernel. */
export const KERNEL_VARIABLE = "OM_JUNGFRAU_KERNEL";

// Each is imported when it is wanted: the SIMD kernel carries its compiled module with it.
async function scalarKernel(layout: DetectorLayout): Promise<Kernel> {
  const { ScalarKernel } = await import("./scalar-kernel.js");
  return new ScalarKernel(layout);
}

async function simdKernel(layout: DetectorLayout): Promise<Kernel> {
  if (!fitsSimd(layout)) throw noSimd(new Error(`it is compiled for a ${SIMD_LAYOUT.name}`));
  const { SimdKernel } = await import("./simd-kernel.js");
  try {
    return new SimdKernel(layout);
  } catch (error) {
    throw noSimd(error);
  }
}

async function fastestKernel(layout: DetectorLayout, note: (note: string) => void): Promise<Kernel> {
  try {
    return await simdKernel(layout);
  } catch (error) {
    note(`Calibrating without SIMD, several times slower: ${messageOf(error)}`);
    return scalarKernel(layout);
  }
}

function fitsSimd({ pixels }: DetectorLayout): boolean {
  return pixels === SIMD_LAYOUT.pixels;
}

function noSimd(cause: unknown): CalibrationError {
  return new CalibrationError(
    "CALIBRATION_NO_SIMD",
    `The SIMD kernel cannot run here: ${messageOf(cause)}. Leave ${KERNEL_VARIABLE} out to use the scalar one.`,
    { cause },
  );
}
