import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderDiagnostics } from '../../src/layout/renderDiagnostics.ts';
import type { AgentState } from '../../src/status/agentState.ts';
import { renderStatusMarkdown } from '../../src/status/renderMarkdown.ts';
import { renderStatusText } from '../../src/status/renderText.ts';
import { renderSyncText } from '../../src/status/renderSync.ts';
import { renderFindings } from '../../src/doctor/renderFindings.ts';
import type { FleetStatus, SessionStatus, StatusReport } from '../../src/status/report.ts';
import { visible, visiblePainted } from '../../src/base/visible.ts';

const part = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom(
    '\u001b[31m',
    '\u001b]52;c;x\u0007',
    '\u009b2J',
    '\u202e',
    '\u200b',
    '\u{e0041}',
    '\u2028',
    '\ud800',
    '\r',
    '\n',
    '\t',
    '|',
    '`',
    '<b>',
    '](x)',
    '#',
    '~~',
    '&lt;',
  ),
);
const hostile = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(''));

/** Whatever JSON of another version or a damaged file may hold in the place of a number or a word. */
const anything = fc.oneof(hostile, fc.integer(), fc.constant(null));

const session = fc
  .record({
    id: hostile,
    number: anything,
    name: hostile,
    color: hostile,
    pane: anything,
    window: anything,
    path: hostile,
    port: anything,
    branch: anything,
    base: anything,
    changes: anything,
    staged: anything,
    untracked: anything,
    conflicts: anything,
    ahead: anything,
    behind: anything,
    operation: anything,
    synced_at: fc.constant(null),
    agent: fc.record({
      state: hostile,
      since: fc.constantFrom(null, '2026-01-01T00:00:00Z'),
      detail: fc.oneof(hostile, fc.constant(null)),
      source: hostile,
      session_id: fc.constant(null),
      model: fc.constant(null),
      context_percent: fc.constant(null),
      cost_usd: fc.constant(null),
    }),
    depends_on: fc.constant([]),
    error: fc.oneof(hostile, fc.constant(null)),
  })
  .map(
    (value) =>
      ({ ...value, branch: typeof value.branch === 'number' ? null : value.branch }) as unknown as SessionStatus,
  );
const report = fc
  .record({
    name: hostile,
    layout: fc.constant(null),
    strategy: hostile,
    socket: hostile,
    sessions: fc.array(session, { maxLength: 3 }),
  })
  .map((fleet): StatusReport => ({ version: 1, fleets: [fleet as FleetStatus] }));

const WHOLE = { whole: true };
const STYLE = { whole: true, color: true, columns: 120, now: Date.parse('2026-01-01T01:00:00Z') };

describe('what is printed', () => {
  it('of a status holds no control character of the data, in text and in Markdown', () => {
    fc.assert(
      fc.property(report, (data) => {
        const text = renderStatusText(data, STYLE);
        expect(visiblePainted(text)).toBe(text);
        // Without colours there is none of ours either: what is left came from the data.
        const plain = renderStatusText(data, { ...STYLE, color: false });
        expect(visible(plain)).toBe(plain);
        expect(plain.split('\n')).toHaveLength(2 + (data.fleets[0]?.sessions.length ?? 0));
        const markdown = renderStatusMarkdown(data, WHOLE);
        expect(visible(markdown)).toBe(markdown);
      }),
    );
  });

  it('of a Markdown table stays in its cell', () => {
    fc.assert(
      fc.property(report, (data) => {
        const rows = renderStatusMarkdown(data, WHOLE)
          .split('\n')
          .slice(4)
          .filter((row) => row !== '');
        expect(rows).toHaveLength(data.fleets[0]?.sessions.length ?? 0);
        for (const row of rows) {
          const bare = row.replace(/\\[\\`*_~[\]<>|#&$!]/g, '');
          expect(bare.match(/\|/g)).toHaveLength(8);
          expect(bare).not.toMatch(/[`<>[\]&]/);
        }
      }),
    );
  });

  it('of findings, of a sync and of diagnostics holds none either', () => {
    fc.assert(
      fc.property(hostile, hostile, (one, two) => {
        const row = {
          id: one,
          outcome: 'failed' as const,
          base: two,
          brought: 0,
          made: 0,
          dropped: 0,
          files: [one, two],
          reason: two,
          notes: [one],
        };
        const place = { path: one, line: 1, column: 1, length: 3 };
        const texts = [
          renderFindings(
            [{ level: 'wrong', check: 'x', what: one, mend: two }] as unknown as Parameters<typeof renderFindings>[0],
            false,
          ),
          renderSyncText(
            {
              version: 1,
              fleet: one,
              dry_run: false,
              sessions: [row],
              unreachable: [{ url: one, reason: two }],
            } as unknown as Parameters<typeof renderSyncText>[0],
            { color: false, columns: 100 },
          ),
          renderDiagnostics([{ severity: 'error', code: 'x', message: two, place, hint: one }], new Map([[one, two]]), {
            color: false,
          }),
        ];
        for (const text of texts) expect(visible(text)).toBe(text);
      }),
    );
  });

  it('of a state that nobody knows is that word, with the look of an unknown one', () => {
    const [data] = fc.sample(
      report.filter((found) => found.fleets[0]?.sessions.length === 1),
      1,
    );
    const [fleet] = data?.fleets ?? [];
    const [first] = fleet?.sessions ?? [];
    if (!fleet || !first) throw new Error('no sample');
    const strange: StatusReport = {
      version: 1,
      fleets: [{ ...fleet, sessions: [{ ...first, agent: { ...first.agent, state: 'hyperactive' as AgentState } }] }],
    };
    expect(renderStatusText(strange, STYLE)).toContain('- hyperactive');
    expect(renderStatusMarkdown(strange, WHOLE)).toContain('hyperactive');
  });
});
