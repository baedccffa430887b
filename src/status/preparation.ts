/** What a pane does before its program runs, as its launch file (tmux-plugin/gate.sh) tells. */
export type Preparation =
  | { readonly kind: 'setup' }
  /** `text`: `waits for a free start`. */
  | { readonly kind: 'waits'; readonly text: string }
  /** Over, and nothing was started. */
  | { readonly kind: 'setup-failed'; readonly code: number | null }
  | { readonly kind: 'not-started'; readonly text: string };

/** Reads the lines after those that say whose they are; null for none. */
export function parsePreparation([word = '', detail = '']: readonly string[]): Preparation | null {
  if (word === '') return null;
  if (word === 'setup') return { kind: 'setup' };
  if (word === 'setup-failed') return { kind: 'setup-failed', code: /^\d+$/.test(detail) ? Number(detail) : null };
  if (word === 'not-started') return { kind: 'not-started', text: detail };
  return { kind: 'waits', text: word };
}

/** True for what is over: nothing runs, and nothing is about to. */
export function isOver({ kind }: Preparation): boolean {
  return kind === 'setup-failed' || kind === 'not-started';
}

/** For people. */
export function describePreparation(preparation: Preparation): string {
  switch (preparation.kind) {
    case 'setup':
      return 'its setup runs';
    case 'waits':
      return preparation.text;
    case 'not-started':
      return `${preparation.text}; press r in its pane, or claude-tmux up`;
    case 'setup-failed':
      return `its setup ended with exit code ${preparation.code ?? 'unknown'}; press r in its pane, or claude-tmux up`;
  }
}
