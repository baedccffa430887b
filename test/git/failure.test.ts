import { expect, it } from 'vitest';
import { ProgramError, UserError } from '../../src/base/errors.ts';
import { explainFailure, gitWords } from '../../src/git/failure.ts';

const git = (stderr: string) => new ProgramError({ argv: ['git', 'clone'], code: 128, stderr });
const system = (code: string, message: string) => Object.assign(new Error(`${code}: ${message}`), { code });
const explain = (error: unknown) =>
  explainFailure(error, { what: 'the clone "/w/api" could not be made', hint: 'look there' });

it.each([
  [git('fatal: write error: No space left on device'), 'the disk is full'],
  [git('error: unable to write file x: Disk quota exceeded'), 'your disk quota is used up'],
  [git("fatal: cannot fork() for git-upload-pack '/x': Resource temporarily unavailable"), 'ulimit -u'],
  [git("git-upload-pack '/x': 1: Cannot fork"), 'ulimit -u'],
  [system('EAGAIN', 'spawn git EAGAIN'), 'ulimit -u'],
  [system('ENOSPC', 'no space left on device, write'), 'the disk is full'],
  [system('EROFS', 'read-only file system, mkdir'), 'mounted read-only'],
  [system('EACCES', "permission denied, mkdir '/w'"), 'you may not write there'],
  [git("fatal: detected dubious ownership in repository at '/x'"), 'safe.directory'],
  [git('Host key verification failed.\r\nfatal: Could not read from remote repository.'), 'ssh HOST'],
  [git('git@example.com: Permission denied (publickey).'), 'git ls-remote'],
  [git("fatal: could not read Username for 'https://example.com': terminal prompts disabled"), 'git ls-remote'],
  [git("fatal: unable to access 'https://example.com/': Could not resolve host: example.com"), 'check the network'],
  [git('fatal: something new'), 'look there'],
])('%s is told with what to do about it', (error, hint) => {
  const told = explain(error);
  expect(told).toBeInstanceOf(UserError);
  expect(told).toMatchObject({
    message: expect.stringMatching(/^the clone "\/w\/api" could not be made: /) as unknown,
    hint: expect.stringContaining(hint) as unknown,
    cause: error,
  });
});

it.each([
  [new UserError('said already')],
  [new TypeError('our bug')],
  [new DOMException('stopped', 'AbortError')],
  ['text'],
])('%s passes as it is', (error) => {
  expect(explain(error)).toBe(error);
});

it('git is quoted without its progress, prefixes and passwords, at most eight lines', () => {
  const progress =
    "Cloning into 'x'...\nremote: Enumerating objects: 5, done.\nReceiving objects:  50% (1/2)\rReceiving objects: 100% (2/2), done.\n";
  expect(gitWords(`${progress}fatal: unable to access 'https://me:pw@example.com/': no\n`)).toBe(
    "unable to access 'https://***@example.com/': no",
  );
  expect(gitWords(Array.from({ length: 20 }, (_, index) => `line ${index}`).join('\n')).split('\n')).toHaveLength(8);
  expect(gitWords('')).toBe('git gave no reason');
});
