/**
 * @file `npm run demo:production`: alice, bob and the dealer as three processes, which meet over mutual TLS. What each
 * would run on its own machine is printed; here all run on this one.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { projectFile } from '../lib/project.ts';
import { jsonOf, tableOf, trainInTheClear } from '../lib/training.ts';
import { certificates } from './certificates.ts';
import type { Report } from './report.ts';

const flags = new Command('demo:production')
  .description('The breast cancer training in production mode: three processes on this machine.')
  .option('--epochs <n>', 'passes over the training rows', Number, 10)
  .option('--reveal-loss', 'reveal the loss after every epoch', false)
  .option('--json', 'print the figures as one JSON object, on the last line', false)
  .allowExcessArguments(false)
  .parse()
  .opts<{ epochs: number; revealLoss: boolean; json: boolean }>();

const config = (party: string): string => projectFile('examples', 'production', `${party}.json`);
const script = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const children: ChildProcess[] = [];

/** Starts a process; resolves with what it reported when it has ended well. */
const run = (args: readonly string[], quiet = false): Promise<Report | undefined> => {
  console.log(`$ node ${args.map((a) => (a.startsWith('/') ? relative(process.cwd(), a) : a)).join(' ')}`);
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', quiet ? 'ignore' : 'inherit', 'inherit', 'ipc'],
    serialization: 'json',
  });
  children.push(child);
  let report: Report | undefined;
  child.on('message', (message) => {
    report = message as Report;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code === 0) resolve(report);
      else reject(new Error(`${args[0]!} ended with ${signal ?? `exit code ${code}`}`));
    });
  });
};

const training = (party: string): readonly string[] => [
  script('./train.js'),
  '--config',
  config(party),
  '--epochs',
  String(flags.epochs),
  ...(flags.revealLoss ? ['--reveal-loss'] : []),
  '--report',
];

console.log(`certificates: ${relative(process.cwd(), await certificates())}`);
try {
  const [, alice, bob] = await Promise.all([
    run([script('../../src/cli/main.js'), 'dealer', '--config', config('dealer')]),
    run(training('alice')),
    run(training('bob'), true),
  ]);
  const clear = trainInTheClear(flags.epochs);
  const cost = {
    rounds: alice!.rounds,
    bytes: { alice: alice!.bytes, bob: bob!.bytes },
    dealerBytes: alice!.dealerBytes,
  };
  console.log(tableOf('alice, bob and a dealer', alice!.result, clear, cost));
  if (flags.json) console.log(jsonOf(2, 'FM128', alice!.result, clear, cost));
} finally {
  for (const child of children) if (child.exitCode === null) child.kill();
}
