import { oneLine, plural } from '../base/text.ts';
import { describeChanges, describeDetail, describeDistance } from './renderText.ts';
import { describeBranch, isUp, type StatusReport } from './report.ts';

/** The report as Markdown tables, one a fleet: for a status file or a chat. Text of users cannot break out of its cell. */
export function renderStatusMarkdown(report: StatusReport, { whole }: { readonly whole: boolean }): string {
  return report.fleets
    .map((fleet) => {
      if (!whole && !isUp(fleet))
        return `## ${cell(fleet.name)}\n\nDown, ${plural(fleet.sessions.length, 'session')}.\n`;
      const rows = fleet.sessions.map((session) =>
        [
          String(session.number),
          session.name,
          session.agent.state,
          describeBranch(session) ?? '-',
          describeChanges(session),
          describeDistance(session),
          describeDetail(session),
        ]
          .map(cell)
          .join(' | '),
      );
      return [
        `## ${cell(fleet.name)}`,
        '',
        '| # | Session | State | Branch | Changes | Ahead/behind | Detail |',
        '|---|---|---|---|---|---|---|',
        ...rows.map((row) => `| ${row} |`),
        '',
      ].join('\n');
    })
    .join('\n');
}

function cell(text: string): string {
  return oneLine(text).replace(/[\\`*_~[\]<>|#&$!]/g, (character) => `\\${character}`);
}
