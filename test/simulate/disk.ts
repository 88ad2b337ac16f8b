/**
 * @file A disk whose machine may stop at any moment: what was written and not synced is then there, gone or torn; of changes
 * to a folder that was not synced, the first few are there. A process that dies leaves everything as it stood.
 */
import type { Disk, DiskFile } from '../../src/device/production/disk.ts';
import type { Chance } from './chance.ts';
import type { Process } from './world.ts';

interface Inode {
  bytes: Uint8Array;
  /** What is on the disk for certain. */
  safe: Uint8Array;
}

type Change = (folder: Map<string, Inode>) => void;

const failed = (code: string): Error => Object.assign(new Error(code), { code });

/** Bytes that a full disk still takes. */
const LEFT = 40;

export class SimulatedDisk {
  /** As programs see it, and as it is for certain. */
  #now = new Map<string, Inode>();
  #safe = new Map<string, Inode>();
  #changes: Change[] = [];
  /** It takes nothing more. */
  full = false;
  readonly #chance: Chance;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  #change(change: Change): void {
    change(this.#now);
    this.#changes.push(change);
  }

  /** The machine stops. */
  crash(): void {
    const kept = this.#chance.whole(0, this.#changes.length);
    for (const change of this.#changes.slice(0, kept)) change(this.#safe);
    for (const inode of this.#safe.values()) {
      const torn = this.#chance.whole(0, inode.bytes.length);
      const left = this.#chance.pick([inode.bytes, inode.safe, inode.bytes.slice(0, torn)]);
      if (inode.bytes !== inode.safe) inode.bytes = left;
      inode.safe = inode.bytes;
    }
    this.#now = new Map(this.#safe);
    this.#changes = [];
  }

  /** A folder as somebody copies it away, and puts it back later. */
  copy(): ReadonlyMap<string, Uint8Array> {
    return new Map([...this.#now].map(([path, { bytes }]) => [path, bytes]));
  }

  putBack(copy: ReadonlyMap<string, Uint8Array>): void {
    this.#now = new Map([...copy].map(([path, bytes]) => [path, { bytes, safe: bytes }]));
    this.#safe = new Map(this.#now);
    this.#changes = [];
  }

  get names(): readonly string[] {
    return [...this.#now.keys()];
  }

  /** The disk as a process sees it: every step takes its time, and none is finished by a process that is dead. */
  of(process: Process): Disk {
    const step = <T>(run: () => T, slow = false): Promise<T> =>
      new Promise((resolve, reject) => {
        process.after(this.#chance.next() * (slow ? 8 : 0.2), () => {
          try {
            resolve(run());
          } catch (error) {
            reject(error);
          }
        });
      });
    const file = (inode: Inode): DiskFile => {
      let at = 0;
      return {
        writeFile: (data) =>
          step(() => {
            const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
            const fits = this.full ? bytes.slice(0, LEFT) : bytes;
            const all = new Uint8Array(inode.bytes.length + fits.length);
            all.set(inode.bytes);
            all.set(fits, inode.bytes.length);
            inode.bytes = all;
            if (fits.length < bytes.length) throw failed('ENOSPC');
          }),
        read: (into, from, size) =>
          step(() => {
            const part = inode.bytes.subarray(at, at + size);
            into.set(part, from);
            at += part.length;
            return { bytesRead: part.length };
          }),
        sync: () =>
          step(() => {
            inode.safe = inode.bytes;
          }, true),
        close: () => step(() => {}),
      };
    };
    const folder = (): DiskFile => ({
      writeFile: () => Promise.reject(failed('EISDIR')),
      read: () => Promise.reject(failed('EISDIR')),
      sync: () =>
        step(() => {
          this.#safe = new Map(this.#now);
          this.#changes = [];
        }, true),
      close: () => step(() => {}),
    });
    return {
      open: (path, flags) =>
        step(() => {
          const known = this.#now.get(path);
          if (flags === 'r') {
            if (known !== undefined) return file(known);
            if (this.names.some((name) => name.startsWith(`${path}/`))) return folder();
            throw failed('ENOENT');
          }
          if (known !== undefined && flags === 'wx') throw failed('EEXIST');
          const inode: Inode = { bytes: new Uint8Array(), safe: new Uint8Array() };
          this.#change((files) => files.set(path, inode));
          return file(inode);
        }),
      readdir: (path) =>
        step(() => this.names.filter((n) => n.startsWith(`${path}/`)).map((n) => n.slice(path.length + 1))),
      rename: (from, to) =>
        step(() => {
          const inode = this.#now.get(from);
          if (inode === undefined) throw failed('ENOENT');
          this.#change((files) => {
            files.delete(from);
            files.set(to, inode);
          });
        }),
      remove: (path) => step(() => this.#change((files) => files.delete(path))),
    };
  }
}
