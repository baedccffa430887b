/**
 * What is done to a session, as far as its state or circumstances matter. `respawn` is what `up` does to a pane whose program has
 * ended. Verbs that only look (`diff`, `path`, `exec`, `rename`) need no permission.
 */
export const VERBS = ['send', 'task', 'sync', 'close', 'restart', 'start', 'down', 'respawn', 'land'] as const;
export type Verb = (typeof VERBS)[number];

/** `ask`: after a yes (`--yes`) only, because something is lost. `no`: whatever the user says. */
export type Answer = 'yes' | 'ask' | 'no';

/** From the least to the most strict. */
export const STRICTNESS: readonly Answer[] = ['yes', 'ask', 'no'];

/** One answer for each of `VERBS`, in their order: a verb without one does not compile. */
type InOrder<List extends readonly Verb[]> = { readonly [At in keyof List]: Answer };

export type Answers = Readonly<Record<Verb, Answer>>;

export function answers(
  ...[send, task, sync, close, restart, start, down, respawn, land]: InOrder<typeof VERBS>
): Answers {
  return { send, task, sync, close, restart, start, down, respawn, land };
}

/** Why a verb is refused or asked about. */
export interface Reason {
  /** Completes `"api" …`. */
  readonly words: string;
  /** What to do; `{id}` stands for the session's id. */
  readonly help: string;
  /** What the verb ends or disturbs, where it is asked about: completes `restart ends …`. */
  readonly loses: string | null;
}
