import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/** Files and commits of the repository that is cloned: a monorepo's worth, packed as a forge would have it. */
export const FILES = 24_000;
const COMMITS = 60;
const CHANGED = 50;

/** A bare repository with `FILES` files of 0.2 to 4 KB on `main`, the same one each time. */
export async function makeLargeRepository(path, env) {
  git(['init', '-q', '--bare', '-b', 'main', path], env);
  const random = makeRandom();
  const words = Array.from({ length: 4_000 }, () => random(2 ** 31).toString(36));
  const text = () =>
    Array.from({ length: 30 + random(600) }, () => words[random(words.length)] + (random(9) === 0 ? '\n' : ' ')).join(
      '',
    );
  const importer = spawn('git', ['--git-dir', path, 'fast-import', '--quiet'], {
    env,
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  for (let number = 0; number <= COMMITS; number++) {
    const files = Array.from({ length: number === 0 ? FILES : CHANGED }, (_, index) =>
      number === 0 ? index : random(FILES),
    );
    const said = importer.stdin.write(
      renderCommit(
        number,
        files.map((file) => ({ name: nameOf(file), text: text() })),
      ),
    );
    if (!said) await once(importer.stdin, 'drain');
  }
  importer.stdin.end();
  await once(importer, 'exit');
  git(['--git-dir', path, 'repack', '-adq'], env);
}

function renderCommit(number, files) {
  const message = `Commit ${number}\n`;
  const changes = files.map(({ name, text }) => `M 100644 inline ${name}\ndata ${text.length}\n${text}\n`);
  return `commit refs/heads/main\ncommitter Bench <bench@example.invalid> ${1_700_000_000 + number} +0000\ndata ${message.length}\n${message}${changes.join('')}\n`;
}

function nameOf(file) {
  return `packages/p${file % 40}/src/d${Math.floor(file / 40) % 25}/file${file}.ts`;
}

/** Xorshift: below `limit`, the same row of numbers each time. */
function makeRandom() {
  let state = 123_456_789;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 1) % limit;
  };
}

function git(args, env) {
  const { status, stderr } = spawnSync('git', args, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args[0]}: ${stderr}`);
}
