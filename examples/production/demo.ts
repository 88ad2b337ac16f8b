/**
 * @file `npm run demo:production`: alice, bob and the dealer as three processes, or with `--dealer none` alice and bob as two, which meet
 * over mutual TLS. What each would run on its own machine is printed; here all run on this one.
 */
import { relative } from 'node:path';
import { runDemo, script } from '../lib/children.ts';
import { scriptCommand, within } from '../lib/command.ts';
import { projectFile } from '../lib/project.ts';
import { jsonOf, tableOf, trainInTheClear } from '../lib/training.ts';
import { certificates } from './certificates.ts';
import { DEALER, type Dealer } from './dealer.ts';
import type { Report } from './report.ts';

const flags = scriptCommand(
  'demo:production',
  'The breast cancer training in production mode: three processes on this machine.',
  ['', '--epochs 3 --reveal-loss', '--dealer none'],
)
  .addOption(DEALER)
  .option('--epochs <n>', 'passes over the training rows', within(1, 1000, true), 10)
  .option('--reveal-loss', 'reveal the loss after every epoch', false)
  .option('--json', 'print the figures as one JSON object, on the last line', false)
  .parse()
  .opts<{ epochs: number; revealLoss: boolean; dealer: Dealer; json: boolean }>();

const config = (party: string): string => projectFile('examples', 'production', `${party}.json`);
const TRAIN = script('./train.js', import.meta.url);
const MAIN = script('../../src/cli/main.js', import.meta.url);

const training = (party: string): readonly string[] => [
  TRAIN,
  '--config',
  config(party),
  '--epochs',
  String(flags.epochs),
  ...(flags.revealLoss ? ['--reveal-loss'] : []),
  '--dealer',
  flags.dealer,
  '--report',
];

console.log(`certificates: ${relative(process.cwd(), await certificates())}`);
await runDemo(async (children) => {
  /** Resolves with what a party reported when it has ended well. */
  const party = async (name: string, out: 'inherit' | 'ignore'): Promise<Report> => {
    let report: Report | undefined;
    await children.run({
      args: training(name),
      out,
      heard: (message) => {
        report = message as Report;
      },
    });
    return report!;
  };
  const dealt = flags.dealer === 'third-party';
  const [alice, bob] = await Promise.all([
    party('alice', 'inherit'),
    party('bob', 'ignore'),
    dealt && children.run({ args: [MAIN, 'dealer', '--config', config('dealer')], out: 'inherit' }),
  ]);
  const clear = trainInTheClear(flags.epochs);
  const cost = {
    rounds: alice.rounds,
    bytes: { alice: alice.bytes, bob: bob.bytes },
    dealerBytes: alice.dealerBytes,
  };
  console.log(tableOf(dealt ? 'alice, bob and a dealer' : 'alice and bob', alice.result, clear, cost, dealt));
  if (flags.json) console.log(jsonOf(2, 'FM128', alice.joined, alice.result, clear, cost));
});
