/** Version of this contract; a manifest's `engines.monitorApi` is matched against it. */
export const MONITOR_API_VERSION = "1.2.0";

// Symbol.for, so that two copies of this package mean the same token.

/** Resolves to a `Logger`. */
export const LOGGER = Symbol.for("om-monitor/Logger");
/** Resolves to a `Clock`. */
export const CLOCK = Symbol.for("om-monitor/Clock");
/** Resolves to a `StatusRegistry`. */
export const STATUS_REGISTRY = Symbol.for("om-monitor/StatusRegistry");
