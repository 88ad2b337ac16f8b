/**
 * @file A search by meaning among alice's sentences, for a question of bob's: alice has the model too, and keeps its weights; bob keeps the
 * question. As one of the two on a machine of its own (`--config`), or both in this process:
 *
 *     node dist/examples/embedding/search.js "Where can I eat something Italian?"
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import * as sf from 'tessera-mpc';
import { within } from '../lib/command.ts';
import { optionsOf } from '../production/dealer.ts';
import { modelFolder } from './fetch-model.ts';
import { embed, embedRows, prepared, rowsOf, type Sentence, sentenceOf, type Weights } from './minilm.ts';
import type { Report } from './report.ts';
import { SENTENCES } from './sentences.ts';
import { WordPiece } from './word-piece.ts';

const { np } = sf;
const flags = new Command('search')
  .argument('[question]', 'what bob asks', 'Where can I eat something Italian tonight?')
  .option('--config <file>', "the party's configuration; none: both parties in this process")
  .addOption(
    new Option('--dealer <who>', 'who makes material')
      .choices(['first-party', 'third-party'])
      .default('third-party'),
  )
  .addOption(new Option('--field <name>', 'the ring').choices(['FM128', 'FM64']).default('FM128'))
  .option('--length <n>', 'pieces of words that a question may have', within(8, 512, true), 32)
  .option('--times <n>', 'how often the question is asked', within(1, 100, true), 1)
  .option('--report', 'hand figures and the embedding to the program that started this one', false)
  .parse();
const { config, dealer, field, length, times, report } = flags.opts<{
  config?: string;
  dealer: 'first-party' | 'third-party';
  field: 'FM128' | 'FM64';
  length: number;
  times: number;
  report: boolean;
}>();

const folder = await modelFolder();
const words = (): WordPiece => new WordPiece(readFileSync(join(folder, 'vocab.txt'), 'utf8'));

/** Alice's: the weights as the SPU takes them, and the embeddings of her sentences, which she makes in the clear. */
const atAlice = async (): Promise<[Weights, sf.BaseArray]> => {
  const tensors = (await sf.load(join(folder, 'model.safetensors'))) as Record<string, sf.NDArray>;
  const vocabulary = words();
  const known = SENTENCES.map((text) => {
    const ids = vocabulary.encode(text, length);
    const weights = prepared(tensors, ids.length);
    return embedRows(weights, np.take(weights.words, ids, 0), rowsOf(ids.length, ids.length));
  });
  return [prepared(tensors, length), np.stack(known)];
};

/** Bob's: the pieces of his question. */
const atBob = (question: string): Sentence => {
  const vocabulary = words();
  return sentenceOf(vocabulary.encode(question, length), length, vocabulary.size);
};

const session =
  config === undefined
    ? await sf.init(['alice', 'bob'], { address: 'local' })
    : await sf.init({
        ...optionsOf(config, dealer === 'third-party' ? 'third-party' : 'none'),
        ...(dealer === 'first-party' && { allowTrustedFirstParty: true }),
      });
try {
  const [alice, bob] = [sf.PYU('alice'), sf.PYU('bob')];
  const spu = sf.SPU({
    nodes: [{ party: 'alice' }, { party: 'bob' }],
    runtime_config: { protocol: sf.spu.spu_pb2.SEMI2K, field: sf.spu.spu_pb2[field] },
  });
  const figures = (): Report['figures'] => {
    const { rounds, bytes, dealerBytes } = sf.stats().spus[0] ?? {
      rounds: 0,
      bytes: {} as Record<string, number>,
      dealerBytes: 0,
    };
    const { user, system } = process.cpuUsage();
    const sent = bytes[session.mode.self ?? 'bob'] ?? 0;
    return {
      seconds: performance.now() / 1000,
      processor: (user + system) / 1e6,
      rounds,
      sent,
      dealt: dealerBytes,
    };
  };
  let before = figures();
  const told: Report['steps'][number][] = [];
  const step = (name: string): void => {
    const now = figures();
    const spent = Object.fromEntries(
      Object.entries(now).map(([key, v]) => [key, v - before[key as keyof typeof before]]),
    ) as unknown as Report['figures'];
    told.push({ name, ...spent });
    before = now;
  };

  const [weights, known] = alice(atAlice, { numReturns: 2 })();
  await sf.wait([weights, known]);
  before = figures();
  // The weights are masked once, and serve every question.
  const held = spu((w: never) => w)(weights);
  await sf.wait(held);
  step('weights');
  const question = bob(atBob)(flags.args[0] ?? 'Where can I eat something Italian tonight?');
  const ask = async () => {
    const made = spu(embed)(held, question);
    await sf.wait(made);
    step('question');
    return made;
  };
  for (let i = 1; i < times; i++) await ask();
  const embedding = await ask();
  const scores = spu((k: sf.BaseArray, q: sf.BaseArray) => np.matmul(k, q))(known, embedding);
  // Bob, and nobody else, learns how near each sentence is.
  const printed = bob((s: sf.NDArray) => {
    const order = SENTENCES.map((text, i) => ({ text, near: Number(s.data[i]) })).sort(
      (a, b) => b.near - a.near,
    );
    for (const { text, near } of order.slice(0, 3)) console.log(`${near.toFixed(3)}  ${text}`);
    return order.length;
  })(scores.to(bob));
  await sf.wait(printed);
  step('search');
  if (report) {
    const clear = (await sf.reveal(embedding)) as sf.NDArray;
    const all: Report = { figures: before, steps: told, embedding: Array.from(clear.data, Number) };
    process.send?.(all);
  }
} finally {
  await sf.shutdown();
}
