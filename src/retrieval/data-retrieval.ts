import type { DataRetrieval } from "../api/index.js";
import { inject, injectable } from "../injection.js";
import { Jungfrau1MZmqEventHandler } from "./event-handler.js";

/** The JUNGFRAU 1M's data retrieval, selected by `om.data_retrieval_layer: Jungfrau1MZmqDataRetrieval`. */
@injectable()
export class Jungfrau1MZmqDataRetrieval implements DataRetrieval {
  readonly #eventHandler: Jungfrau1MZmqEventHandler;

  constructor(@inject(Jungfrau1MZmqEventHandler) eventHandler: Jungfrau1MZmqEventHandler) {
    this.#eventHandler = eventHandler;
  }

  getDataEventHandler(): Jungfrau1MZmqEventHandler {
    return this.#eventHandler;
  }
}
