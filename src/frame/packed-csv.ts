/**
 * @file CSV read piece by piece. Cells go to their columns as bytes as soon as their row is whole, so that neither the text nor a list of rows is there
 * as a whole: a cell takes its bytes and four more.
 */
import Papa from 'papaparse';
import { fail } from '../errors.ts';
import type { Cell, Raw } from './read.ts';

/** Characters that are parsed at a time, at least. */
const PIECE = 1 << 16;
/** Bytes or characters of a table in memory that are taken at a time. */
const SLICE = 1 << 20;
/** Texts up to this length are put together faster byte by byte. */
const SHORT = 24;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Texts one behind the other, as UTF-8. */
class PackedCells {
  #bytes = new Uint8Array(1 << 10);
  #ends = new Uint32Array(1 << 8);
  #count = 0;

  get length(): number {
    return this.#count;
  }

  push(text: string): void {
    const from = this.#count === 0 ? 0 : this.#ends[this.#count - 1]!;
    const most = from + 3 * text.length;
    if (most > 0xffffffff) fail('RANGE', 'a column of more than 4 GB');
    if (most > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(most, Math.ceil(1.5 * this.#bytes.length)));
      grown.set(this.#bytes.subarray(0, from));
      this.#bytes = grown;
    }
    if (this.#count === this.#ends.length) {
      const grown = new Uint32Array(Math.ceil(1.5 * this.#count));
      grown.set(this.#ends);
      this.#ends = grown;
    }
    let at = from;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) {
        at = from + encoder.encodeInto(text, this.#bytes.subarray(from)).written;
        break;
      }
      this.#bytes[at++] = code;
    }
    this.#ends[this.#count++] = at;
  }

  at(i: number): Cell {
    const bytes = this.#bytes;
    const [from, to] = [i === 0 ? 0 : this.#ends[i - 1]!, this.#ends[i]!];
    if (to - from > SHORT) return decoder.decode(bytes.subarray(from, to));
    let text = '';
    for (let k = from; k < to; k++) {
      const code = bytes[k]!;
      if (code > 127) return decoder.decode(bytes.subarray(from, to));
      text += String.fromCharCode(code);
    }
    return text;
  }
}

/** Pieces of a table in memory. */
export function* sliced(data: string | Uint8Array): Iterable<string | Uint8Array> {
  for (let at = 0; at < data.length; at += SLICE)
    yield typeof data === 'string' ? data.slice(at, at + SLICE) : data.subarray(at, at + SLICE);
}

/** Texts with \n as the end of a line, and without a byte order mark. Throws INVALID_ARGUMENT for bytes that are no UTF-8. */
function* texts(pieces: Iterable<string | Uint8Array>): Iterable<string> {
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const decoded = (bytes?: Uint8Array): string => {
    try {
      return utf8.decode(bytes, { stream: bytes !== undefined });
    } catch {
      return fail('INVALID_ARGUMENT', 'bytes of a table that are no UTF-8');
    }
  };
  let [isFirst, held] = [true, ''];
  for (const piece of pieces) {
    let text = held + (typeof piece === 'string' ? piece : decoded(piece));
    if (text === '') continue;
    if (isFirst) text = text.replace(/^\uFEFF/, '');
    isFirst = false;
    // Its other half may follow.
    held = text.endsWith('\r') ? '\r' : '';
    yield text.slice(0, text.length - held.length).replace(/\r\n?/g, '\n');
  }
  yield (held + decoded()).replace(/\r/g, '\n');
}

/** The part of papaparse that parses a text whose last row may not be whole. */
interface Parser {
  parse(
    text: string,
    from: number,
    leaveLast: boolean,
  ): {
    readonly data: string[][];
    readonly errors: readonly { readonly type: string; readonly message: string; readonly row?: number }[];
    readonly meta: { readonly cursor: number };
  };
}
const { Parser } = Papa as unknown as {
  readonly Parser: new (config: { readonly delimiter: string; readonly newline: string }) => Parser;
};

const separatorOf = (text: string, given: string | undefined): string =>
  Papa.parse(text, { delimiter: given ?? '', newline: '\n', preview: 1, skipEmptyLines: 'greedy' }).meta
    .delimiter;

/** Rows as they come, into columns. */
class Columns {
  readonly columns: { readonly name: string; readonly cells: PackedCells }[] = [];
  #rows = 0;

  /** Rows are numbered as lines of a file, the names being line 1; empty ones do not count. */
  add(row: readonly string[]): void {
    if (row.join('').trim() === '') return;
    if (this.#rows++ === 0) {
      for (const name of row) this.columns.push({ name: name.trim(), cells: new PackedCells() });
      return;
    }
    const width = this.columns.length;
    if (row.length !== width)
      fail(
        'INVALID_ARGUMENT',
        `row ${this.#rows} has ${row.length} cells, where ${width} columns have names`,
        { row: this.#rows },
      );
    for (let j = 0; j < width; j++) this.columns[j]!.cells.push(row[j]!);
  }
}

/**
 * CSV with a line of names; quotes as in RFC 4180, a byte order mark, any of the usual separators and ends of lines. Throws INVALID_ARGUMENT with the row.
 */
export const fromCsv = (pieces: Iterable<string | Uint8Array>, separator: string | undefined): Raw[] => {
  const found = new Columns();
  let [rest, before] = ['', 0];
  let parser: Parser | undefined;
  const parse = (isLast: boolean): void => {
    if (rest === '') return;
    parser ??= new Parser({ delimiter: separatorOf(rest, separator), newline: '\n' });
    const { data, errors, meta } = parser.parse(rest, 0, !isLast);
    const bad = errors.find(({ type }) => type === 'Quotes');
    if (bad) {
      const row = before + (bad.row ?? 0) + 1;
      fail('INVALID_ARGUMENT', `row ${row}: ${bad.message}`, { row });
    }
    for (const row of data) found.add(row);
    before += data.length;
    rest = rest.slice(meta.cursor);
  };
  for (const text of texts(pieces)) {
    rest += text;
    if (rest.length >= PIECE) parse(false);
  }
  parse(true);
  if (found.columns.length === 0) fail('INVALID_ARGUMENT', 'a table without columns');
  return found.columns;
};
