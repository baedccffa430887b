import { describe, expect, it } from 'vitest';
import { diagnose } from '../../src/doctor/diagnose.ts';
import type { FleetReading } from '../../src/doctor/fleets.ts';
import { renderFindings } from '../../src/doctor/renderFindings.ts';
import { FRAGMENT } from '../../src/plugin/names.ts';
import { CASES, level } from './cases.ts';
import { type Differences, factsWith, NOW } from './facts.ts';

/** `level id: what` of everything that is not ok. */
function found(given: Differences): readonly string[] {
  return diagnose(factsWith(given), NOW).flatMap(({ level, id, what }) =>
    level === 'ok' ? [] : [`${level} ${id}: ${what}`],
  );
}

describe('a diagnosis', () => {
  it('finds nothing where all is well', () => {
    expect(found({})).toEqual([]);
  });

  it.each(CASES)('of %s is one finding', (_, given, expected) => {
    expect(found(given)).toEqual([expect.stringMatching(expected)]);
  });

  it('names a mend for all that is not ok, and none for what is', () => {
    const findings = CASES.flatMap(([, given]) => diagnose(factsWith(given), NOW));
    expect(findings.filter(({ level: how, mend }) => (how === 'ok') !== (mend === null))).toEqual([]);
  });

  it('names the file that switches hooks off once, with all whom it reaches and nobody else', () => {
    const { hooks } = factsWith({});
    const session = hooks.sessions[0] ?? expect.fail();
    const off = { ...session, settings: [level('user', true)] };
    const on = { ...session, id: 'db', settings: [level('user', true), level('project', false)] };
    expect(found({ rest: { hooks: { ...hooks, sessions: [off, { ...off, id: 'be' }, on] } } })).toEqual([
      expect.stringMatching(/for fe of shop, be of shop: /),
    ]);
  });

  it("speaks of the user's settings also before there is a fleet", () => {
    expect(found({ rest: { hooks: { everywhere: [level('user', true)], sessions: [], folders: [] } } })).toEqual([
      expect.stringMatching(/^wrong hooks-off/),
    ]);
  });

  it('of a fleet that is down takes agents that live for wrong, and clones that are gone for a note', () => {
    const fleet = {
      isUp: false,
      living: [{ id: 'fe', pid: 42 }],
      clones: [{ id: 'fe', path: '/ws/fe', isThere: false, error: null, hooks: null }],
    };
    expect(found({ fleet })).toEqual([
      expect.stringMatching(/^wrong agent-without-pane: "fe" of shop still runs \(pid 42\)/),
      expect.stringMatching(/^note clone/),
    ]);
  });

  it('takes fleets that are down for what is in order, in one line', () => {
    const {
      fleets: [up],
      ...rest
    } = factsWith({});
    if (up === undefined) throw new Error('no fleet');
    const down = ['a', 'b'].map((name) => ({ ...up, name, isUp: false }));
    const of = (fleets: readonly FleetReading[]) =>
      diagnose({ ...rest, fleets }, NOW)
        .filter(({ id }) => id === 'fleet')
        .map(({ level, what }) => `${level} ${what}`);
    expect(of([up, ...down])).toEqual(['ok the fleet "shop" is up', 'ok 2 fleets are down: "a", "b"']);
    expect(of(down.slice(1))).toEqual(['ok the fleet "b" is down; claude-tmux up b brings it back']);
  });

  it('asks for no watcher where there is nothing to watch', () => {
    expect(found({ watcher: { wanted: null, process: null, answer: null, heartbeat: null } })).toEqual([]);
  });

  it("takes a placeholder anywhere for the bar's place", () => {
    expect(found({ plugin: { statusRight: 'x', placedElsewhere: true } })).toEqual([]);
    expect(found({ plugin: { statusRight: `theme ${FRAGMENT}` } })).toEqual([]);
  });
});

it('the text has what is wrong last, with its mend below, and no control character of anybody', () => {
  const findings = diagnose(
    factsWith({ options: { status: 'off' }, session: { folder: '/w\u001b[31ms', isTrusted: false } }),
    NOW,
  );
  const lines = renderFindings(findings, false).trimEnd().split('\n');
  expect(lines.slice(-6)).toEqual([
    'note   `status` is off: no bar is shown, and fleets get no line of their own',
    '       -> tmux set -g status on',
    'wrong  Claude Code does not trust /w\\u001b[31ms (fleet "shop"): it asks in the pane, and runs no hook before',
    '       -> answer it there; claude-tmux restart SESSION from a terminal asks once for the repository',
    '',
    '1 thing wrong, 1 note',
  ]);
});
