/** A variable of the layout in a script: the script takes the value from its own environment, so that it stands nowhere in it. */
export interface ScriptVariable {
  /** Whose it is. */
  readonly pane: string;
  /** What the session knows it as. */
  readonly name: string;
  /** What the script takes it from: the same name, or one for this session alone. */
  readonly from: string;
  /** True when the layout's own value is empty: the script's may be so too. */
  readonly mayBeEmpty: boolean;
}

type Sessions = readonly { readonly id: string; readonly env: Readonly<Record<string, string>> }[];

/** One name for each value: `TOKEN` where all sessions that have it agree, `TOKEN_FOR_API` for each of them where they do not. */
export function nameVariables(sessions: Sessions): readonly ScriptVariable[] {
  const taken = new Set(sessions.flatMap(({ env }) => Object.keys(env)));
  return sessions.flatMap(({ id, env }) =>
    Object.entries(env).map(([name, value]) => {
      const from = agree(sessions, name) ? name : nameFor(name, id, taken);
      taken.add(from);
      return { pane: id, name, from, mayBeEmpty: value === '' };
    }),
  );
}

function agree(sessions: Sessions, name: string): boolean {
  return new Set(sessions.flatMap(({ env }) => (Object.hasOwn(env, name) ? [env[name]] : []))).size === 1;
}

/** `a-b` and `a_b` are two sessions, and a layout may have a variable of just this name. */
function nameFor(name: string, id: string, taken: ReadonlySet<string>): string {
  const wanted = `${name}_FOR_${id.toUpperCase().replaceAll('-', '_')}`;
  let free = wanted;
  for (let count = 2; taken.has(free); count++) free = `${wanted}_${count}`;
  return free;
}

/** Stands for the value in a rendered launch file. */
export function markOf({ from }: ScriptVariable): string {
  return `(value of ${from})`;
}
