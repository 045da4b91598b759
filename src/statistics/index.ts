export { median } from "./median.js";
export { nthSmallest } from "./nth-smallest.js";
