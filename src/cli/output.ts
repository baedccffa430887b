import { fstatSync, writeSync } from 'node:fs';
import { visible, visibleDrawing, visiblePainted } from '../base/visible.ts';
import { cannotWrite, hasCode } from '../store/file.ts';

/** Standard output, or standard error. */
export interface Output {
  /** Size in cells; null when it is no terminal. */
  readonly terminal: { readonly columns: number; readonly rows: number } | null;
  /** All text passes the gate (base/visible.ts) on its way out. */
  write(text: string, passes?: Passes): void;
}

/**
 * What passes the gate. `plain`: no control character but newline and tab. `painted`: colours of ours too; the writer has made the
 * data in it visible before. `drawn`: the movements of the progress display too. `exact`: for text that another program reads
 * (a script, a path): every byte, but only where no terminal shows it.
 */
export type Passes = 'plain' | 'painted' | 'drawn' | 'exact';

export type OutputName = 'stdout' | 'stderr';

/**
 * A file or a pipe is written by system calls, for the others are Node's streams: these load Node's network code.
 * A reader that goes away (`claude-tmux status | head -1`) is passed over: what the command does is carried to its end all the same.
 */
export function openOutput(program: NodeJS.Process, name: OutputName): Output {
  const raw = openRaw(program, name);
  return {
    terminal: raw.terminal,
    write: (text, passes = 'plain') => raw.write(GATES[passes](text, raw.terminal !== null)),
  };
}

const GATES: Readonly<Record<Passes, (text: string, isTerminal: boolean) => string>> = {
  plain: visible,
  painted: visiblePainted,
  drawn: visibleDrawing,
  exact: (text, isTerminal) => (isTerminal ? visible(text) : text),
};

interface RawOutput {
  readonly terminal: Output['terminal'];
  write(text: string | Buffer): void;
}

function openRaw(program: NodeJS.Process, name: OutputName): RawOutput {
  // Another program than this process (in tests) has streams of its own.
  if (program !== process || mayBeTerminal(name)) return openStream(program, name);
  let stream: RawOutput | null = null;
  const write = (text: string | Buffer): void => {
    const rest = stream === null ? writeNow(name, Buffer.from(text)) : text;
    if (rest.length === 0) return;
    // A pipe that does not block, and is full.
    stream ??= openStream(program, name);
    stream.write(rest);
  };
  return { terminal: null, write };
}

const DESCRIPTORS: Readonly<Record<OutputName, number>> = { stdout: 1, stderr: 2 };

function mayBeTerminal(name: OutputName): boolean {
  return fstatSync(DESCRIPTORS[name]).isCharacterDevice();
}

function openStream(program: NodeJS.Process, name: OutputName): RawOutput {
  const stream = program[name];
  stream.on('error', (error) => {
    if (!hasCode(error, 'EPIPE')) throw error;
  });
  return {
    terminal: stream.isTTY ? { columns: stream.columns, rows: stream.rows } : null,
    write: (text) => void stream.write(text),
  };
}

/** What could not be written without waiting. */
function writeNow(name: OutputName, text: Buffer): Buffer {
  let rest = text;
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(DESCRIPTORS[name], rest));
  } catch (error) {
    if (hasCode(error, 'EAGAIN')) return rest;
    // Of standard error (a log on a full disk) nobody can be told.
    if (name === 'stdout' && !hasCode(error, 'EPIPE')) throw cannotWrite(name, error);
  }
  return Buffer.alloc(0);
}
