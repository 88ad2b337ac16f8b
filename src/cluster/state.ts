/** @file What was started on this machine: a file for each process, so that `tessera stop` ends those and no others. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { ownFolder } from '../device/state-folder.ts';

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

const fileOf = (pid: number): string => join(stateFolder(), `${pid}.json`);

export const remember = (started: Omit<Started, 'began'>): void => {
  const began = beganAt(started.pid);
  if (began !== undefined)
    writeFileSync(fileOf(started.pid), JSON.stringify({ ...started, began }), { mode: 0o600 });
};

export const forget = (pid: number): void => rmSync(fileOf(pid), { force: true });

/** What was started here and still runs; files of what has ended are removed. */
export const startedHere = (): Started[] => {
  const folder = stateFolder();
  return readdirSync(folder)
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
};

/** The token of a head that was started here. */
export const tokenHere = (address: string): string | undefined =>
  startedHere().find((s) => s.address === address && s.token !== undefined)?.token;
