/** Names that `claude-tmux complete` lists. */
export type Names = 'layout' | 'fleet' | 'session' | 'closed' | 'template';

/** One option as help, completion and README show it; `flags` in commander's form. */
export interface OptionSpec {
  readonly flags: string;
  readonly help: string;
  /** Allowed values, where they are few. */
  readonly choices?: readonly string[];
  /** What its value is, for completion. */
  readonly completes?: Names | 'path';
}

/** Options that every command takes; each has a value. */
export const GLOBAL_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '-L, --socket-name <name>',
    help: "tmux server by socket name, as tmux's -L (inside tmux that server is the default)",
  },
  { flags: '-S, --socket-path <path>', help: "tmux server by socket path, as tmux's -S", completes: 'path' },
  { flags: '--color <when>', help: 'colour the output', choices: ['auto', 'always', 'never'] },
];
