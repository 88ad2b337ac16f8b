/** @file Folders that a user's processes keep on this machine: nobody else may write there. */
import { lstatSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fail } from '../errors.ts';

const OTHERS_WRITE = 0o022;

/**
 * The folder at `path`, made if it is not there. Throws CONFIG for what is no folder, such as a link to one, which may lead
 * anywhere, and for what belongs to another user or can be written by others.
 */
export const ownFolder = (path: string): string => {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (e) {
    const { code } = e as NodeJS.ErrnoException;
    fail('CONFIG', `${path} cannot be made (${code}): set TESSERA_STATE to a folder of your own`, { path });
  }
  const found = lstatSync(path);
  if (!found.isDirectory())
    fail('CONFIG', `${path} is a link, no folder: set TESSERA_STATE to a folder of your own`, { path });
  if (process.getuid !== undefined && (found.uid !== process.getuid() || (found.mode & OTHERS_WRITE) !== 0))
    fail('CONFIG', `${path} can be written by others: set TESSERA_STATE to a folder of your own`, { path });
  return path;
};

/** TESSERA_STATE, or where the user's programs keep what outlasts a restart of the machine. */
export const lastingFolder = (): string => {
  const { TESSERA_STATE, XDG_STATE_HOME } = process.env;
  return ownFolder(TESSERA_STATE ?? join(XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'tessera'));
};
