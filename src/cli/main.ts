#!/usr/bin/env node
/** @file The `tessera` command: its commands, and errors in plain words. */
import { TesseraError } from '../errors.ts';
import { makeProgram } from './program.ts';

try {
  await makeProgram().parseAsync();
} catch (error) {
  if (!(error instanceof TesseraError)) throw error;
  console.error(`tessera: ${error.message}\n  ${error.code}: see ${error.help} of the package`);
  process.exitCode = 1;
}
