/**
 * @file `npm run demo:embedding`: alice, who has the model, and bob, who has the question, as two processes that meet over mutual TLS (and a
 * dealer as a third, where it is asked for); then what each step took, and how near the embedding is to that of the plain model.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Option } from 'commander';
import * as sf from 'tessera-mpc';
import { runDemo, script } from '../lib/children.ts';
import { scriptCommand, within } from '../lib/command.ts';
import { projectFile } from '../lib/project.ts';
import { certificates } from '../production/certificates.ts';
import { modelFolder } from './fetch-model.ts';
import { embedRows, prepared, rowsOf } from './minilm.ts';
import type { Report } from './report.ts';
import { WordPiece } from './word-piece.ts';

const flags = scriptCommand(
  'demo:embedding',
  'A sentence becomes an embedding under weights that its owner does not show: two processes on this machine.',
  ['', '--field FM64 --times 3', '--dealer first-party "Who repairs my motorbike?"'],
)
  .argument('[question]', 'what bob asks')
  .addOption(
    new Option(
      '--dealer <who>',
      'who makes material; first-party is for measuring: alice could learn the question',
    )
      .choices(['first-party', 'third-party'])
      .default('third-party'),
  )
  .addOption(new Option('--field <name>', 'the ring').choices(['FM128', 'FM64']).default('FM128'))
  .option('--length <n>', 'pieces of words that a question may have', within(8, 512, true), 32)
  .option('--times <n>', 'how often the question is asked', within(1, 100, true), 1)
  .parse();
const { dealer, field, length, times } = flags.opts<{
  dealer: string;
  field: string;
  length: number;
  times: number;
}>();
const question = flags.args[0] ?? 'Where can I eat something Italian tonight?';

const config = (party: string): string => projectFile('examples', 'production', `${party}.json`);
const folder = await modelFolder();

/** The plain model's embedding. */
const plainly = async (): Promise<ArrayLike<number>> => {
  const tensors = (await sf.load(join(folder, 'model.safetensors'))) as Record<string, sf.NDArray>;
  const ids = new WordPiece(readFileSync(join(folder, 'vocab.txt'), 'utf8')).encode(question, length);
  const weights = prepared(tensors, ids.length);
  const rows = sf.np.take(weights.words, ids, 0);
  return (embedRows(weights, rows, rowsOf(ids.length, ids.length)) as sf.NDArray).data as Float64Array;
};

await certificates();
await runDemo(async (children) => {
  const party = async (name: string): Promise<Report> => {
    let report: Report | undefined;
    await children.run({
      args: [
        script('./search.js', import.meta.url),
        question,
        ...['--config', config(name), '--dealer', dealer, '--field', field],
        ...['--length', String(length), '--times', String(times), '--report'],
      ],
      out: name === 'bob' ? 'inherit' : 'ignore',
      heard: (message) => {
        report = message as Report;
      },
    });
    return report!;
  };
  const [a, b] = await Promise.all([
    party('alice'),
    party('bob'),
    dealer === 'third-party' &&
      children.run({
        args: [script('../../src/cli/main.js', import.meta.url), 'dealer', '--config', config('dealer')],
        out: 'ignore',
      }),
  ]);
  console.log(`\n${field}, dealer: ${dealer}, ${length} pieces, two processes, TLS on loopback`);
  console.log('step        seconds  processor of alice, of bob  rounds  MB sent by both  MB dealt');
  for (const [i, s] of b.steps.entries()) {
    const at = (v: number, width: number, digits = 2): string => v.toFixed(digits).padStart(width);
    console.log(
      `${s.name.padEnd(10)}${at(s.seconds, 9)}${at(a.steps[i]!.processor, 20)}${at(s.processor, 8)}${at(s.rounds, 8, 0)}` +
        `${at((s.sent + a.steps[i]!.sent) / 1e6, 17)}${at(Math.max(s.dealt, a.steps[i]!.dealt) / 1e6, 10)}`,
    );
  }
  const plain = await plainly();
  const cosine = b.embedding.reduce((sum, v, i) => sum + v * plain[i]!, 0);
  const length2 = b.embedding.reduce((sum, v) => sum + v * v, 0);
  console.log(`cosine similarity to the plain model: ${(cosine / Math.sqrt(length2)).toFixed(8)}`);
});
