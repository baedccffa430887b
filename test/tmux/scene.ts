import { mkdirSync, writeFileSync } from 'node:fs';
import type { Arrange } from '../../src/layout/layout.ts';
import { emitBatch } from '../../src/plan/batch.ts';
import type { BatchInput } from '../../src/plan/batchLines.ts';
import type { Plan } from '../../src/plan/step.ts';
import type { TmuxSession } from '../../src/plan/snapshot.ts';
import { readServer, type ServerFacts } from '../../src/tmux/readServer.ts';
import { runBatch, type BatchResult } from '../../src/tmux/runBatch.ts';
import { tmuxArgv, type TmuxServer } from '../../src/tmux/tmux.ts';
import { shellWord } from '../../src/base/shellText.ts';
import { planOf, upSteps, UUID, type BareStep, type Label } from '../plan/planOf.ts';
import { makeSandbox, type Sandbox } from '../support/sandbox.ts';
import { startTmux, type PrivateTmux } from '../support/privateTmux.ts';

/** A private server on which batches are tried, with a launch file for each pane that says it ran and stays. */
export interface Scene {
  readonly sandbox: Sandbox;
  readonly tmux: PrivateTmux;
  readonly server: TmuxServer;
  apply(labels: readonly Label[], steps: readonly BareStep[], more?: Partial<BatchInput>): Promise<BatchResult>;
  up(labels: readonly Label[], arrange?: Arrange, size?: Plan['size']): Promise<BatchResult>;
  read(): Promise<ServerFacts>;
  session(): Promise<TmuxSession>;
  /** Shows a session of the server on a terminal of this size (a pane of a second server); gives its `run`. */
  attach(argv: readonly string[], size: Plan['size']): Promise<PrivateTmux>;
  dispose(): Promise<void>;
}

export async function makeScene({ config }: { readonly config?: string } = {}): Promise<Scene> {
  const sandbox = await makeSandbox();
  const tmux = startTmux(sandbox, config === undefined ? {} : { config });
  const configFile = config === undefined ? '/dev/null' : sandbox.path('scene.conf');
  if (config !== undefined) writeFileSync(configFile, config);
  const server: TmuxServer = { socket: tmux.socket, config: configFile };
  const read = () => readServer(server, { uuid: UUID, session: 'shop', env: sandbox.env });
  const scene: Scene = {
    sandbox,
    tmux,
    server,
    read,
    apply: async (labels, steps, more = {}) => {
      const { version, session } = await read();
      const plan = planOf(labels, steps, more.plan?.size);
      const launchFiles = launchFilesOf(sandbox, labels);
      const text = emitBatch({
        uuid: UUID,
        launchFiles,
        startFolder: sandbox.root,
        version,
        sessionId: session?.id ?? null,
        ...more,
        plan,
      });
      return runBatch(server, text, sandbox.env);
    },
    up: (labels, arrange, size) =>
      scene.apply(labels, upSteps(labels, arrange, size), size ? { plan: planOf([], [], size) } : {}),
    session: async () => {
      const { session } = await read();
      if (!session) throw new Error('no session carries the uuid');
      return session;
    },
    attach: async (argv, size) => {
      const terminal = startTmux(sandbox);
      await terminal.run(
        'new-session',
        '-d',
        '-x',
        String(size.columns),
        '-y',
        String(size.rows),
        `env -u TMUX ${argv.map(shellWord).join(' ')}`,
      );
      await terminal.run('set-option', '-g', 'status', 'off');
      return terminal;
    },
    dispose: () => sandbox.dispose(),
  };
  return scene;
}

/** argv of a plain attach. */
export function attachTo({ server }: Scene, session: string): string[] {
  return tmuxArgv(server, ['attach-session', '-t', session]);
}

function launchFilesOf(sandbox: Sandbox, labels: readonly Label[]): Record<string, string> {
  mkdirSync(sandbox.path('launch'), { recursive: true });
  return Object.fromEntries(
    labels.map(({ id }) => {
      const path = sandbox.path('launch', `${id}.sh`);
      writeFileSync(path, `echo "$$" >> ${shellWord(sandbox.path(`ran.${id}`))}\nexec sleep 1000\n`);
      return [id, path];
    }),
  );
}
