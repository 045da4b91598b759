/** A detector that is not there: scenes, the constants that belong to them, and the streams that show them. */
export { writeSceneFiles } from "./files.js";
export { DEFAULT_SCENE, makeScene, type Spot } from "./scene.js";
export { SimulatedDetector } from "./simulated-detector.js";
