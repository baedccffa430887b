import { createHash } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { isObject, textAt } from '../base/json.ts';
import { readBootId, readHardwareId } from './process.ts';
import { MOST, readTextFile } from './regularFile.ts';

/** One running system with its processes: what pids, sockets and paths belong to. A home may be shared by several, or copied to another. */
export interface Machine {
  /** Stays the same over reboots; names the container too inside one. */
  readonly id: string;
  /** As `readBootId` gives it. */
  readonly boot: string;
  /** The pid namespace: a pid means something inside it only. Empty where there are none (macOS). */
  readonly namespace: string;
  /** The host name: for people, it decides nothing. */
  readonly host: string;
}

/** `rebooted`: the same machine, and every process of then is gone. `restarted`: the same boot and another pid namespace. */
export type Whereabouts = 'here' | 'rebooted' | 'restarted' | 'elsewhere';

/** Where that machine is, seen from this one. */
export function compareMachines(there: Machine, here: Machine): Whereabouts {
  if (there.id !== here.id) return 'elsewhere';
  if (there.boot !== here.boot) return 'rebooted';
  return there.namespace === here.namespace ? 'here' : 'restarted';
}

/** This machine, which stays the same while this process lives: read once, because macOS needs two processes for it and locks ask it at each try. */
export function readMachine(): Promise<Machine> {
  known ??= lookAround().catch((error: unknown) => {
    known = null;
    throw error;
  });
  return known;
}
let known: Promise<Machine> | null = null;

async function lookAround(): Promise<Machine> {
  const { namespace, host } = { namespace: readNamespace(), host: hostname() };
  return {
    id: machineId({ installed: await readInstalledId(), namespace, host }),
    boot: await readBootId(),
    namespace,
    host,
  };
}

/** Names this machine's own folders in a home that others may share. Without a process, so empty on macOS, where locks alone tell machines apart. */
export function ownFolderKey(): string {
  if (process.platform !== 'linux') return '';
  const namespace = readNamespace();
  return `${machineId({ installed: readLinuxId(), namespace, host: hostname() })} ${namespace}`;
}

/** Names a machine in an identity file or a file's name: no blank, no slash. */
export function placeKey({ id, namespace }: Pick<Machine, 'id' | 'namespace'>): string {
  return createHash('sha256').update(`${id} ${namespace}`).digest('hex').slice(0, 12);
}

/** A machine as it stands in a file; null for none (written before there was any), or for something else. */
export function parseMachine(value: unknown): Machine | null {
  if (!isObject(value)) return null;
  const [id, boot, namespace, host] = [
    textAt(value, 'id'),
    textAt(value, 'boot'),
    textAt(value, 'namespace'),
    textAt(value, 'host'),
  ];
  return id === null || boot === null || namespace === null || host === null ? null : { id, boot, namespace, host };
}

/** What every kernel calls the namespace it starts with (PROC_PID_INIT_INO of Linux). */
const FIRST_NAMESPACE = '4026531836';

/**
 * Containers of one image have one machine id, on whatever machine they run, so the host name (a container's id) belongs to theirs.
 * Not to a real machine's: a laptop's host name changes with its network.
 */
export function machineId({
  installed,
  namespace,
  host,
}: {
  readonly installed: string | null;
  readonly namespace: string;
  readonly host: string;
}): string {
  const isContainer = namespace !== '' && namespace !== FIRST_NAMESPACE;
  if (isContainer) return `${installed ?? 'container'}@${host}`;
  return installed ?? `host:${host}`;
}

function readNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '';
  } catch {
    return '';
  }
}

async function readInstalledId(): Promise<string | null> {
  return process.platform === 'linux' ? readLinuxId() : readHardwareId();
}

/** machine-id(5); the second place is D-Bus's own, where there is no systemd. Images of containers often have an empty file. */
function readLinuxId(): string | null {
  for (const path of ['/etc/machine-id', '/var/lib/dbus/machine-id']) {
    try {
      const id = /^[0-9a-f]{32}$/m.exec(readTextFile(path, MOST.mark))?.[0];
      if (id !== undefined) return id;
    } catch {
      // The next one.
    }
  }
  return null;
}
