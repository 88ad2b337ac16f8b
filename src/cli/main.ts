#!/usr/bin/env node
/** @file The `tessera` command: its commands, and errors in plain words. */
import { TesseraError } from '../errors.ts';
import { makeProgram } from './program.ts';

/** What the system refuses: a file that is not there, a folder that cannot be written. Undefined for anything else. */
const refused = (error: unknown): string | undefined => {
  const { code, syscall, path, message } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined || path === undefined) return undefined;
  const why = message.replace(`${code}: `, '').replace(/, \w+ '.*$/s, '');
  return `${path}: ${why} (${code})`;
};

const wordsOf = (error: unknown): string | undefined =>
  error instanceof TesseraError
    ? `${error.message}\n  ${error.code}: see ${error.help} of the package`
    : refused(error);

try {
  await makeProgram().parseAsync();
} catch (error) {
  const words = wordsOf(error);
  if (words === undefined) throw error;
  console.error(`tessera: ${words}`);
  process.exitCode = 1;
}
