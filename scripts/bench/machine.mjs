import { spawnSync } from 'node:child_process';
import { arch, cpus, release, totalmem, type } from 'node:os';

/** What the numbers depend on, a line each. */
export function machineFacts(peers) {
  const [cpu] = cpus();
  const tmux = spawnSync('tmux', ['-V'], { encoding: 'utf8' }).stdout.trim();
  return [
    `${cpu?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()} ${arch()}`,
    `Node ${process.versions.node}, ${tmux}${peers.map(({ name, version }) => `, ${name} ${version}`).join('')}`,
  ];
}
