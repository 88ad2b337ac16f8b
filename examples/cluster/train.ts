/**
 * @file The breast cancer training (lib/training.ts) on a cluster that runs already: the guide's cluster chapter, from
 * `sf.init(address='ip:port')` on. `node dist/examples/cluster/train.js --address ip:port`
 */
import { Command } from 'commander';
import * as sf from 'tessera-mpc';
import { progressBar } from '../../src/cli/bar.ts';
import { alignedStudy, jsonOf, tableOf, trainInTheClear, trainTogether } from '../lib/training.ts';

const flags = new Command('train')
  .description('The breast cancer training on a cluster with the tags alice and bob.')
  .requiredOption('--address <ip:port>', 'of the head')
  .option(
    '--alice <address>',
    'address:port at which alice can be reached by bob; any free port of her node if left out',
  )
  .option('--bob <address>', 'address:port at which bob can be reached by alice')
  .option('--epochs <n>', 'passes over the training rows', Number, 10)
  .option('--reveal-loss', 'reveal the loss after every epoch', false)
  .option('--json', 'print the figures as one JSON object, on the last line', false)
  .allowExcessArguments(false)
  .parse()
  .opts<{
    address: string;
    alice?: string;
    bob?: string;
    epochs: number;
    revealLoss: boolean;
    json: boolean;
  }>();

const say = (line: string): void => console.log(line);

await sf.init({ parties: ['alice', 'bob'], address: flags.address });
try {
  sf.currentSession().onProgress = progressBar();
  const node = (party: string, address: string | undefined) => ({
    party,
    address: address ?? '127.0.0.1:0',
    ...(address !== undefined && { listen_addr: `0.0.0.0:${address.split(':').at(-1)}` }),
  });
  const spu = sf.SPU({
    cluster_def: {
      nodes: [node('alice', flags.alice), node('bob', flags.bob)],
      runtime_config: { protocol: 'SEMI2K', field: 'FM128' },
    },
  });
  const study = alignedStudy();
  const together = await trainTogether(spu, study, flags, say);
  const clear = trainInTheClear(flags.epochs, 'aligned');
  const cost = sf.stats().spus[0]!;
  say(tableOf('2 parties on two nodes, FM128', together, clear, cost));
  if (flags.json) say(jsonOf(2, 'FM128', study.joined, together, clear, cost));
} finally {
  await sf.shutdown();
}
