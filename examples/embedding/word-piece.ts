/**
 * @file Sentences as numbers of words and of pieces of words: what BERT's models of lower case read. The longest piece of the vocabulary that
 * a word begins with is taken, then the longest of the rest, until nothing is left.
 */

/** Letters beyond this make a word unknown. */
const LONGEST = 100;
const MARKS = /\p{Mn}/gu;
/** Signs stand alone: all of ASCII that is neither letter nor digit, other punctuation, and each Chinese character. */
const APART = /([!-/:-@[-`{-~]|\p{P}|\p{Script=Han})/gu;
const CONTROL = /[\p{Cc}\p{Cf}\ufffd]/gu;
const SPACE = /[\t\n\r\s]+/gu;

export class WordPiece {
  readonly #places: ReadonlyMap<string, number>;

  /** The vocabulary: one piece a line; those inside of words begin with ##. */
  constructor(vocabulary: string) {
    const pieces = vocabulary.split(/\r?\n/);
    if (pieces.at(-1) === '') pieces.pop();
    this.#places = new Map(pieces.map((piece, i) => [piece, i]));
  }

  get size(): number {
    return this.#places.size;
  }

  #place(piece: string): number {
    const at = this.#places.get(piece);
    if (at === undefined) throw new Error(`the vocabulary has no ${piece}`);
    return at;
  }

  #pieces(word: string): number[] {
    const letters = [...word];
    const found: number[] = [];
    for (let from = 0; from < letters.length; ) {
      let to = letters.length;
      let at: number | undefined;
      for (; to > from && at === undefined; to--)
        at = this.#places.get(`${from > 0 ? '##' : ''}${letters.slice(from, to).join('')}`);
      if (at === undefined || letters.length > LONGEST) return [this.#place('[UNK]')];
      found.push(at);
      from = to + 1;
    }
    return found;
  }

  /** Places in the vocabulary, between those of [CLS] and [SEP]; at most `most` of them. */
  encode(sentence: string, most: number): number[] {
    const plain = sentence
      .replace(SPACE, ' ')
      .replace(CONTROL, '')
      .toLowerCase()
      .normalize('NFD')
      .replace(MARKS, '')
      .replace(APART, ' $1 ');
    const words = plain.split(' ').filter((word) => word !== '');
    const pieces = words.flatMap((word) => this.#pieces(word)).slice(0, most - 2);
    return [this.#place('[CLS]'), ...pieces, this.#place('[SEP]')];
  }
}
