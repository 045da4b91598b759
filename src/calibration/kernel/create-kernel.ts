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

/**
 * Choose how kernels are made.
 *
 * @param wanted  `simd` or `scalar`; by default SIMD where this machine has it. Another name is a ConfigurationError,
 *                CONFIGURATION_BAD_VALUE, when a kernel is to be made
 */
export function kernelCreator(wanted: string | undefined): CreateKernel {
  if (wanted === "scalar") return createScalar;
  if (wanted === "simd") return createSimd;
  if (wanted === undefined || wanted === "") return createFastest;
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
async function createScalar(): Promise<Kernel> {
  const { ScalarKernel } = await import("./scalar-kernel.js");
  return new ScalarKernel();
}

async function createSimd(): Promise<Kernel> {
  const { SimdKernel } = await import("./simd-kernel.js");
  try {
    return new SimdKernel();
  } catch (error) {
    throw new CalibrationError(
      "CALIBRATION_NO_SIMD",
      `The SIMD kernel cannot run here: ${messageOf(error)}. Leave ${KERNEL_VARIABLE} out to use the scalar one.`,
      { cause: error },
    );
  }
}

async function createFastest(note: (note: string) => void): Promise<Kernel> {
  try {
    return await createSimd();
  } catch (error) {
    note(`Calibrating without SIMD, several times slower: ${messageOf(error)}`);
    return createScalar();
  }
}
