import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { printedText } from '../../src/tmux/printedText.ts';
import { eventually } from '../support/eventually.ts';
import { AT_REST, makeBench, TOLD, type Bench } from './fleet.ts';

let bench: Bench;
let canary: string;
beforeEach(async () => {
  bench = await makeBench();
  canary = bench.sandbox.path('canary');
});
afterEach(() => bench.dispose());

/** Text that runs `touch CANARY` wherever it is taken for more than text. */
function payloads(): Readonly<Record<string, string>> {
  return {
    job: `#(touch ${canary})`,
    format: '#{session_name} #{E:@x} %H:%M',
    style: '#[fg=red,range=window|1]end#',
    substitution: `$(touch ${canary}) \`touch ${canary}\` \${HOME}`,
    quotes: `'; touch ${canary}; " ' \\" \\`,
    semicolon: `a ; run-shell "touch ${canary}" ;`,
    dash: '-F --help -t x',
    emoji: '👩‍👩‍👧 日本語 ﷺ é',
    tmux: '~ {end} = %1 $1 @2 !',
  };
}

async function expectNothingRan(): Promise<void> {
  expect(await readdir(bench.sandbox.root)).not.toContain('canary');
}

describe('hostile text', () => {
  test('as labels and prompts it is shown literally, and nothing runs', async () => {
    const texts = Object.entries(payloads());
    const panes = texts.map(([id, text]) => ({
      name: text,
      id,
      component: 'web',
      prompt: `${text}\nsecond line of ${text}`,
    }));
    await bench.layout(
      stringify({ name: 'shop', strategy: 'component', isolation: 'shared', arrange: 'tiled', panes }),
    );
    await bench.ok('up', 'shop.yaml', '--yes');
    await eventually(
      async () => expect((await bench.sessions()).map((session) => session.agent.state)).toEqual(texts.map(() => TOLD)),
      { within: 30_000 },
    );
    const version = await bench.tmux.run('display-message', '-p', '#{version}');
    const sessions = await bench.sessions();
    expect(sessions.map(({ name }) => name)).toEqual(texts.map(([, text]) => text));
    for (const [at, [id, text]] of texts.entries()) {
      const pane = sessions[at]?.pane ?? '';
      expect(
        printedText(await bench.tmux.run('show-options', '-pv', '-t', pane, '@claude_tmux_name'), version),
        id,
      ).toBe(text);
      // The border's text as tmux draws it: expanded once, with the label in it as it was written.
      expect(await bench.tmux.run('display-message', '-p', '-t', pane, '#{E:pane-border-format}'), id).toContain(
        id === 'style' ? 'end' : text.slice(0, 8).replaceAll('#', '##'),
      );
      const transcripts = bench.sandbox.path('home', '.claude', 'projects');
      const [project = ''] = await readdir(transcripts);
      expect(
        await readFile(join(transcripts, project, `${sessions[at]?.agent.session_id ?? ''}.jsonl`), 'utf8'),
        id,
      ).toContain(JSON.stringify(text).slice(1, 9));
    }
    for (const format of ['text', 'json', 'markdown']) await bench.ok('status', '--format', format);
    await expectNothingRan();
  });

  test('as branch and fleet name it is a branch, or a diagnostic', async () => {
    const branch = `x#(touch\${IFS}${canary.replaceAll('/', '${PWD%%[!/]*}')})`;
    await bench.layout(
      stringify({
        name: `#(touch ${canary}) [x]`,
        strategy: 'component',
        arrange: 'tiled',
        panes: [
          { name: 'A', component: 'web', branch: 'x#(touch${IFS}canary)$(id)' },
          { name: 'B', component: 'web' },
        ],
      }),
    );
    const ended = await bench.ct(['up', 'shop.yaml', '--yes']);
    expect(ended.code).toBe(0);
    expect((await bench.sessions())[0]?.branch).toBe('x#(touch${IFS}canary)$(id)');
    await bench.layout(
      stringify({
        name: 'other',
        strategy: 'component',
        panes: [
          { name: 'A', component: 'web', branch: `${branch}..` },
          { name: 'B', component: 'web', branch: '-x' },
        ],
      }),
    );
    const refused = await bench.ct(['up', 'shop.yaml', '--yes']);
    expect(refused.code).toBe(2);
    expect(refused.stderr.match(/error\[/g)).toHaveLength(2);
    await expectNothingRan();
  });

  test('as folders and commands it stays where it belongs', async () => {
    const folder = bench.sandbox.path(`w "#(touch canary)' $(touch canary) ;`);
    await mkdir(folder);
    await bench.layout(
      stringify({
        name: 'shop',
        strategy: 'component',
        workspace: folder,
        panes: [
          { name: 'A', component: 'web' },
          { name: 'B', component: 'web', run: `printf '%s\\n' "it's #{pane_id} #(x)"; sleep 1000` },
        ],
      }),
    );
    await bench.ok('up', 'shop.yaml', '--yes');
    await eventually(async () =>
      expect((await bench.sessions()).map((session) => session.agent.state)).toEqual([AT_REST, 'running']),
    );
    const pane = (await bench.sessions())[1]?.pane ?? '';
    await eventually(async () =>
      expect(await bench.tmux.run('capture-pane', '-p', '-t', pane)).toContain("it's #{pane_id} #(x)"),
    );
    expect(await readdir(folder)).toEqual(expect.arrayContaining(['a']));
    await expectNothingRan();
    expect(await readdir(bench.checkout)).not.toContain('canary');
  });

  test('ten thousand characters are refused with their place', async () => {
    await bench.layout(
      stringify({ name: 'shop', strategy: 'component', panes: [{ name: 'x'.repeat(10_000), component: 'web' }] }),
    );
    const ended = await bench.ct(['up', 'shop.yaml', '--yes']);
    expect(ended.code).toBe(2);
    expect(ended.stderr).toMatch(/shop\.yaml:\d+:\d+ {2}error/);
    expect(ended.stderr.length).toBeLessThan(3000);
  });

  test('escape sequences in a layout never reach the terminal', async () => {
    await writeFile(
      join(bench.checkout, 'shop.yaml'),
      'name: shop\nstrategy: component\npanes:\n  - name: "a\\e]2;owned\\a"\n    component: web\n    colr: "\u001b[2J"\n',
    );
    const ended = await bench.ct(['up', 'shop.yaml', '--yes']);
    expect(ended.code).toBe(2);
    // eslint-disable-next-line no-control-regex -- that is what must not be there
    expect(ended.stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
  });
});
