type Environment = Readonly<Record<string, string | undefined>>;

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}/g;

/** `${VAR}` and `${VAR:-default}` replaced, once: what a value holds is not looked at again. A variable that is not set stays as written. */
export function takeVariables(text: string, env: Environment): string {
  return text.replace(
    VARIABLE,
    (written, name: string, fallback: string | undefined) => env[name] ?? fallback ?? written,
  );
}

/** Names of the variables that `text` takes without a default and that are not set. */
export function unsetVariables(text: string, env: Environment): string[] {
  return [...text.matchAll(VARIABLE)].flatMap(([, name = '', fallback]) =>
    env[name] === undefined && fallback === undefined ? [name] : [],
  );
}
