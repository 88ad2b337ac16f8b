/** @file `sf.frame`: tables of several parties side by side. */
import type { PYU } from '../device/devices.ts';
import { PYUObject } from '../device/objects.ts';
import type { Session } from '../device/session.ts';
import { fail, oneOf } from '../errors.ts';
import { describe } from '../names.ts';
import type { Normalize } from '../psi/ids.ts';
import { psi } from '../psi.ts';
import { columnar } from './columnar.ts';
import type { FrameColumn } from './columns.ts';
import { Frame } from './frame.ts';
import { type ReadOptions, readTable } from './read.ts';
import { type Block, RowFrame } from './rows-apart.ts';
import { DTYPES, type FrameDType, identifiers, type Table, takeRows, without } from './table.ts';

export type { FrameColumn } from './columns.ts';
export { type Aggregate, Frame } from './frame.ts';
export { RowFrame } from './rows-apart.ts';

export interface FrameOptions extends ReadOptions {
  /** Rows of each party's table, as sf.psi gives them: handles by party. */
  readonly rows?: Readonly<Record<string, PYUObject<Int32Array>>>;
  /**
   * The column of identifiers of all parties' tables, or several, which are read as texts: sf.psi finds the rows that they have in common, which are
   * put in the order of these texts, and the columns are dropped. Rows without one are left out.
   */
  readonly on?: string | readonly string[];
  /** 'columns' (unless given): parties have different columns of the same rows; 'rows': different rows with the same columns. */
  readonly apart?: 'columns' | 'rows';
}

const KNOWN = ['rows', 'on', 'apart', 'dtypes', 'separator', 'decimal', 'missing'];

/** Throws INVALID_ARGUMENT. */
export const checkOptions = (o: FrameOptions): void => {
  const alien = Object.keys(o).find((key) => !KNOWN.includes(key));
  if (alien !== undefined)
    fail(
      'INVALID_ARGUMENT',
      `sf.frame: unknown option ${JSON.stringify(alien)}: known are ${KNOWN.join(', ')}`,
    );
  for (const [name, dtype] of Object.entries(o.dtypes ?? {}))
    if (!DTYPES.includes(dtype))
      fail(
        'INVALID_ARGUMENT',
        `sf.frame: column ${JSON.stringify(name)} of dtype ${describe(dtype)}: use ${oneOf(DTYPES)}`,
        { column: name },
      );
  if (o.on !== undefined && o.rows !== undefined)
    fail('INVALID_ARGUMENT', 'sf.frame: rows are found by on, or given: not both');
  if (o.apart !== undefined && o.apart !== 'columns' && o.apart !== 'rows')
    fail('INVALID_ARGUMENT', "sf.frame: apart is 'columns' or 'rows'");
  if (o.apart === 'rows' && (o.on !== undefined || o.rows !== undefined))
    fail('INVALID_ARGUMENT', 'sf.frame: rows that are apart are not joined: leave out on and rows');
  if (o.decimal !== undefined && o.decimal !== '.' && o.decimal !== ',')
    fail('INVALID_ARGUMENT', "sf.frame: decimal is '.' or ','");
};

/** What everybody learns of a party's table. */
interface Told {
  readonly rows: number;
  readonly columns: readonly Omit<FrameColumn, 'owner'>[];
}

const schemaOf = ({ rows, columns }: Table): Told => ({
  rows,
  columns: columns.map(({ name, dtype }) => ({ name, dtype })),
});

/** Each party's table, read there; in production another's is a handle alone. */
const read = (session: Session, data: Readonly<Record<string, unknown>>, reading: ReadOptions): Tables =>
  Object.entries(data).map(([party, given]) => {
    const pyu = session.PYU(party);
    if (!(given instanceof PYUObject) || given.device !== pyu)
      return fail(
        'INVALID_ARGUMENT',
        `sf.frame: ${party} is given ${describe(given)}, not a handle of ${party}'s`,
        { party },
      );
    const table = async (x: unknown): Promise<Table> => readTable(await columnar(x), reading);
    return [pyu, pyu(table)(given as never) as PYUObject<Table>] as const;
  });

/** Each party's table, at that party. */
export type Tables = readonly (readonly [PYU, PYUObject<Table>])[];

/** The identifiers of a row that has them all. */
const whole: Normalize = (id) => (id === '' || (Array.isArray(id) && id.includes('')) ? undefined : id);

/** Rows in the order of their identifiers, which all who have them know: so it is the same at all, and in every run. */
const byIdentifiers = (ids: readonly (readonly string[])[], rows: ArrayLike<number>): number[] =>
  Array.from(rows).sort((a, b) => {
    const differs = ids.find((column) => column[a] !== column[b]);
    return differs === undefined ? 0 : differs[a]! < differs[b]! ? -1 : 1;
  });

