import { existsSync } from 'node:fs';
import { appendFile, chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { makeBench, type Bench } from './fleet.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await makeBench();
});
afterEach(() => bench.dispose());

async function put(path: string, text: string): Promise<void> {
  await mkdir(join(bench.checkout, path, '..'), { recursive: true });
  await writeFile(join(bench.checkout, path), text);
  await chmod(join(bench.checkout, path), 0o755);
}

async function publish(...paths: string[]): Promise<void> {
  await bench.git(bench.checkout, 'add', ...paths);
  await bench.git(bench.checkout, 'commit', '-qm', 'scripts');
  await bench.git(bench.checkout, 'push', '-q', 'origin', 'HEAD');
}

const pane = (name: string, more: string): string => `  - {name: ${name}, component: x, ${more}}\n`;
const layout = (top: string, ...panes: string[]): string => `strategy: component\n${top}panes:\n${panes.join('')}`;

describe('the trust question', () => {
  test('shows what the agents run and which files decide, and asks again when one of them changed', async () => {
    await put('tools/dev.json', '{}');
    await publish('tools/dev.json');
    await bench.layout(
      layout('claude: {mcp_config: tools/dev.json, args: [--add-dir, /]}\n', pane('A', 'prompt: "\\u202eHello"')),
    );
    const first = await bench.ct(['up', 'shop.yaml']);
    expect(first.code).toBe(2);
    expect(first.stderr).toMatch(
      /first `up` of this layout\. It makes this run:\n {2}a: claude --mcp-config tools\/dev\.json --add-dir \/ \(branch feature\/a\)/,
    );
    expect(first.stderr).toMatch(/names the file tools\/dev\.json \(2 B, sha256 [0-9a-f]{12}\)/);
    expect(first.stderr).toContain('    | \\u202eHello');
    await bench.ok('up', 'shop.yaml', '--yes');
    await bench.ok('up', 'shop.yaml');
    await put('tools/dev.json', '{"mcpServers":{}}');
    const again = await bench.ct(['up', 'shop.yaml']);
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(
      /changed since you trusted it\. What differs:\n {2}- names the file tools\/dev\.json \(2 B.*\n {2}\+ names the file tools\/dev\.json \(17 B.*\n(?! {2})/,
    );
  });

  test('a trusted script that changes upstream asks before a further clone runs it', async () => {
    await put('setup.sh', '#!/bin/sh\necho first\n');
    await publish('setup.sh');
    await bench.layout(layout('setup: [./setup.sh]\n', pane('A', 'run: sleep 100000, branch: topic/a')));
    await bench.ok('up', 'shop.yaml', '--yes');
    await changeUpstream('setup.sh', '#!/bin/sh\necho evil\n');
    const ended = await bench.ct(['add', 'B', '--run', 'sleep 100000', '--branch', 'topic/b']);
    expect(ended.stderr).toMatch(
      /The new clones have files[^]*b: names the file setup\.sh \(\d+ B, sha256 [0-9a-f]{12}\); look at it in [^]*nothing was started/,
    );
    expect(ended.code).toBe(2);
  });

  test('a clone whose script nobody agreed to asks again at each `up`, and starts nothing', async () => {
    await put('tools/setup.sh', '#!/bin/sh\necho first\n');
    await publish('tools/setup.sh');
    await bench.layout(layout('setup: ["cd tools && sh setup.sh"]\n', pane('A', 'run: sleep 100000, branch: topic/a')));
    await bench.ok('up', 'shop.yaml', '--yes');
    await bench.ok('down', '--yes');
    await rm(bench.sandbox.path('home', '.local', 'state', 'claude-tmux', 'v1', 'fleets'), { recursive: true });
    await rm(bench.sandbox.path('home', 'workspaces'), { recursive: true });
    await changeUpstream('tools/setup.sh', '#!/bin/sh\necho evil\n');
    for (const time of ['the clone is made', 'the clone is there']) {
      const ended = await bench.ct(['up', 'shop.yaml']);
      expect([time, ended.code]).toEqual([time, 2]);
      expect(ended.stderr).toMatch(/The new clones have files[^]*a: names the file tools\/setup\.sh/);
      expect(await bench.tmux.run('list-sessions', '-F', '#{session_name}')).toBe('mine');
    }
    await bench.ok('up', 'shop.yaml', '--yes');
    await bench.ok('up', 'shop.yaml');
  });

  test('a clone made again whose script nobody agreed to starts with no command, until the user agrees', async () => {
    await put('tools/run.sh', '#!/bin/sh\nexec sleep 100000\n');
    await publish('tools/run.sh');
    await bench.layout(
      layout('', pane('A', 'run: "sh tools/run.sh", branch: topic/a'), pane('B', 'in: a, run: "sh tools/run.sh"')),
    );
    await bench.ok('up', 'shop.yaml', '--yes', '--detach');
    await bench.ok('down', '--yes');
    await rm(bench.sandbox.path('home', 'workspaces'), { recursive: true });
    const canary = bench.sandbox.path('canary');
    await changeUpstream('tools/run.sh', `#!/bin/sh\ntouch ${canary}\nexec sleep 100000\n`);
    for (const command of [
      ['up', 'shop.yaml', '--detach'],
      ['start', 'a'],
      ['start', 'b'],
      ['up', 'shop.yaml', '--detach'],
    ]) {
      const ended = await bench.ct(command);
      expect([command, ended.code]).toEqual([command, 2]);
      expect(ended.stderr).toMatch(/The new clones have files[^]*a, b: names the file tools\/run\.sh/);
    }
    expect((await bench.ct(['restart', 'a'])).code).not.toBe(0);
    expect(existsSync(canary)).toBe(false);
    await bench.ok('up', 'shop.yaml', '--yes', '--detach');
    await eventually(() => expect(existsSync(canary)).toBe(true));
    const clone = (await bench.sessions()).find(({ id }) => id === 'a')?.path ?? '';
    await writeFile(join(clone, 'tools', 'run.sh'), '#!/bin/sh\nexec sleep 100001\n');
    await bench.ok('restart', 'a', '--yes');
  });

  test('a pattern of tools that Claude may use names no file', async () => {
    await bench.layout(
      layout('claude: {args: [--allowedTools, "Bash(npm run *)", "Read(**/*.md)"]}\n', pane('A', 'branch: topic/a')),
    );
    expect((await bench.ct(['up', 'shop.yaml', '--detach'])).stderr).not.toContain('names the file');
    await bench.ok('up', 'shop.yaml', '--yes', '--detach');
    await put('README.md', '# Changed\n');
    await bench.ok('restart', 'a', '--yes');
  });

  test('a layout that `new` wrote is trusted as it is, and after an edit only the edit is shown', async () => {
    await bench.ok('new', 'mine');
    expect((await bench.ct(['up', 'mine.yaml', '--dry-run'])).code).toBe(0);
    await bench.ok('up', 'mine.yaml');
    await bench.ok('new', 'other');
    await appendFile(join(bench.checkout, 'other.yaml'), '\nsetup: [npm ci]\n');
    const ended = await bench.ct(['up', 'other.yaml']);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(
      /first `up` of this layout, which changed since claude-tmux wrote it\. What differs:\n {2}\+ each pane: setup: npm ci\n(?! {2}[-+~])/,
    );
  });

  test("defaults of one's own count as agreed to, an uncommitted override in the checkout does not", async () => {
    await bench.layout(layout('', pane('A', 'run: sleep 100000')));
    await bench.ok('up', 'shop.yaml', '--yes');
    const config = bench.sandbox.path('home', '.config', 'claude-tmux');
    await mkdir(config, { recursive: true });
    await writeFile(join(config, 'config.yaml'), 'claude: {model: opus}\n');
    await bench.ok('up', 'shop.yaml');
    await put('.claude-tmux.local.yaml', 'env: {BASH_ENV: ./x.sh}\n');
    const ended = await bench.ct(['up', 'shop.yaml']);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(
      /with .*\.claude-tmux\.local\.yaml: it changed since you trusted it[^]*\+ a: variable BASH_ENV=\.\/x\.sh/,
    );
  });
});

async function changeUpstream(path: string, text: string): Promise<void> {
  const other = bench.sandbox.path('other');
  await bench.git(bench.sandbox.root, 'clone', '-q', bench.remote, other);
  await writeFile(join(other, path), text);
  await bench.git(other, 'commit', '-qam', 'evil');
  await bench.git(other, 'push', '-q', 'origin', 'HEAD');
}
