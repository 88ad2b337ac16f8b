/** The example of embeddings: sentences as pieces of words, and a small model of the same form in the clear and on secrets. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as sf from 'tessera-mpc';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { embed, embedRows, prepared, rowsOf, sentenceOf } from '../../examples/embedding/minilm.ts';
import { WordPiece } from '../../examples/embedding/word-piece.ts';
import { projectFile } from '../../examples/lib/project.ts';

const test = suite('examples: embeddings');
const { np } = sf;

test('the longest pieces of words, signs apart, accents left out', () => {
  const pieces = '[UNK] [CLS] [SEP] a un ##aff ##able ##a naive , 中 文 ##ffable'.split(' ');
  const words = new WordPiece(`${pieces.join('\n')}\n`);
  assert.is(words.size, pieces.length);
  const read = (text: string, most = 32): string =>
    words
      .encode(text, most)
      .map((i) => pieces[i])
      .join(' ');
  assert.is(read('A  Naïve,\tunaffable\n'), '[CLS] a naive , un ##aff ##able [SEP]');
  assert.is(read('中文 xyz'), '[CLS] 中 文 [UNK] [SEP]');
  assert.is(read('a a a a', 4), '[CLS] a a [SEP]');
  assert.is(read('a'.repeat(101)), '[CLS] [UNK] [SEP]');
});

/** A model of 2 layers and 2 heads, of numbers from a seed. */
const VOCABULARY = 50;
const SIZE = 64;
const small = (): Record<string, sf.NDArray> => {
  let state = 5;
  const next = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  const made: Record<string, sf.NDArray> = {};
  const add = (name: string, shape: readonly number[], scale: number, centre = 0): void => {
    const list = Float64Array.from(
      { length: shape.reduce((a, b) => a * b, 1) },
      () => centre + scale * next(),
    );
    made[name] = np.array(list).reshape([...shape]) as sf.NDArray;
  };
  const norm = (name: string): void => {
    add(`${name}.weight`, [SIZE], 0.2, 1);
    add(`${name}.bias`, [SIZE], 0.2);
  };
  const dense = (name: string, out: number, of: number): void => {
    add(`${name}.weight`, [out, of], 0.3);
    add(`${name}.bias`, [out], 0.1);
  };
  add('embeddings.word_embeddings.weight', [VOCABULARY, SIZE], 0.08);
  add('embeddings.position_embeddings.weight', [16, SIZE], 0.02);
  add('embeddings.token_type_embeddings.weight', [2, SIZE], 0.02);
  norm('embeddings.LayerNorm');
  for (const i of [0, 1]) {
    const at = `encoder.layer.${i}`;
    for (const part of ['query', 'key', 'value']) dense(`${at}.attention.self.${part}`, SIZE, SIZE);
    dense(`${at}.attention.output.dense`, SIZE, SIZE);
    norm(`${at}.attention.output.LayerNorm`);
    dense(`${at}.intermediate.dense`, 4 * SIZE, SIZE);
    dense(`${at}.output.dense`, SIZE, 4 * SIZE);
    norm(`${at}.output.LayerNorm`);
  }
  return made;
};

const cosine = (x: ArrayLike<number>, y: ArrayLike<number>): number => {
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    xy += x[i]! * y[i]!;
    xx += x[i]! ** 2;
    yy += y[i]! ** 2;
  }
  return xy / Math.sqrt(xx * yy);
};
const numbers = (x: sf.BaseArray): number[] => Array.from((x as sf.NDArray).data, Number);

test('rows behind the end of a sentence count nothing, and secrets give what is there in the clear', async () => {
  const tensors = small();
  const ids = [1, 7, 30, 12, 2];
  const short = prepared(tensors, ids.length);
  const plain = numbers(embedRows(short, np.take(short.words, ids, 0), rowsOf(ids.length, ids.length)));
  assert.ok(Math.abs(plain.reduce((sum, v) => sum + v * v, 0) - 1) < 1e-12);
  const long = prepared(tensors, 8);
  const sentence = sentenceOf(ids, 8, VOCABULARY);
  assert.ok(cosine(plain, numbers(embed(long, sentence))) > 1 - 1e-12);
  // Another order of words is another sentence.
  const other = np.take(short.words, [1, 30, 7, 12, 2], 0);
  assert.ok(cosine(plain, numbers(embedRows(short, other, rowsOf(5, 5)))) < 0.999);

  await sf.init(['alice', 'bob'], { address: 'local' });
  try {
    const [alice, bob] = [sf.PYU('alice'), sf.PYU('bob')];
    for (const [field, least] of [
      ['FM128', 0.9999999],
      ['FM64', 0.9999],
    ] as const) {
      const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob'], { field }));
      const made = spu(embed)(alice(() => long)(), bob(() => sentence)());
      const near = cosine(plain, numbers((await sf.reveal(made)) as sf.BaseArray));
      assert.ok(near > least, `${field}: ${near}`);
    }
  } finally {
    await sf.shutdown();
  }
});

const FOLDER = projectFile('out', 'embedding');

// What the model's authors print for this sentence.
if (process.env.TESSERA_LONG !== undefined && existsSync(join(FOLDER, 'model.safetensors')))
  test('all-MiniLM-L6-v2 itself', async () => {
    const words = new WordPiece(readFileSync(join(FOLDER, 'vocab.txt'), 'utf8'));
    const ids = words.encode('This is an example sentence', 32);
    assert.equal(ids, [101, 2023, 2003, 2019, 2742, 6251, 102]);
    const tensors = (await sf.load(join(FOLDER, 'model.safetensors'))) as Record<string, sf.NDArray>;
    const w = prepared(tensors, ids.length);
    const got = numbers(embedRows(w, np.take(w.words, ids, 0), rowsOf(ids.length, ids.length)));
    const want = [0.067657, 0.063496, 0.048713, 0.079305, 0.037448, 0.0026528, 0.039375, -0.0070985];
    for (const [i, v] of want.entries()) assert.ok(Math.abs(got[i]! - v) < 1e-6, `${i}: ${got[i]}`);
  });

test.run();
