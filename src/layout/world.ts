/** What loading a layout may know of the outside, as values: read once by the command, never by the loader. */
export interface World {
  readonly home: string;
  /** Login name, for `{user}` in branch patterns. */
  readonly user: string;
  /** The process environment, for `${VAR}`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder the user stands in; relative paths in `repo` and `workspace` start at `checkout.root ?? cwd`. */
  readonly cwd: string;
  readonly checkout: CheckoutFacts | null;
}

/** The git checkout the user stands in. */
export interface CheckoutFacts {
  readonly root: string;
  /** URL of the remote `origin` as configured; null without one. */
  readonly origin: string | null;
  /** Current branch; null when detached or unborn. */
  readonly branch: string | null;
  /** Globs of the file `.worktreeinclude`, comments and blank lines dropped; empty without the file. */
  readonly worktreeInclude: readonly string[];
}
