/** `wrong` keeps something from working and makes the exit code 1; a `note` is good to know. */
export type Level = 'ok' | 'note' | 'wrong';

/** What one check came to. `doctor --json` promises these keys. */
export interface Finding {
  /** Which check it is; two clones that are gone are two findings of one id. */
  readonly id: string;
  readonly level: Level;
  /** What is the matter, and where. */
  readonly what: string;
  /** What to do about it; null where nothing is to be done. */
  readonly mend: string | null;
}

export function ok(id: string, what: string): Finding {
  return { id, level: 'ok', what, mend: null };
}

export function note(id: string, what: string, mend: string): Finding {
  return { id, level: 'note', what, mend };
}

export function wrong(id: string, what: string, mend: string): Finding {
  return { id, level: 'wrong', what, mend };
}
