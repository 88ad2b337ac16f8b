/** @file What was started on this machine: a file for each process, so that `tessera stop` ends those and no others. */
import { mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { ownFolder } from '../device/state-folder.ts';
import { isLoopback, parseAddress } from '../link/address.ts';

export interface Started {
  readonly pid: number;
  readonly kind: 'nats-server' | 'node';
  /** When the process began, as the system counts; another process with the same pid has another. */
  readonly began: string;
  readonly address: string;
  readonly cluster: string;
  /** Of the node. */
  readonly id?: string;
  readonly tags?: Readonly<Record<string, number>>;
  readonly head?: boolean;
  readonly token?: string;
}

/**
 * TESSERA_STATE, or a folder of this user's among the temporary ones. Tokens lie there, and names of processes to end: it
 * must be nobody else's.
 */
export const stateFolder = (): string =>
  ownFolder(process.env.TESSERA_STATE ?? join(tmpdir(), `tessera-${userInfo().username}`));

/** When a process began; undefined if there is none. Where the system does not say, that it is there. */
export const beganAt = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended already.
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    try {
      process.kill(pid, 0);
      return process.platform === 'linux' ? undefined : 'there';
    } catch {
      return undefined;
    }
  }
};

const fileOf = (folder: string, pid: number): string => join(folder, `${pid}.json`);

export const remember = (started: Omit<Started, 'began'>): void => {
  const began = beganAt(started.pid);
  if (began !== undefined)
    writeFileSync(fileOf(stateFolder(), started.pid), JSON.stringify({ ...started, began }), { mode: 0o600 });
};

export const forget = (pid: number, folder = stateFolder()): void =>
  rmSync(fileOf(folder, pid), { force: true });

/** What was started here and still runs; files of what has ended are removed. */
export const startedHere = (folder = stateFolder()): Started[] =>
  readdirSync(folder)
    .filter((name) => /^\d+\.json$/.test(name))
    .flatMap((name) => {
      try {
        const started = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Started;
        if (beganAt(started.pid) === started.began) return [started];
      } catch {
        // Not one of ours, or half written: it is of no use.
      }
      rmSync(join(folder, name), { force: true });
      return [];
    });

const OWN = 'own-';
const OWNER = 'owner';

/**
 * A folder of state for a program that starts a cluster for itself, and ends it: `tessera stop` leaves that alone while the
 * program is there, and ends what it has left behind when it is not.
 */
export const ownState = (): string => {
  const folder = mkdtempSync(join(stateFolder(), OWN));
  const owner = { pid: process.pid, began: beganAt(process.pid) };
  writeFileSync(join(folder, OWNER), JSON.stringify(owner), { mode: 0o600 });
  return folder;
};

/** Removes such a folder, and the one above where nothing else is in it. */
export const removeOwn = (folder: string): void => {
  rmSync(folder, { recursive: true, force: true });
  try {
    rmdirSync(dirname(folder));
  } catch {
    // Others have something there.
  }
};

/** Such folders whose programs have ended. */
export const leftBehind = (): string[] =>
  readdirSync(stateFolder())
    .filter((name) => name.startsWith(OWN))
    .map((name) => join(stateFolder(), name))
    .filter((folder) => {
      try {
        const owner = JSON.parse(readFileSync(join(folder, OWNER), 'utf8')) as Pick<Started, 'pid' | 'began'>;
        return beganAt(owner.pid) !== owner.began;
      } catch {
        return true;
      }
    });

const ANYWHERE: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

/** Does `address` mean the head that was started at `own`, on this machine? */
const sameHead = (own: string, address: string): boolean => {
  if (own === address) return true;
  const [a, b] = [own, address].map((text) => parseAddress(text.replace(/^\w+:\/\//, ''), 'address'));
  const here = (host: string): boolean => isLoopback(host) || ANYWHERE.has(host);
  return a!.port === b!.port && here(a!.host) && here(b!.host);
};

/** The token of a head that this user has started here: nobody else can read it. */
export const tokenHere = (address: string): string | undefined =>
  startedHere().find((s) => s.token !== undefined && sameHead(s.address, address))?.token;
