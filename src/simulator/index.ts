/** A simulated detector: scenes, the constants that belong to them, and the streams that show them. */

export type { Sent } from "./acquisition.js";
export { darkFrames, darkLength } from "./dark-frames.js";
export { DarkScene, DEFAULT_DARK_SCENE } from "./dark-scene.js";
export { DetectorPorts } from "./detector-ports.js";
export { faultKind, isFaultName, SIMULATED_FAULTS, type SimulatedFault, withFaults } from "./faults/index.js";
export { writeSceneFiles } from "./files.js";
export type { Release } from "./release-header.js";
export { portCountOf, replay } from "./replay.js";
export { DEFAULT_SCENE, makeScene, type Scene, type Spot, sceneFrames } from "./scene.js";
export { SimulatedDetector } from "./simulated-detector.js";
