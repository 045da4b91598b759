/** The types that a parameter can be requested as, by name. A `number` may be NaN or infinite (`.nan`, `.inf`). */
export interface ParameterTypes {
  boolean: boolean;
  number: number;
  string: string;
  "string[]": readonly string[];
  "number[]": readonly number[];
  map: Readonly<Record<string, unknown>>;
}

/** A key of {@link ParameterTypes}. */
export type ParameterTypeName = keyof ParameterTypes;

/** The place of a parameter in the configuration. */
export interface ParameterAddress {
  /** A key of the file's first level, such as `data_retrieval_layer`. */
  readonly group: string;
  /** A key of the group. */
  readonly parameter: string;
}

/**
 * A parameter to look up. If it is missing, its default is returned, or `undefined` without a default; a required one
 * causes an error.
 */
export interface ParameterQuery<N extends ParameterTypeName> extends ParameterAddress {
  readonly parameterType: N;
  readonly required?: boolean;
  readonly default?: ParameterTypes[N];
}

/** A monitor's configuration: groups of parameters. */
export interface MonitorParameters {
  /** All parameters of a group, unchanged; empty if the group is absent. */
  getParameterGroup(args: { group: string }): Readonly<Record<string, unknown>>;

  /**
   * Look one parameter up and check its type. A key without a value (`key:`) counts as absent.
   *
   * @throws CONFIGURATION_MISSING_KEY if it is required and absent; CONFIGURATION_WRONG_TYPE. An error that has this
   *         `code` and a property `Symbol.for("om-monitor/MonitorError")` is reported together with the plugin's faults;
   *         any other ends the start-up at once.
   */
  getParameter<N extends ParameterTypeName>(
    query: ParameterQuery<N> & ({ readonly required: true } | { readonly default: ParameterTypes[N] }),
  ): ParameterTypes[N];
  /** As above; undefined if the parameter is absent, not required, and has no default. */
  getParameter<N extends ParameterTypeName>(query: ParameterQuery<N>): ParameterTypes[N] | undefined;

  /** The parameter's place for an error message, such as `monitor.yaml:12: calibration.dark_filenames`. */
  locate(address: ParameterAddress): string;

  /**
   * A file name of the configuration as an absolute path: relative names refer to the configuration's folder. In the
   * reference host, a leading `~/` is the home folder.
   *
   * @param address of the parameter with the name, for an error message
   * @throws CONFIGURATION_BAD_VALUE, as by {@link getParameter}, if the host refuses the name: the reference host refuses
   *         variables, such as `${DATA}`
   */
  resolvePath(filename: string, address?: ParameterAddress): string;
}
