#!/usr/bin/env node
/** @file The `tessera` command: a table of commands, and errors in plain words. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { TesseraError } from '../errors.ts';
import type { CliCommand } from './command.ts';
import { dealCommand, materialKeyCommand } from './deal.ts';
import { dealerCommand } from './dealer.ts';
import { doctorCommand } from './doctor.ts';
import { keygenCommand } from './keygen.ts';
import { relayCommand } from './relay.ts';

const COMMANDS: readonly CliCommand[] = [
  keygenCommand,
  relayCommand,
  doctorCommand,
  dealerCommand,
  dealCommand,
  materialKeyCommand,
];

/** package.json lies two folders above in the sources and three above in dist. */
const version = (): string => {
  for (const up of ['../../../package.json', '../../package.json']) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8')) as Record<
        string,
        string
      >;
      if (name === 'tessera' && version !== undefined) return version;
    } catch {
      // Not there: try the next place.
    }
  }
  return 'unknown';
};

const program = new Command('tessera')
  .description('Secure multi-party computation: parties compute together on data that none of them shows.')
  .version(version())
  .showHelpAfterError();
for (const command of COMMANDS) command.register(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof TesseraError)) throw error;
  console.error(`tessera: ${error.message}`);
  process.exitCode = 1;
}
