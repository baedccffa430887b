/** A whole terminal, taken over by one command. What stood there before comes back with `close`, however the program ends. */
export interface Screen {
  readonly size: { readonly columns: number; readonly rows: number };
  /** Shows these lines from the top, one row each; only rows that have changed are drawn. */
  show(lines: readonly string[]): void;
  /** What the user does next: a key as the terminal sends it (`q`, `\x1b`), `resize`, or null when the terminal or the program ends. */
  next(): Promise<string | null>;
  close(): void;
}
