/** Replaces packages that H5Web imports but the page never calls; see vite.config.ts. */
export default function noNdarray(): never {
  throw new Error(
    "This page is built without ndarray: see vite.config.ts. Use a part of H5Web that needs none.",
  );
}
