#!/usr/bin/env node
/** @file The `tessera` command: a table of commands, and errors in plain words. */
import { Command } from 'commander';
import { BUILD } from '../build.ts';
import { TesseraError } from '../errors.ts';
import type { CliCommand } from './command.ts';
import { dashboardCommand } from './dashboard.ts';
import { dealCommand, materialKeyCommand } from './deal.ts';
import { dealerCommand } from './dealer.ts';
import { doctorCommand } from './doctor.ts';
import { keygenCommand } from './keygen.ts';
import { materialCommand } from './material.ts';
import { relayCommand } from './relay.ts';
import { schemaCommand } from './schema.ts';
import { startCommand } from './start.ts';
import { statusCommand } from './status.ts';
import { stopCommand } from './stop.ts';

const COMMANDS: readonly CliCommand[] = [
  keygenCommand,
  relayCommand,
  doctorCommand,
  dealerCommand,
  dealCommand,
  materialKeyCommand,
  materialCommand,
  schemaCommand,
  startCommand,
  statusCommand,
  stopCommand,
  dashboardCommand,
];

const program = new Command('tessera')
  .description('Secure multi-party computation: parties compute together on data that none of them shows.')
  .version(BUILD.version)
  .showHelpAfterError();
for (const command of COMMANDS) command.register(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof TesseraError)) throw error;
  console.error(`tessera: ${error.message}`);
  process.exitCode = 1;
}
