import { ok, wrong, type Finding } from './finding.ts';

/** One link between a hook and the bar, tried. */
export interface Link {
  readonly id: 'hook' | 'inbox' | 'state' | 'text' | 'published';
  /** What it does, when it holds. */
  readonly what: string;
  /** Milliseconds. */
  readonly ms: number;
  /** What broke; null when it held. */
  readonly problem: string | null;
}

/** The links in their order; behind a broken one nothing was tried. */
export function chainFindings(links: readonly Link[]): readonly Finding[] {
  return links.map(({ id, what, ms, problem }) =>
    problem === null ? ok(`chain-${id}`, `${what} (${ms.toFixed(1)} ms)`) : wrong(`chain-${id}`, problem, MENDS[id]),
  );
}

const MENDS: Readonly<Record<Link['id'], string>> = {
  hook: 'a folder from which no program may be run (noexec) cannot hold the hook: set XDG_STATE_HOME to another one; else install claude-tmux again',
  inbox: 'see whether the disk is full; else install claude-tmux again',
  state: 'this is a bug of claude-tmux: please report it with the output of `claude-tmux doctor --json`',
  text: 'this is a bug of claude-tmux: please report it with the output of `claude-tmux doctor --json`',
  published: 'claude-tmux watch --stop, then claude-tmux watch --start',
};
