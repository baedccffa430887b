import { basename, dirname } from 'node:path';
import { approvedName } from '../agent/mcp.ts';
import type { Context } from '../apply/context.ts';
import { exactLine, oneLine } from '../base/text.ts';
import { redact } from '../git/remoteUrl.ts';
import type { Untrusted } from './untrusted.ts';

/** What `up` would like to do so that Claude Code works in the clones as in the checkout; each only on the user's yes. */
export type Wish =
  | { readonly kind: 'trust'; readonly repo: string; readonly untrusted: readonly Untrusted[] }
  | { readonly kind: 'servers'; readonly checkout: string; readonly servers: readonly string[] }
  | { readonly kind: 'settings'; readonly checkout: string; readonly names: readonly string[] };

/** Puts all wishes in one question and resolves to those that are granted. */
export async function askWishes(context: Context, wishes: readonly Wish[]): Promise<readonly Wish[]> {
  if (wishes.length === 0) return [];
  context.talk(describeWishes(wishes));
  if (wishes.length === 1) return (await context.askYes('Do this? [y/N] ')) ? wishes : [];
  const answer = await context.ask(`Do all of this? [y/N, or some: ${wishes.map((_, at) => at + 1).join(' ')}] `);
  return granted(wishes, answer);
}

/** `y`, or the numbers of some; anything else is a no. */
function granted(wishes: readonly Wish[], answer: string): readonly Wish[] {
  if (/^\s*y(es)?\s*$/i.test(answer)) return wishes;
  const words = answer.split(/[\s,]+/).filter((word) => word !== '');
  return words.every((word) => /^[1-9]\d?$/.test(word)) ? wishes.filter((_, at) => words.includes(String(at + 1))) : [];
}

/** The text above the question. */
function describeWishes(wishes: readonly Wish[]): string {
  const texts = wishes.map(describeWish);
  const [only = [], ...others] = texts;
  if (others.length === 0) return only.join('\n');
  return [
    'So that Claude Code works in the clones as in your checkout (asked once for this repository):',
    ...texts.flatMap(([first = '', ...rest], at) => [`${at + 1}. ${first}`, ...rest.map((line) => `   ${line}`)]),
  ].join('\n');
}

function describeWish(wish: Wish): readonly string[] {
  switch (wish.kind) {
    case 'trust':
      return describeTrust(wish);
    case 'servers':
      return [
        `Approve the MCP servers you approved in ${oneLine(wish.checkout)} there too: ${wish.servers.map((server) => `"${exactLine(approvedName(server))}"`).join(', ')}`,
      ];
    case 'settings':
      return [
        `Copy what you allowed Claude in ${oneLine(wish.checkout)}, which is not in git: ${wish.names.map(exactLine).join(', ')}`,
      ];
  }
}

/** Most lines of settings that are shown; the files have the rest. */
const MOST_LINES = 40;

function describeTrust({ repo, untrusted }: Extract<Wish, { kind: 'trust' }>): readonly string[] {
  const lines = [...new Set(untrusted.flatMap(({ grants }) => grants.lines))];
  const files = [...new Set(untrusted.map(({ file }) => file))];
  const brought = lines.slice(0, MOST_LINES).map((line) => `  ${exactLine(line)}`);
  return [
    `Trust these folders of ${oneLine(redact(repo))}; otherwise Claude Code asks in each pane before it starts:`,
    ...foldersOf(untrusted).map((folder) => `  ${folder}`),
    ...(brought.length === 0
      ? ['They bring no settings for Claude Code along.']
      : ['What takes effect there then:', ...brought]),
    ...(lines.length > MOST_LINES ? [`  … ${lines.length - MOST_LINES} more lines in the same files`] : []),
    `Written to ${files.map(oneLine).join(', ')}: "hasTrustDialogAccepted" of each folder, nothing else.`,
  ];
}

/** `/home/u/workspaces/shop: api, web`: folders side by side in a line. */
export function foldersOf(untrusted: readonly Pick<Untrusted, 'key'>[]): readonly string[] {
  const parents = [...new Set(untrusted.map(({ key }) => dirname(key)))];
  return parents.map((parent) => {
    const names = untrusted.filter(({ key }) => dirname(key) === parent).map(({ key }) => basename(key));
    return names.length === 1
      ? oneLine(`${parent === '/' ? '' : parent}/${names.join('')}`)
      : oneLine(`${parent}: ${names.join(', ')}`);
  });
}
