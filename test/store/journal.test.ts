import { appendFile, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendJournal, endOfJournal, type JournalEntry, readJournal } from '../../src/store/journal.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';

let sandbox: Sandbox;
let folder: string;
beforeEach(async () => {
  sandbox = await makeSandbox();
  folder = sandbox.path('journal');
});
afterEach(async () => sandbox.dispose());

function entry(t: number): JournalEntry {
  return {
    v: 1,
    t,
    session: 'api',
    conversation: 'c',
    agent: null,
    event: 'Stop',
    kind: null,
    tool: null,
    from: 'working',
    to: 'done',
    detail: 'x'.repeat(100),
  };
}

async function times(): Promise<readonly number[]> {
  return (await readJournal(folder)).map(({ t }) => t);
}

describe('the journal', () => {
  it('gives back what was appended, in order, and only the user may read it', async () => {
    const mark = await appendJournal(folder, [entry(1), entry(2)], { mark: await endOfJournal(folder) });
    const end = await appendJournal(folder, [entry(3)], { mark });
    expect(await readJournal(folder)).toEqual([entry(1), entry(2), entry(3)]);
    expect(end).toEqual({ file: '000001.jsonl', size: (await stat(`${folder}/000001.jsonl`)).size });
    expect((await stat(`${folder}/${end.file}`)).mode & 0o777).toBe(0o600);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it('begins another file when one is full, and drops the oldest', async () => {
    let mark = await endOfJournal(folder);
    for (let t = 1; t <= 10; t++)
      mark = await appendJournal(folder, [entry(t)], { mark, limits: { fileSize: 400, files: 3 } });
    expect((await readdir(folder)).sort()).toEqual(['000003.jsonl', '000004.jsonl', '000005.jsonl']);
    expect(await times()).toEqual([5, 6, 7, 8, 9, 10]);
  });

  it('writes over what was appended and never noted, in this file and in a next one', async () => {
    const limits = { fileSize: 400, files: 9 };
    const mark = await appendJournal(folder, [entry(1)], { mark: await endOfJournal(folder), limits });
    const lost = await appendJournal(folder, [entry(2)], { mark, limits });
    await appendJournal(folder, [entry(3)], { mark: lost, limits });
    expect(await readdir(folder)).toHaveLength(2);
    await appendJournal(folder, [entry(2), entry(3)], { mark, limits });
    expect(await times()).toEqual([1, 2, 3]);
    expect(await readdir(folder)).toEqual(['000001.jsonl']);
  });

  it('goes on in another file when the note of its end is lost: its last line may be torn', async () => {
    await appendJournal(folder, [entry(1)], { mark: await endOfJournal(folder) });
    await appendFile(`${folder}/000001.jsonl`, JSON.stringify(entry(2)).slice(0, 50));
    expect(await times()).toEqual([1]);
    await appendJournal(folder, [entry(3)], { mark: await endOfJournal(folder) });
    expect(await times()).toEqual([1, 3]);
  });

  it('passes over lines of another version, and files that are something else', async () => {
    await appendJournal(folder, [entry(1)], { mark: await endOfJournal(folder) });
    await appendFile(
      `${folder}/000001.jsonl`,
      `${JSON.stringify({ ...entry(2), v: 2 })}\n[]\n{"v":1}\n${JSON.stringify(entry(3))}\n`,
    );
    await writeFile(`${folder}/notes`, `${JSON.stringify(entry(4))}\n`);
    expect(await times()).toEqual([1, 3]);
    expect(await readFile(`${folder}/000001.jsonl`, 'utf8')).toContain('"v":2');
  });

  it('that is not there is empty', async () => {
    expect(await readJournal(sandbox.path('none'))).toEqual([]);
  });
});
