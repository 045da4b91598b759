import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/*
 * Constants files that the project itself never writes.
 */

/** Maps one after the other, each of one value, as /gains holds them. */
export function stackedMaps(
  values: readonly number[],
  shape: readonly number[] = [values.length, 512, 1024],
) {
  const size = shape.reduce((all, one) => all * one, 1) / values.length;
  const data = new Float32Array(values.length * size);
  for (const [index, value] of values.entries()) data.fill(value, index * size, (index + 1) * size);
  return { data, shape };
}

type Hdf5File = InstanceType<typeof import("h5wasm/node")["File"]>;

/** Write HDF5 as the library can. */
export async function withLibrary(path: string, write: (file: Hdf5File) => void): Promise<void> {
  const { File, ready } = await import("h5wasm/node");
  (await ready).activate_throwing_error_handler();
  const file = new File(path, "w");
  write(file);
  file.close();
}

/** Write datasets with a filter of h5wasm-plugins. @param filter  its number and its options */
export async function writeFiltered(
  path: string,
  datasets: Readonly<Record<string, { readonly data: Float32Array; readonly shape: readonly number[] }>>,
  [compression, ...compression_opts]: readonly [number, ...number[]],
): Promise<void> {
  const { Module } = await import("h5wasm/node");
  const plugins = fileURLToPath(new URL("plugins", import.meta.resolve("h5wasm-plugins")));
  await withLibrary(path, (file) => {
    Module.insert_plugin_search_path(plugins, 0);
    for (const [name, { data, shape }] of Object.entries(datasets)) {
      const layout = { shape: [...shape], chunks: [...shape] };
      file.create_dataset({ name, data, ...layout, compression, compression_opts });
    }
    // Or the reader would find them without looking.
    Module.remove_plugin_search_path(0);
  });
}

/** A `.npy` file of version 1. @param descr  the type, such as `<f4` */
export async function writeNpy(
  path: string,
  data: Float32Array | Float64Array | Uint8Array,
  shape: readonly number[],
  { descr = `<f${data.BYTES_PER_ELEMENT}`, isFortran = false } = {},
): Promise<void> {
  const order = isFortran ? "True" : "False";
  const header = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${shape.join(", ")},), }`;
  const text = `${header.padEnd(117)}\n`;
  const start = Buffer.from(`\x93NUMPY\x01\x00${String.fromCharCode(text.length, 0)}${text}`, "latin1");
  await writeFile(
    path,
    Buffer.concat([start, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)]),
  );
}