/** Rows that all tables have, without the columns that say so. */
const joined = async (tables: Tables, on: readonly string[]): Promise<Tables> => {
  const ids = tables.map(
    ([pyu, table]) => [pyu.party, pyu((t: Table) => identifiers(t, on))(table as never)] as const,
  );
  const found = await psi(Object.fromEntries(ids), { normalize: whole });
  return tables.map(([pyu, table]) => {
    const rows = found[pyu.party]! as PYUObject<Int32Array>;
    const work = (t: Table, own: ArrayLike<number>): Table =>
      takeRows(without(t, on), byIdentifiers(identifiers(t, on), own));
    return [pyu, pyu(work)(table as never, rows as never) as PYUObject<Table>] as const;
  });
};

const aligned = (tables: Tables, rows: NonNullable<FrameOptions['rows']>): Tables =>
  tables.map(([pyu, table]) => {
    const own =
      rows[pyu.party] ?? fail('INVALID_ARGUMENT', `sf.frame: no rows for ${pyu.party}`, { party: pyu.party });
    return [pyu, pyu(takeRows)(table as never, own as never) as PYUObject<Table>] as const;
  });

/** Tables side by side, as they stand or by the rows that they have in common. Rejects with SHAPE where they differ in length. */
export const framed = async (session: Session, given: Tables, on: readonly string[] = []): Promise<Frame> => {
  const tables = on.length > 0 ? await joined(given, on) : given;
  const parties = tables.map(([pyu]) => pyu.party);
  const schemas = (await session.reveal(
    tables.map(([pyu, table]) => pyu(schemaOf)(table as never)),
  )) as unknown as Told[];
  const [first] = schemas as [Told];
  const other = schemas.findIndex((s) => s.rows !== first.rows);
  if (other >= 0)
    fail(
      'SHAPE',
      `sf.frame: ${parties[0]} has ${first.rows} rows, ${parties[other]} ${schemas[other]!.rows}: the option on names a column that both have`,
      { party: parties[other] },
    );
  const columns = schemas.flatMap((s, i) => s.columns.map((c) => ({ ...c, owner: parties[i]! })));
  return new Frame(new Map(tables.map(([pyu, table]) => [pyu.party, table])), columns, first.rows);
};

/** The dtype that takes the values of both. */
const common = (a: FrameDType, b: FrameDType): FrameDType | undefined => {
  if (a === b) return a;
  const [has, only] = [
    (d: FrameDType) => a === d || b === d,
    (...all: FrameDType[]) => all.includes(a) && all.includes(b),
  ];
  if (only('integer', 'boolean')) return 'integer';
  if (only('number', 'integer', 'boolean')) return 'number';
  return only('category', 'text') && has('text') ? 'text' : undefined;
};

/** Rows below each other. Throws INVALID_ARGUMENT for columns that differ. */
const stacked = async (session: Session, tables: Tables): Promise<RowFrame> => {
  const schemas = (await session.reveal(
    tables.map(([pyu, table]) => pyu(schemaOf)(table as never)),
  )) as unknown as Told[];
  const [first, ...others] = schemas as [Told, ...Told[]];
  const wrong = (i: number, column: string, what: string): never => {
    const { party } = tables[i + 1]![0];
    return fail('INVALID_ARGUMENT', `sf.frame: ${party}'s column ${JSON.stringify(column)} ${what}`, {
      party,
      column,
    });
  };
  const columns = first.columns.map(({ name, dtype }) => {
    const all = others.reduce<FrameDType>((known, { columns: own }, i) => {
      const there = own.find((c) => c.name === name) ?? wrong(i, name, 'is not there');
      return common(known, there.dtype) ?? wrong(i, name, `holds ${there.dtype}, where others have ${known}`);
    }, dtype);
    return { name, dtype: all };
  });
  const names = columns.map((c) => c.name);
  for (const [i, { columns: own }] of others.entries()) {
    const alien = own.find((c) => !names.includes(c.name));
    if (alien) wrong(i, alien.name, `is not there at ${tables[0]![0].party}`);
  }
  const blocks = tables.map(([pyu, table], i): [string, Block] => [
    pyu.party,
    { table, rows: schemas[i]!.rows },
  ]);
  return new RowFrame(new Map(blocks), columns);
};

/** Columns of these parties, in one frame. */
export const frame = async (
  session: Session,
  data: Readonly<Record<string, unknown>>,
  options: FrameOptions = {},
): Promise<Frame | RowFrame> => {
  checkOptions(options);
  const { rows, on = [], apart, ...reading } = options;
  if (Object.keys(data).length === 0) fail('INVALID_ARGUMENT', 'sf.frame: a table of one party at least');
  const keys = typeof on === 'string' ? [on] : [...on];
  const dtypes = { ...Object.fromEntries(keys.map((name) => [name, 'text' as const])), ...reading.dtypes };
  const given = read(session, data, { ...reading, dtypes });
  if (apart === 'rows') return stacked(session, given);
  return framed(session, rows === undefined ? given : aligned(given, rows), keys);
};
