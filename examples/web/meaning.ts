/** @file What the page of demo (d) computes: a search by meaning, with a model of alice's and a question of bob's. */
import { type BaseArray, type NDArray, np, type Session } from 'tessera-mpc';
import {
  embed,
  embedRows,
  prepared,
  rowsOf,
  type Sentence,
  sentenceOf,
  type Weights,
} from '../embedding/minilm.ts';
import { WordPiece } from '../embedding/word-piece.ts';
import { spuOf } from './programs.ts';

/** Pieces of words that a question may have. */
const LENGTH = 32;

/** What alice has: the tensors of the model by name, the words that it knows, and sentences. */
export interface Library {
  readonly tensors: Readonly<Record<string, NDArray>>;
  readonly words: string;
  readonly sentences: readonly string[];
}

/** Weights as the SPU takes them, and the embeddings of the sentences, which alice makes in the clear. */
const atAlice = ({ tensors, words, sentences }: Library): [Weights, BaseArray] => {
  const vocabulary = new WordPiece(words);
  const known = sentences.map((text) => {
    const ids = vocabulary.encode(text, LENGTH);
    const weights = prepared(tensors, ids.length);
    return embedRows(weights, np.take(weights.words, ids, 0), rowsOf(ids.length, ids.length));
  });
  return [prepared(tensors, LENGTH), np.stack(known)];
};

const near = (known: BaseArray, question: BaseArray): BaseArray => np.matmul(known, question);

/**
 * A search by meaning. The words that the model knows and the sentences are shown to both; the weights, the embeddings and the question are not.
 * `ask` asks one question, given at bob's, who alone learns how near each sentence is; undefined at alice's.
 */
export const meaning = async (s: Session, library: Library | undefined, dealer: boolean) => {
  const spu = spuOf(s, dealer);
  const [alice, bob] = [s.PYU('alice'), s.PYU('bob')];
  const own = (): Library => {
    if (library === undefined) throw new Error('alice has no model');
    return library;
  };
  const shown = alice(function wordsAndSentences() {
    return { words: own().words, sentences: [...own().sentences] };
  })();
  const { words, sentences } = (await s.reveal(shown)) as unknown as Pick<Library, 'words' | 'sentences'>;
  const [weights, known] = alice(
    function weightsOfAlice() {
      return atAlice(own());
    },
    { numReturns: 2 },
  )();
  // The weights are masked once, and serve every question.
  const held = spu(function keep(w: never) {
    return w;
  })(weights);
  await s.wait(held);
  const vocabulary = new WordPiece(words);
  const ask = async (question: string | undefined): Promise<number[] | undefined> => {
    let seen: number[] | undefined;
    const pieces = bob(function piecesOfQuestion(): Sentence {
      return sentenceOf(vocabulary.encode(question ?? '', LENGTH), LENGTH, vocabulary.size);
    })();
    const scores = spu(near)(known, spu(embed)(held, pieces as never)).to(bob);
    await s.wait(
      bob(function read(scores: NDArray) {
        seen = Array.from(scores.data as Float64Array);
      })(scores as never),
    );
    return seen;
  };
  return { ask, sentences };
};
