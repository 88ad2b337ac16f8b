/** @file The commands of `tessera`, in the order in which help shows them. */
import { Command } from 'commander';
import { BUILD } from '../build.ts';
import type { CliCommand } from './command.ts';
import { dashboardCommand } from './dashboard.ts';
import { dealCommand, materialKeyCommand } from './deal.ts';
import { dealerCommand } from './dealer.ts';
import { describeCommand } from './describe.ts';
import { doctorCommand } from './doctor.ts';
import { withExamples } from './examples.ts';
import { keygenCommand } from './keygen.ts';
import { makeCommand } from './make.ts';
import { materialCommand } from './material.ts';
import { psiCommand } from './psi.ts';
import { relayCommand } from './relay.ts';
import { runCommand } from './run.ts';
import { schemaCommand } from './schema-command.ts';
import { serveCommand } from './serve.ts';
import { showCommand } from './show.ts';
import { splitCommand } from './split.ts';
import { startCommand } from './start.ts';
import { statusCommand } from './status.ts';
import { stopCommand } from './stop.ts';
import { trainCommand } from './train.ts';

const COMMANDS: readonly CliCommand[] = [
  keygenCommand,
  relayCommand,
  doctorCommand,
  dealerCommand,
  dealCommand,
  makeCommand,
  materialKeyCommand,
  materialCommand,
  schemaCommand,
  describeCommand,
  psiCommand,
  trainCommand,
  serveCommand,
  showCommand,
  splitCommand,
  runCommand,
  startCommand,
  statusCommand,
  stopCommand,
  dashboardCommand,
];

/** The `tessera` program, with all its commands. */
export const makeProgram = (): Command => {
  const program = new Command('tessera')
    .description('Secure multi-party computation: parties compute together on data that none of them shows.')
    .version(BUILD.version)
    .showHelpAfterError();
  for (const command of COMMANDS) command.register(program);
  return withExamples(
    program,
    'tessera keygen --party alice --host a.example --out alice',
    'tessera doctor --config alice/party.json',
    'tessera dealer --help',
  );
};
