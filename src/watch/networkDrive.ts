import { statfs } from 'node:fs/promises';

/** What statfs(2) calls file systems whose other users' changes the kernel here never hears of: NFS, SMB, CIFS, 9p (Windows' drives under WSL), FUSE (sshfs), AFS, Ceph. */
const NETWORK = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x01021997, 0x65735546, 0x5346414f, 0x00c36400]);

/** Whether a change at `path` may come without an event. */
export async function isOnNetworkDrive(path: string): Promise<boolean> {
  const { type } = await statfs(path);
  return NETWORK.has(type >>> 0);
}
