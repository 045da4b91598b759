/** Wires stream, events and data sources together: Jungfrau1MZmqDataRetrieval and its event handler. */
export { Jungfrau1MZmqDataRetrieval } from "./data-retrieval.js";
