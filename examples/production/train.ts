/**
 * @file The program of alice and of bob, each on a machine of its own:
 *
 *     node dist/examples/production/train.js --config examples/production/alice.json
 *
 * Who runs it is said by the configuration; the training is that of the demo in simulation.
 */
import { Command } from 'commander';
import * as sf from 'tessera-mpc';
import { progressBar } from '../../src/cli/bar.ts';
import { joinedStudy, trainTogether } from '../lib/training.ts';
import { DEALER, type Dealer, optionsOf } from './dealer.ts';
import type { Report } from './report.ts';

const flags = new Command('train')
  .description("Trains a logistic regression on alice's and bob's data, as one of them.")
  .requiredOption('--config <file>', "the party's configuration")
  .option('--epochs <n>', 'passes over the training rows', Number, 10)
  .option('--reveal-loss', 'reveal the loss after every epoch', false)
  .addOption(DEALER)
  .option('--report', 'hand the figures to the program that started this one', false)
  .parse()
  .opts<{ config: string; epochs: number; revealLoss: boolean; dealer: Dealer; report: boolean }>();

const session = await sf.init(optionsOf(flags.config, flags.dealer));
const self = session.mode.self!;
session.onProgress = progressBar();
try {
  const spu = sf.SPU({
    nodes: [{ party: 'alice' }, { party: 'bob' }],
    runtime_config: {
      protocol: sf.spu.spu_pb2.SEMI2K,
      field: sf.spu.spu_pb2.FM128,
      sigmoid_mode: sf.spu.spu_pb2.RuntimeConfig.SIGMOID_REAL,
    },
  });
  const study = await joinedStudy();
  const result = await trainTogether(spu, study, flags, (line) => console.log(`${self}: ${line}`));
  console.log(`${self}: accuracy ${result.accuracy.toFixed(4)}`);
  const { rounds, bytes, dealerBytes } = sf.stats().spus[0]!;
  const report: Report = { self, joined: study.joined, result, rounds, bytes: bytes[self] ?? 0, dealerBytes };
  if (flags.report) process.send?.(report);
} finally {
  await sf.shutdown();
}
if (flags.report) process.disconnect?.();
