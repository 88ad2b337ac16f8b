/** @file The disk, as far as a party's own files need it. A simulation gives one that loses what was not synced. */
import { open, readdir, rename, rm } from 'node:fs/promises';

export interface DiskFile {
  writeFile(data: Uint8Array | string): Promise<void>;
  read(into: Uint8Array, at: number, size: number): Promise<{ readonly bytesRead: number }>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Paths, flags and errors are those of node:fs. */
export interface Disk {
  open(path: string, flags: 'r' | 'w' | 'wx', mode?: number): Promise<DiskFile>;
  readdir(path: string): Promise<string[]>;
  rename(from: string, to: string): Promise<void>;
  /** Nothing happens where there is nothing. */
  remove(path: string): Promise<void>;
}

export const disk: Disk = {
  open,
  readdir: (path) => readdir(path),
  rename,
  remove: (path) => rm(path, { force: true }),
};
