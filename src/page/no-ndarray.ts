/** Stands for packages that H5Web imports and the page never calls: see the build's configuration. */
export default function noNdarray(): never {
  throw new Error(
    "This page is built without ndarray: see vite.config.ts. Use a part of H5Web that needs none.",
  );
}
