/** Exit codes of every command; docs/running.md lists them. */
export const EXIT = {
  /** Done, also after the first Ctrl-C. */
  ok: 0,
  /** Something failed while it ran. */
  failed: 1,
  /** Wrong usage, configuration or constants: nothing was started. */
  usage: 2,
  /** A second Ctrl-C. */
  interrupted: 130,
} as const;
