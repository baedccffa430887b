import { paint } from '../base/paint.ts';
import { oneLine, plural } from '../base/text.ts';
import type { Finding, Level } from './finding.ts';

const LOOKS: Readonly<Record<Level, { readonly word: string; readonly color: string }>> = {
  ok: { word: 'ok', color: 'green' },
  note: { word: 'note', color: 'yellow' },
  wrong: { word: 'wrong', color: 'red' },
};

/** The findings for people, a line each and its mend below it; what is wrong stands last, where a terminal shows it. */
export function renderFindings(findings: readonly Finding[], color: boolean): string {
  const count = (level: Level): number => findings.filter((finding) => finding.level === level).length;
  const lines = (['ok', 'note', 'wrong'] as const).flatMap((level) =>
    findings.filter((finding) => finding.level === level).flatMap((finding) => render(finding, color)),
  );
  const sum =
    count('wrong') === 0
      ? `all is well: ${count('ok')} checks, ${plural(count('note'), 'note')}`
      : `${plural(count('wrong'), 'thing')} wrong, ${plural(count('note'), 'note')}`;
  return [...lines, '', sum].map((line) => `${line}\n`).join('');
}

function render({ level, what, mend }: Finding, color: boolean): readonly string[] {
  const { word, color: ink } = LOOKS[level];
  const first = `${paint(word.padEnd(5), ink, color)}  ${oneLine(what)}`;
  return mend === null ? [first] : [first, `       -> ${oneLine(mend)}`];
}

/** The same as data. */
export function findingsAsJson(findings: readonly Finding[]): string {
  return `${JSON.stringify({ version: 1, findings }, null, 2)}\n`;
}
