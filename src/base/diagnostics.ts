/** A place in a layout file. `line` and `column` count from 1; `length` is in characters of that line. */
export interface Place {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

/** One problem in a layout, as data: the text form and `validate --json` are both rendered from it. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  /** Stable kebab-case name, e.g. `unknown-key`. */
  readonly code: string;
  readonly message: string;
  readonly place: Place;
  /** What to do about it ("did you mean `layout`?"). */
  readonly hint?: string;
}
