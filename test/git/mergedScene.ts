import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { proveMerged } from '../../src/git/merged.ts';
import type { ObjectPlace } from '../../src/git/neutralRepository.ts';
import type { MergeProof } from '../../src/status/mergeProof.ts';
import { gitSince } from '../support/gitSince.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

export const LINES = ['def one():', '    pass', '', 'def main():', '    one()', '    return 0', '', '# end', ''].join(
  '\n',
);
export const LONG = Array.from({ length: 60 }, (_, line) => `line ${line}\n`).join('');
export const BINARY = Buffer.from(Array.from({ length: 600 }, (_, at) => (at * 7) % 256));

export const elsewhere = { other: 'other\n' };

/** A git before 2.38 lays no change onto a tree: there a commit proves nothing, and what counts is files (docs/git.md). */
export const laysOnto = gitSince(2, 38);

/** null removes a file; a function does what no content says. */
export type Files = Readonly<Record<string, string | Buffer | null | (() => void)>>;

/** A repository with a commit to start from, and branches of it that were merged or not. */
export interface MergedScene {
  readonly sandbox: Sandbox;
  readonly repo: string;
  readonly place: ObjectPlace;
  readonly start: string;
  git(...args: string[]): string;
  put(files: Files): void;
  /** One commit for each set of files, from the start; resolves to the last. */
  commits(...sets: Files[]): string;
  prove(tip: string, base: string): Promise<MergeProof | null>;
}

export async function makeMergedScene(): Promise<MergedScene> {
  const sandbox = await makeSandbox();
  const repo = sandbox.path('repo');
  const git = (...args: string[]): string =>
    execFileSync('git', ['-c', 'core.autocrlf=false', ...args], {
      cwd: repo,
      env: sandbox.env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  const put = (files: Files): void => {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(repo, name)), { recursive: true });
      if (typeof content === 'function') content();
      else if (content === null) rmSync(join(repo, name));
      else writeFileSync(join(repo, name), content);
    }
  };
  mkdirSync(repo);
  git('init', '-q');
  git('symbolic-ref', 'HEAD', 'refs/heads/main');
  put({
    'w.py': LINES,
    long: LONG,
    bin: BINARY,
    run: 'echo\n',
    gone: 'gone\n',
    latin: Buffer.from('caf\xe9\n', 'latin1'),
    old: LONG,
    blocks: blocks(null),
  });
  symlinkSync('w.py', join(repo, 'link'));
  git('add', '-A');
  git('commit', '-q', '-m', 'Start');
  const start = git('rev-parse', 'HEAD');
  const place = { objects: [join(repo, '.git', 'objects')], shallow: join(repo, '.git', 'shallow'), env: sandbox.env };
  return {
    sandbox,
    repo,
    place,
    start,
    git,
    put,
    commits: (...sets) => {
      git('checkout', '-q', '-f', '--detach', start);
      git('clean', '-q', '-f', '-d');
      for (const files of sets) {
        put(files);
        git('add', '-A');
        git('commit', '-q', '--allow-empty', '-m', 'Change');
      }
      return git('rev-parse', 'HEAD');
    },
    prove: (tip, base) => proveMerged(tip, [{ id: base, label: 'origin/main' }], place),
  };
}

/** Two functions of the same lines; a line more in one of them. */
export function blocks(which: number | null): string {
  const block = (more: boolean): string =>
    `def f():\n    a\n    b\n    c\n${more ? '    new\n' : ''}    d\n    e\n    f\n`;
  return LONG + block(which === 0) + LONG + block(which === 1);
}
