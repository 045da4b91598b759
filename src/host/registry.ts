import type { Registry } from "../api/index.js";
import { nearName } from "../configuration/index.js";
import { HostError } from "../errors.js";

/** Factories by name. */
export class FactoryRegistry<Factory> implements Registry<Factory> {
  readonly #kind: string;
  readonly #factories = new Map<string, Factory>();

  /** @param kind  what the registry contains, for messages: "data source" */
  constructor(kind: string) {
    this.#kind = kind;
  }

  register(name: string, factory: Factory): void {
    if (this.#factories.has(name)) {
      throw new HostError(
        "HOST_NAME_TAKEN",
        `The ${this.#kind} '${name}' is registered already. Remove one plugin.`,
      );
    }
    this.#factories.set(name, factory);
  }

  get(name: string): Factory {
    const factory = this.#factories.get(name);
    if (factory === undefined) throw unknownName(this.#kind, name, this.names());
    return factory;
  }

  names(): readonly string[] {
    return [...this.#factories.keys()];
  }
}

/** @param where  the name's place in the configuration, if any */
export function unknownName(kind: string, name: string, known: readonly string[], where?: string): HostError {
  const hint = known.length === 0 ? "No plugin provides any." : `Known names: ${known.join(", ")}.`;
  const nearest = nearName(name, known);
  const question = nearest === undefined ? "" : ` Did you mean '${nearest}'?`;
  return new HostError(
    "HOST_UNKNOWN_NAME",
    `${where === undefined ? "" : `${where}: `}there is no ${kind} '${name}'. ${hint}${question}`,
  );
}
