/**
 * @file all-MiniLM-L6-v2 (a BERT of 6 layers; the mean of the last one's rows, of length 1) as a function over `np`: in the clear, or with secret
 * weights and a secret sentence. Its owner prepares the weights, and who has the sentence prepares that; both in the clear, on their own machine.
 */
import * as sf from 'tessera-mpc';

const { np } = sf;
type Arrays = Readonly<Record<string, sf.BaseArray>>;

/** Numbers of a head. */
const HEAD = 32;
/** What is added to scores of places that the sentence does not reach. */
const HIDDEN = -1024;
/** Embeddings are small numbers: the first norm has more digits of larger ones, and does not depend on their size. */
const SPREAD = 32;

interface Layer {
  readonly qkv: sf.BaseArray;
  readonly qkvBias: sf.BaseArray;
  readonly mix: sf.BaseArray;
  readonly mixBias: sf.BaseArray;
  readonly mixNorm: readonly [sf.BaseArray, sf.BaseArray];
  readonly up: sf.BaseArray;
  readonly upBias: sf.BaseArray;
  readonly down: sf.BaseArray;
  readonly downBias: sf.BaseArray;
  readonly norm: readonly [sf.BaseArray, sf.BaseArray];
}

export interface Weights {
  /** [vocabulary, hidden] */
  readonly words: sf.BaseArray;
  /** [length, hidden] */
  readonly places: sf.BaseArray;
  readonly norm: readonly [sf.BaseArray, sf.BaseArray];
  readonly layers: readonly Layer[];
}

/** The tensors of the model's file for sentences of a length, as `embed` takes them: products that follow one another in one matrix. */
export const prepared = (tensors: Arrays, length: number): Weights => {
  const of = (name: string): sf.BaseArray => {
    const x = tensors[name];
    if (!x) throw new Error(`the model has no ${name}`);
    return x;
  };
  const norm = (name: string): [sf.BaseArray, sf.BaseArray] => [of(`${name}.weight`), of(`${name}.bias`)];
  const layer = (i: number): Layer => {
    const at = `encoder.layer.${i}`;
    const parts = ['query', 'key', 'value'].map((kind) => `${at}.attention.self.${kind}`);
    // Scores are divided by the root of a head's size.
    const scaled = (x: sf.BaseArray, k: number): sf.BaseArray => (k === 0 ? np.multiply(x, HEAD ** -0.5) : x);
    const joined = (what: string): sf.BaseArray =>
      np.concatenate(parts.map((part, k) => scaled(of(`${part}.${what}`), k)));
    return {
      qkv: np.transpose(joined('weight')),
      qkvBias: joined('bias'),
      mix: np.transpose(of(`${at}.attention.output.dense.weight`)),
      mixBias: of(`${at}.attention.output.dense.bias`),
      mixNorm: norm(`${at}.attention.output.LayerNorm`),
      up: np.transpose(of(`${at}.intermediate.dense.weight`)),
      upBias: of(`${at}.intermediate.dense.bias`),
      down: np.transpose(of(`${at}.output.dense.weight`)),
      downBias: of(`${at}.output.dense.bias`),
      norm: norm(`${at}.output.LayerNorm`),
    };
  };
  const count = Object.keys(tensors).filter((name) =>
    /^encoder\.layer\.\d+\.output\.dense\.bias$/.test(name),
  ).length;
  const places = np.slice(of('embeddings.position_embeddings.weight'), [0, length]);
  return {
    words: np.multiply(of('embeddings.word_embeddings.weight'), SPREAD),
    places: np.multiply(np.add(places, np.slice(of('embeddings.token_type_embeddings.weight'), 0)), SPREAD),
    norm: norm('embeddings.LayerNorm'),
    layers: Array.from({ length: count }, (_, i) => layer(i)),
  };
};

export interface Rows {
  /** [length]: what is added to scores. */
  readonly hidden: sf.BaseArray;
  /** [length]: what each row counts in the mean. */
  readonly share: sf.BaseArray;
}

export interface Sentence extends Rows {
  /** [length, vocabulary]: a 1 for each place. */
  readonly words: sf.BaseArray;
}

/** Which of `length` rows a sentence of so many pieces has. How many stays hidden: rows behind its end count nothing. */
export const rowsOf = (pieces: number, length: number): Rows => {
  const is = Array.from({ length }, (_, i) => i < pieces);
  return {
    hidden: np.array(is.map((here) => (here ? 0 : HIDDEN))),
    share: np.array(is.map((here) => (here ? 1 / pieces : 0))),
  };
};

/** A sentence as `embed` takes it, of places in a vocabulary of this size. */
export const sentenceOf = (ids: readonly number[], length: number, vocabulary: number): Sentence => {
  const words = new Float64Array(length * vocabulary);
  for (const [i, id] of ids.entries()) words[i * vocabulary + id] = 1;
  return { words: np.reshape(np.asarray(words), [length, vocabulary]), ...rowsOf(ids.length, length) };
};

const dense = (x: sf.BaseArray, w: sf.BaseArray, bias: sf.BaseArray): sf.BaseArray =>
  np.add(np.matmul(x, w), bias);

const attention = (x: sf.BaseArray, layer: Layer, hidden: sf.BaseArray): sf.BaseArray => {
  const [length, size] = x.shape as [number, number];
  const heads = np.reshape(dense(x, layer.qkv, layer.qkvBias), [length, 3, size / HEAD, HEAD]);
  const [q, k, v] = [0, 1, 2].map((i) => np.transpose(np.slice(heads, ':', i), [1, 0, 2])) as [
    sf.BaseArray,
    sf.BaseArray,
    sf.BaseArray,
  ];
  const scores = np.add(np.matmul(q, np.transpose(k, [0, 2, 1])), hidden);
  const mixed = np.matmul(np.nn.softmax(scores), v);
  const rows = np.reshape(np.transpose(mixed, [1, 0, 2]), [length, size]);
  return np.nn.layerNorm(np.add(x, dense(rows, layer.mix, layer.mixBias)), ...layer.mixNorm, { epsilon: 0 });
};

/** The embedding of a sentence: [hidden], of length 1. */
export const embed = (w: Weights, sentence: Sentence): sf.BaseArray =>
  embedRows(w, np.matmul(sentence.words, w.words), sentence);

/** The same, of rows of the table of words: whoever has both in the clear just reads them. */
export const embedRows = (w: Weights, rows: sf.BaseArray, { hidden, share }: Rows): sf.BaseArray => {
  let x = np.nn.layerNorm(np.add(rows, w.places), ...w.norm, { epsilon: 0 });
  for (const layer of w.layers) {
    const y = attention(x, layer, hidden);
    const wide = np.nn.gelu(dense(y, layer.up, layer.upBias), false);
    x = np.nn.layerNorm(np.add(y, dense(wide, layer.down, layer.downBias)), ...layer.norm, { epsilon: 0 });
  }
  const mean = np.matmul(share, x);
  return np.multiply(mean, np.rsqrt(np.sum(np.square(mean))));
};
