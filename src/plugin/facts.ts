/** What one look at a tmux server tells the plugin. */
export interface PluginFacts {
  /** Options by name, empty ones left out: those of the user (OPTIONS, KEYS). */
  readonly options: Readonly<Record<string, string>>;
  readonly statusRight: string;
  /** True when some other global option holds the placeholder, so that the bar has its place. */
  readonly placedElsewhere: boolean;
  /**
   * What a key of the prefix table does, as `list-keys` prints it, by the key as the user writes it; null when it is free. Asked for
   * are those of the options, those of the last load, and the defaults; one that tmux does not know is missing.
   */
  readonly bindings: Readonly<Record<string, string | null>>;
  /** Hidden global variables of ours, by name. */
  readonly variables: Readonly<Record<string, string>>;
  /** Global hooks at an index of ours: `client-attached[9138]`. */
  readonly hooks: readonly string[];
}

/** True for a binding that this plugin made, from whatever folder. */
export function isOurs(binding: string | null | undefined): boolean {
  return /\/tmux-plugin\/(run|plugin)\.sh\b/.test(binding ?? '');
}

/** The keys that the last load bound: they may be others than those of the options now. `hint` says that there was no program. */
export function recordedKeys(variable: string | undefined): readonly string[] {
  return (variable ?? '').split(' ').filter((word) => word !== '' && word !== 'hint');
}
