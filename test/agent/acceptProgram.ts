import { mkdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { acceptTrust, type WriteStep } from '../../src/agent/acceptTrust.ts';

/** `accept HOME STEP KEY…`: accepts the keys and ends itself with SIGKILL after the step. `claude HOME NAME COUNT`: writes as Claude Code does. */
const [mode = '', home = '', word = '', ...rest] = process.argv.slice(2);

if (mode === 'accept') {
  const after = (step: WriteStep): void => {
    if (step === word) process.kill(process.pid, 'SIGKILL');
  };
  process.stdout.write(
    JSON.stringify(await acceptTrust({ whose: { account: '', home }, keys: rest, patienceMs: 60_000, after })),
  );
} else {
  for (let count = 0; count < Number(rest[0]); count++) await writeOnce(`${home}/.claude.json`, `${word}-${count}`);
}

/** Lock, re-read, temporary file, rename: what Claude Code 2.1.332 does to its file. */
async function writeOnce(file: string, key: string): Promise<void> {
  while (!taken(`${file}.lock`)) await pause(3 * Math.random());
  const config = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  writeFileSync(`${file}.tmp.${process.pid}`, JSON.stringify({ ...config, [key]: true }, null, 2), { mode: 0o600 });
  renameSync(`${file}.tmp.${process.pid}`, file);
  rmdirSync(`${file}.lock`);
}

function taken(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    return false;
  }
}
