import type { Env } from '../store/paths.ts';
import { askGit } from './run/ask.ts';

/** `sparse`, `partial` or `shallow`: what makes a checkout smaller than its clones will be; null for one that is whole. */
export async function readCheckoutScope(root: string, env: Env): Promise<string | null> {
  const place = { cwd: root, env };
  const settings =
    (await askGit(
      ['config', '--get-regexp', '^(core\\.sparsecheckout|extensions\\.partialclone|remote\\..*\\.promisor)$'],
      place,
    )) ?? '';
  const isSparse = /^core\.sparsecheckout true$/m.test(settings);
  const isPartial = /^(extensions\.partialclone|remote\..*\.promisor true)/m.test(settings);
  const isShallow = (await askGit(['rev-parse', '--is-shallow-repository'], place))?.trim() === 'true';
  const found = [isSparse ? 'sparse' : '', isPartial ? 'partial' : '', isShallow ? 'shallow' : ''].filter(
    (part) => part !== '',
  );
  return found.length === 0 ? null : found.join(' and ');
}
