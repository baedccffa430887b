import { rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import type { TreeReading } from '../apply/readStatus.ts';
import { recordOf } from '../base/record.ts';
import type { FollowedTree } from './liveTrees.ts';

/** What the watcher answers on its socket, as JSON. */
export interface TreesAnswer {
  /** Version of the program that answers: another one may mean something else by a field. */
  readonly program: string;
  /** By path. */
  readonly trees: Readonly<Record<string, KnownTree>>;
}

export interface KnownTree {
  readonly base: string | null;
  readonly reading: TreeReading;
  /** True when not all of its changes are told by the system: it is asked again and again. */
  readonly isPolled: boolean;
}

interface Known {
  readonly reading: (path: string) => TreeReading | null;
  readonly isPolled: (path: string) => boolean;
  readonly version: string;
}

/** The text of an answer: the trees that have a reading. */
export function renderAnswer(trees: readonly FollowedTree[], { reading, isPolled, version }: Known): string {
  const known = trees.flatMap(({ path, base }): [string, KnownTree][] => {
    const found = reading(path);
    return found === null ? [] : [[path, { base, reading: found, isPolled: isPolled(path) }]];
  });
  const answer: TreesAnswer = { program: version, trees: recordOf(known) };
  return JSON.stringify(answer);
}

/** Listens on a Unix socket in a folder of the user's alone; null where the system refuses (a path longer than a socket's address). */
export async function answerOn(path: string, answer: () => Promise<string>): Promise<Server | null> {
  // What a killed watcher left behind; the lock says that none lives.
  await rm(path, { force: true });
  const server = createServer((socket) => reply(socket, answer));
  return new Promise((resolve) => {
    server.once('error', () => resolve(null));
    server.listen(path, () => resolve(server));
  });
}

/** Whoever connects has asked. */
function reply(socket: Socket, answer: () => Promise<string>): void {
  socket.on('error', () => undefined);
  answer().then(
    (text) => socket.end(text),
    () => socket.destroy(),
  );
}
