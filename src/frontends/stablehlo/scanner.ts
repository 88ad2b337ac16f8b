/** @file Characters of a text that may be hostile: tokens, types and attributes of MLIR. */
import { denseOf } from './dense.ts';
import { bytesOfHex, numbersOf } from './dense-text.ts';
import { type Attribute, type Dense, DYNAMIC, LIMITS, malformed, type Type } from './module.ts';

// One class of characters each: of repeated choices the engine of patterns remembers each, and its memory has an end.
const BLANK = /\s*/y;
const LINE = /[^\n]*/y;
const PLAIN = /[^"\\\n]*/y;
const IDENTIFIER = /[A-Za-z_][\w$.-]*/y;
const NUMBER = /[+-]?(?:0x[0-9a-fA-F]+|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)/y;
const VALUE = /%[\w$.-]+(?:#\d+)?/y;
const SYMBOL = /@[\w$.-]+/y;
const ELEMENT = /complex<\w+>|[\w.]+/y;
const AXIS = /(\d+|\?)x/y;

export class Scanner {
  readonly text: string;
  #at = 0;
  #depth = 0;
  #line = 1;
  #counted = 0;
  readonly aliases = new Map<string, Attribute>();

  constructor(text: string) {
    this.text = text;
  }

  /** The line, counted on from where it was last asked for. */
  get place(): string {
    for (
      let end = this.text.indexOf('\n', this.#counted);
      end >= 0 && end < this.#at;
      end = this.text.indexOf('\n', this.#counted)
    ) {
      this.#line++;
      this.#counted = end + 1;
    }
    return `line ${this.#line}`;
  }
  get ended(): boolean {
    this.blank();
    return this.#at >= this.text.length;
  }

  fail(what: string): never {
    return malformed(what, this.place);
  }

  blank(): void {
    for (;;) {
      this.#at = this.#end(BLANK, this.#at);
      if (!this.text.startsWith('//', this.#at)) return;
      this.#at = this.#end(LINE, this.#at);
    }
  }

  /** Where a run of characters that begins at a place ends. */
  #end(run: RegExp, from: number): number {
    run.lastIndex = from;
    run.exec(this.text);
    return run.lastIndex;
  }

  /** What stands in quotes here, as it is written; undefined where nothing does. */
  #quoted(): string | undefined {
    const from = this.#at + 1;
    if (this.text[this.#at] !== '"') return undefined;
    let at = this.#end(PLAIN, from);
    while (this.text[at] === '\\' && at + 1 < this.text.length && this.text[at + 1] !== '\n')
      at = this.#end(PLAIN, at + 2);
    if (this.text[at] !== '"') return undefined;
    this.#at = at + 1;
    return this.text.slice(from, at);
  }

  /** Goes deeper into what is nested, as far as the limit. */
  nested<T>(inside: () => T): T {
    if (++this.#depth > LIMITS.depth) this.fail('parts in one another');
    const value = inside();
    this.#depth--;
    return value;
  }

  match(pattern: RegExp): RegExpExecArray | undefined {
    this.blank();
    return this.matchHere(pattern);
  }
  /** As `match`, without blanks before it. */
  matchHere(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.text);
    if (!found) return undefined;
    this.#at = pattern.lastIndex;
    return found;
  }

  sees(text: string): boolean {
    this.blank();
    return this.text.startsWith(text, this.#at);
  }
  eat(text: string): boolean {
    if (!this.sees(text)) return false;
    this.#at += text.length;
    return true;
  }
  /** A whole word. */
  eatWord(word: string): boolean {
    if (!this.sees(word) || /[\w$.]/.test(this.text[this.#at + word.length] ?? '')) return false;
    this.#at += word.length;
    return true;
  }
  expect(text: string): void {
    if (!this.eat(text))
      this.fail(`${JSON.stringify(text)} is missing before ${JSON.stringify(this.#next())}`);
  }
  #next(): string {
    return this.text.slice(this.#at, this.#at + 24).split('\n')[0] as string;
  }

  identifier(): string {
    return (
      this.match(IDENTIFIER)?.[0] ?? this.fail(`a name is missing before ${JSON.stringify(this.#next())}`)
    );
  }
  string(): string {
    this.blank();
    const found = this.#quoted() ?? this.fail('text in quotes is missing');
    return found.replace(/\\([0-9a-fA-F]{2}|.)/g, (_, c: string) =>
      c.length === 2 ? String.fromCharCode(Number.parseInt(c, 16)) : c === 'n' ? '\n' : c === 't' ? '\t' : c,
    );
  }
  symbol(): string {
    this.blank();
    if (this.text.startsWith('@"', this.#at)) {
      this.#at++;
      return this.#quoted() ?? this.fail('a name in quotes does not end');
    }
    const found = this.matchHere(SYMBOL) ?? this.fail('a name with @ is missing');
    return found[0].slice(1);
  }
  value(): string {
    return this.match(VALUE)?.[0] ?? this.fail(`a value is missing before ${JSON.stringify(this.#next())}`);
  }
  get seesValue(): boolean {
    return this.sees('%');
  }
  integer(): number {
    const found =
      this.match(NUMBER) ?? this.fail(`a number is missing before ${JSON.stringify(this.#next())}`);
    const value = Number(found[0]);
    return Number.isInteger(value) ? value : this.fail(`${found[0]} is no whole number`);
  }

  /** Entries between two brackets, with commas. */
  list<T>(open: string, close: string, entry: () => T): T[] {
    this.expect(open);
    const all: T[] = [];
    if (this.eat(close)) return all;
    do all.push(entry());
    while (this.eat(','));
    this.expect(close);
    return all;
  }

  type(): Type {
    if (this.eat('tensor<')) {
      const shape: number[] = [];
      if (this.eat('*x')) return this.#rest('unranked');
      for (let axis = this.match(AXIS); axis; axis = this.matchHere(AXIS))
        shape.push(axis[1] === '?' ? DYNAMIC : this.#axis(axis[1] as string));
      const element = this.matchHere(ELEMENT)?.[0];
      if (element === undefined) return this.#rest('quantized');
      if (this.eat(',')) this.#skipTo('>');
      this.expect('>');
      return { kind: 'tensor', shape, element };
    }
    if (this.sees('(')) {
      this.list('(', ')', () => this.type());
      this.expect('->');
      this.types();
      return { kind: 'other', name: 'function' };
    }
    const name = this.eat('!') ? this.identifier() : this.identifier();
    if (this.eat('<')) return this.#rest(name);
    return { kind: 'other', name };
  }
  #axis(digits: string): number {
    const size = Number(digits);
    return size <= LIMITS.elements ? size : this.fail(`an axis of ${digits}`);
  }
  #rest(name: string): Type {
    this.#skipTo('>');
    this.expect('>');
    return { kind: 'other', name };
  }

  /** One type, or several in parentheses. */
  types(): Type[] {
    return this.sees('(') ? this.list('(', ')', () => this.type()) : [this.type()];
  }

  /** Everything up to a bracket that closes what is open here. */
  #skipTo(close: string): void {
    this.nested(() => {
      while (!this.sees(close)) {
        if (this.ended) this.fail(`${close} is missing`);
        this.blank();
        if (this.#quoted() !== undefined) continue;
        const open = this.text[this.#at] as string;
        // '->' closes nothing.
        this.#at += open === '-' && this.text[this.#at + 1] === '>' ? 2 : 1;
        const other = { '<': '>', '(': ')', '[': ']', '{': '}' }[open];
        if (other !== undefined) {
          this.#skipTo(other);
          this.expect(other);
        }
      }
    });
  }

  /** `<...>`, of no meaning here. */
  angles(): void {
    this.expect('<');
    this.#skipTo('>');
    this.expect('>');
  }

  /** `loc(...)`, of no meaning here. */
  location(): void {
    if (!this.eat('loc(')) return;
    this.#skipTo(')');
    this.expect(')');
  }

  dictionary(): Map<string, Attribute> {
    const entries = new Map<string, Attribute>();
    for (const [name, value] of this.list('{', '}', () => {
      const key = this.sees('"') ? this.string() : this.identifier();
      return [key, this.eat('=') ? this.attribute() : true] as const;
    }))
      entries.set(name, value);
    return entries;
  }

  attribute(): Attribute {
    return this.nested(() => this.#attribute());
  }

  #attribute(): Attribute {
    if (this.sees('"')) return this.string();
    if (this.sees('@')) return this.symbol();
    if (this.sees('[')) return this.list('[', ']', () => this.attribute());
    if (this.sees('{')) return { kind: 'dictionary', entries: this.dictionary() };
    if (this.sees('#')) return this.#dialect();
    if (this.eatWord('true')) return true;
    if (this.eatWord('false')) return false;
    if (this.eatWord('unit')) return true;
    if (this.sees('dense<')) return this.dense();
    if (this.eat('array<')) {
      this.identifier();
      const all: Attribute[] = [];
      if (this.eat(':'))
        do all.push(this.eatWord('true') ? true : this.eatWord('false') ? false : this.integer());
        while (this.eat(','));
      this.expect('>');
      return all;
    }
    const found = this.match(NUMBER);
    if (!found) return this.type();
    const type = this.match(/:\s*(?=b?f\d|u?i\d|s?i\d|index)/y) ? this.type() : undefined;
    const element = type?.kind === 'other' ? type.name : '';
    return /^b?f\d/.test(element) && found[0].includes('0x') ? { kind: 'unknown' } : Number(found[0]);
  }

  /** `#stablehlo<precision DEFAULT>` is DEFAULT, `#stablehlo.gather<a = [0], b = 1>` the dictionary of it, `#name` an alias. */
  #dialect(): Attribute {
    this.expect('#');
    const name = this.identifier();
    if (!this.eat('<')) return this.aliases.get(name) ?? { kind: 'unknown' };
    if (name === 'stablehlo' || name === 'chlo') {
      this.identifier();
      const word = this.sees('>') ? '' : (this.match(IDENTIFIER)?.[0] ?? '');
      if (!this.sees('>')) this.#skipTo('>');
      this.expect('>');
      return word;
    }
    const isNumbers = ['stablehlo.gather', 'stablehlo.scatter', 'stablehlo.dot'].includes(name);
    if (!isNumbers) {
      if (name === 'stablehlo.conv') {
        const entries = this.convolution();
        this.expect('>');
        return { kind: 'dictionary', entries };
      }
      this.#skipTo('>');
      this.expect('>');
      return { kind: 'unknown' };
    }
    const entries = new Map<string, Attribute>();
    if (!this.eat('>')) {
      do {
        const key = this.identifier();
        this.expect('=');
        entries.set(key, this.attribute());
      } while (this.eat(','));
      this.expect('>');
    }
    return { kind: 'dictionary', entries };
  }

  /** `[b, 0, 1, f]x[0, 1, i, o]->[b, 0, 1, f]`: which axis is what. */
  convolution(): Map<string, Attribute> {
    const entries = new Map<string, Attribute>();
    const letters = (): string[] =>
      this.list('[', ']', () => this.match(/[a-z]|\d+/y)?.[0] ?? this.fail('an axis is missing'));
    const read = (prefix: string, names: Readonly<Record<string, string>>): void => {
      const axes = letters();
      const spatial = axes.filter((a) => /^\d+$/.test(a)).sort((a, b) => Number(a) - Number(b));
      for (const [letter, name] of Object.entries(names)) entries.set(name, axes.indexOf(letter));
      entries.set(
        `${prefix}_spatial_dimensions`,
        spatial.map((a) => axes.indexOf(a)),
      );
    };
    read('input', { b: 'input_batch_dimension', f: 'input_feature_dimension' });
    this.expect('x');
    read('kernel', { i: 'kernel_input_feature_dimension', o: 'kernel_output_feature_dimension' });
    this.expect('->');
    read('output', { b: 'output_batch_dimension', f: 'output_feature_dimension' });
    return entries;
  }

  /** `dense<[[1, 2], [3, 4]]> : tensor<2x2xi32>`, with one number for all, or all bytes in hexadecimal. */
  dense(): Dense {
    this.expect('dense<');
    const place = this.place;
    const raw: string[] = [];
    let hex: string | undefined;
    if (this.sees('"')) hex = this.string();
    else if (!this.sees('>')) this.#elements(raw);
    this.expect('>');
    this.expect(':');
    const type = this.type();
    if (type.kind !== 'tensor') return malformed('a constant that is no array', place);
    if (hex !== undefined) return denseOf(type, bytesOfHex(hex, place), place);
    return numbersOf(type, raw, place);
  }

  #elements(into: string[]): void {
    if (this.sees('[')) {
      this.nested(() => this.list('[', ']', () => this.#elements(into)));
      return;
    }
    if (this.sees('(')) {
      this.list('(', ')', () => this.#elements(into));
      return;
    }
    const found = this.match(NUMBER) ?? this.match(/true|false/y);
    into.push(found?.[0] ?? this.fail(`an element is missing before ${JSON.stringify(this.#next())}`));
  }
}
