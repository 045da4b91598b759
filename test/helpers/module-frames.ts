export { aDataEvent, aModuleFrame, FakeModuleStream, modulePayload } from "../../src/testing/index.js";
export { detectorWords as words } from "../../src/testing/module-frames.js";
