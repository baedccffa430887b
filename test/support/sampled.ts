/** Set by `scripts/test-campaigns kills`: every row of the long tables. */
const ALL = process.env['CLAUDE_TMUX_TEST_ROWS'] === 'all';

/** The rows of a long table that `scripts/test` runs; the campaign runs all of them. Fails where none is left. */
export function sampled<T>(rows: readonly T[], isChosen: (row: T) => boolean): readonly T[] {
  const chosen = ALL ? rows : rows.filter(isChosen);
  if (chosen.length === 0) throw new Error('a sample of a table has no row');
  return chosen;
}
