import { expect, test } from 'vitest';
import { clicksOn } from '../../src/watch/look.ts';
import { parseTmuxVersion } from '../../src/plan/tmuxVersion.ts';
import type { TmuxWindow } from '../../src/plan/snapshot.ts';

/** A window of `panes` panes. */
function windowOf(index: number, panes: number, active = false): TmuxWindow {
  const all = Array.from({ length: panes }, (_, at) => ({
    id: `%${index}${at}`,
    session: null,
    active: at === 0,
    dead: false,
    pid: 1,
  }));
  return { id: `@${index}`, index, active, zoomed: false, columns: 80, rows: 24, panes: all };
}

test.each([
  { version: '3.5a', panes: 2, group: '', clicks: null, why: 'its own binding says nothing to a pane' },
  { version: '3.6', panes: 2, group: '', clicks: '@3', why: 'its panes can be told apart' },
  { version: 'next-3.8', panes: 2, group: '', clicks: '@3', why: 'its panes can be told apart' },
  {
    version: '3.7c',
    panes: 1,
    group: '',
    clicks: null,
    why: 'a text from before the last change of windows still leads there',
  },
  { version: '3.7c', panes: 2, group: 'two', clicks: null, why: 'sessions of a group share the text' },
])(
  'tmux $version, $panes panes in the window shown, group "$group": panes to click in $clicks, as $why',
  ({ version, panes, group, clicks }) => {
    const parsed = parseTmuxVersion(version);
    if (parsed === null) throw new Error(`${version} is no version`);
    const session = { group, windows: [windowOf(3, panes, true), windowOf(4, 2)] };
    expect(clicksOn(session, { version: parsed })).toEqual({ windowIndexes: { '@3': 3, '@4': 4 }, paneClicks: clicks });
  },
);
