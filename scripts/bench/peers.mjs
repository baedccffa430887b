import { spawnSync } from 'node:child_process';

const PEERS = [
  { name: 'tmuxinator', versionArgs: ['version'] },
  { name: 'tmuxp', versionArgs: ['--version'] },
];

/** The peers that are there, with their versions: `{name, version}`. Installed as root on Debian; left out by name elsewhere. */
export function readyPeers() {
  const missing = PEERS.filter((peer) => versionOf(peer) === null).map(({ name }) => name);
  if (missing.length > 0) install(missing);
  return PEERS.flatMap((peer) => {
    const version = versionOf(peer);
    if (version === null) console.error(`skipped: ${peer.name} is not installed and could not be`);
    return version === null ? [] : [{ name: peer.name, version }];
  });
}

function versionOf({ name, versionArgs }) {
  const { status, stdout } = spawnSync(name, versionArgs, { encoding: 'utf8' });
  return status === 0 ? (/\d+(\.\d+)+/.exec(stdout)?.[0] ?? 'unknown') : null;
}

function install(names) {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', ['-qq', 'update'], { env, stdio: 'ignore' });
  spawnSync('apt-get', ['-qq', 'install', '--no-install-recommends', ...names], { env, stdio: 'ignore' });
}
