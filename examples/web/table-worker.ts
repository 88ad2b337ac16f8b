/** @file The worker that reads a table: a large file keeps the page from nothing, and says how far it has come. */
import Papa from 'papaparse';
import { separatorOf } from '../lib/separator.ts';
import { checkTraining, type Table, TableError, TableReader } from '../lib/table.ts';

export interface ReadRequest {
  readonly source: Blob;
  readonly name: string;
  /** The last column is the label. */
  readonly labelled: boolean;
  readonly leastRows: number;
}

export type ReadAnswer =
  | { readonly kind: 'progress'; readonly share: number }
  | { readonly kind: 'table'; readonly table: Table }
  | { readonly kind: 'wrong'; readonly message: string };

const tell = (answer: ReadAnswer): void => postMessage(answer);

/** What tells how the cells are parted: whole lines of the beginning. */
const START = 1 << 16;
const startOf = async (source: Blob): Promise<string> => {
  const text = await source.slice(0, START).text();
  return source.size <= START ? text : text.replace(/[^\r\n]*$/, '');
};

const read = async ({ source, name, labelled, leastRows }: ReadRequest): Promise<void> => {
  const reader = new TableReader(name);
  let line = 0;
  const delimiter = separatorOf(await startOf(source));
  let over = false;
  const end = (answer: ReadAnswer): void => {
    if (!over) tell(answer);
    over = true;
  };
  const wrong = (e: Error): void =>
    end({ kind: 'wrong', message: e instanceof TableError ? e.message : `${name}: ${e.message}` });
  Papa.parse<string[]>(new File([source], name), {
    delimiter,
    chunkSize: 1 << 20,
    chunk: ({ data, errors, meta }, parser) => {
      const [bad] = errors.filter(({ type }) => type === 'Quotes');
      if (bad) {
        wrong(new TableError(`${name}: line ${line + (bad.row ?? 0) + 1}: ${bad.message}`));
        parser.abort();
        return;
      }
      for (const cells of data) reader.add(++line, cells);
      tell({ kind: 'progress', share: Math.min(1, meta.cursor / Math.max(1, source.size)) });
    },
    complete: () => {
      if (over) return;
      try {
        const table = reader.table(delimiter);
        checkTraining(table, name, labelled, leastRows);
        end({ kind: 'table', table });
      } catch (e) {
        wrong(e as Error);
      }
    },
    error: wrong,
  });
};

globalThis.onmessage = ({ data }: MessageEvent<ReadRequest>) => {
  read(data).catch((e: Error) => tell({ kind: 'wrong', message: `${data.name}: ${e.message}` }));
};
