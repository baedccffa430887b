import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  closeSync,
} from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UserError } from '../../src/base/errors.ts';
import { readText } from '../../src/store/file.ts';
import {
  readBytes,
  readLargeFile,
  readRegularFile,
  readTextFile,
  withRegularFile,
} from '../../src/store/regularFile.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await makeSandbox();
});
afterEach(() => sandbox.dispose());

const ODD: readonly (readonly [string, (path: string) => void])[] = [
  ['a FIFO', (path) => execFileSync('mkfifo', [path])],
  ['a folder', (path) => mkdirSync(path)],
  ['a device', (path) => symlinkSync('/dev/zero', path)],
];

describe('the reader of files', () => {
  it.each(ODD)(
    'waits for nothing where %s stands in the place of a file, and says what is there',
    async (what, make) => {
      const path = sandbox.path('thing');
      make(path);
      const sentence = `"${path}" is ${what}`;
      for (const read of [() => readTextFile(path), () => readBytes(path), () => withRegularFile(path, () => 1)]) {
        expect(read).toThrow(UserError);
        expect(read).toThrow(sentence);
      }
      await expect(readText(path)).rejects.toThrow(sentence);
      await expect(readLargeFile(path)).rejects.toThrow(sentence);
      expect(readRegularFile(path)).toBeNull();
    },
  );

  it('reads no file that is larger than its kind can be, sparse or not', async () => {
    const path = sandbox.path('large');
    writeFileSync(path, '');
    truncateSync(path, 5 * 2 ** 30);
    for (const read of [() => readTextFile(path), () => readRegularFile(path)])
      expect(read).toThrow('has more than 67 MB');
    await expect(readLargeFile(path)).rejects.toThrow('has more than 2.1 GB');
    expect(() => readTextFile(path, 10)).toThrow('has more than 10 B');
  });

  it('reads a file of any length up to that, and one that says it has none', () => {
    const path = sandbox.path('file');
    for (const length of [0, 1, 65_535, 65_536, 65_537, 300_000]) {
      const text = 'x'.repeat(length);
      writeFileSync(path, text);
      expect(readTextFile(path)).toBe(text);
    }
    expect(readTextFile('/proc/version')).toBe(readFileSync('/proc/version', 'utf8'));
  });

  it('follows a link to a file, and passes on that there is none', () => {
    writeFileSync(sandbox.path('file'), 'text');
    symlinkSync(sandbox.path('file'), sandbox.path('link'));
    expect(readTextFile(sandbox.path('link'))).toBe('text');
    expect(() => readTextFile(sandbox.path('none'))).toThrow('ENOENT');
  });

  it('never reads more than it may, though the file grows meanwhile', () => {
    const path = sandbox.path('growing');
    writeFileSync(path, 'x'.repeat(100));
    const file = openSync(path, 'a');
    appendFileSync(file, 'y'.repeat(100));
    closeSync(file);
    expect(() => readTextFile(path, 150)).toThrow('has more than 150 B');
  });
});
