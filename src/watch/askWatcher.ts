import { connect } from 'node:net';
import { parseObject } from '../store/file.ts';
import type { KnownTree, TreesAnswer } from './answer.ts';

/** A watcher that has many clones to ask just then takes its time; who asks git itself takes longer. In milliseconds. */
const PATIENCE_MS = 3000;

/**
 * The trees as the watcher behind this socket knows them, every change until now included; null when none answers, or one of another
 * version. Without a watcher that is known at once.
 */
export async function askWatcher(socketPath: string, version: string): Promise<ReadonlyMap<string, KnownTree> | null> {
  const answer = await readAnswer(socketPath);
  // Written by this same version: its shape is known.
  return answer?.['program'] === version ? new Map(Object.entries((answer as unknown as TreesAnswer).trees)) : null;
}

/** What it answers, of whatever version; null when none does. */
export async function readAnswer(socketPath: string): Promise<Readonly<Record<string, unknown>> | null> {
  const text = await readAll(socketPath);
  return text === null ? null : parseObject(text);
}

function readAll(path: string): Promise<string | null> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    const socket = connect(path);
    const give = (text: string | null): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(text);
    };
    const timer = setTimeout(() => give(null), PATIENCE_MS);
    socket.on('data', (part: Buffer) => parts.push(part));
    socket.once('error', () => give(null));
    socket.once('end', () => give(Buffer.concat(parts).toString()));
  });
}
