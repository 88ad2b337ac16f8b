/**
 * @file Frames whose rows are apart: the same columns at several parties, each with rows of its own. Names, dtypes and numbers of rows are public; what is said
 * of all rows together is computed on an SPU and stays a secret.
 */
import type { SPU } from '../device/devices.ts';
import type { PYUObject, SPUObject } from '../device/objects.ts';
import { fail } from '../errors.ts';
import { permutation } from '../models/draws.ts';
import { describe, suggestion } from '../names.ts';
import type { BaseArray, NDArray } from '../numpy/index.ts';
import * as np from '../numpy/index.ts';
import * as clear from './cleaning.ts';
import { type FrameColumn, NUMERIC } from './columns.ts';
import { correlations } from './secret.ts';
import { rename, rowsOf, select, type Table, takeRows } from './table.ts';

type Column = Omit<FrameColumn, 'owner'>;

/** A party's rows. */
export interface Block {
  readonly table: PYUObject<Table>;
  readonly rows: number;
}

/** What numbers of one column are like, over the rows of all parties. */
export interface Summary {
  readonly mean: BaseArray;
  readonly std: BaseArray;
  readonly min: BaseArray;
  readonly max: BaseArray;
}

const below = (parts: readonly BaseArray[]): BaseArray =>
  parts.length === 1 ? parts[0]! : np.concatenate([...parts], 0);

const summed = (parts: readonly BaseArray[]): Summary => {
  const x = below(parts);
  // Around the first row, so that numbers keep their digits.
  const first = x.at(0);
  const away = np.subtract(x, first);
  const factor = x.shape[0]! / Math.max(1, x.shape[0]! - 1);
  return {
    mean: np.add(first, np.mean(away, 0)),
    std: np.sqrt(np.multiply(np.var(away, 0), factor)),
    min: np.min(x, 0),
    max: np.max(x, 0),
  };
};

/**
 * Rows of several parties below each other, all with the same columns, as sf.frame(data, { apart: 'rows' }) gives it. Each row stays at its owner; frames never
 * change, and each method gives another. As text it is its schema.
 * @example
 * const f = await sf.frame({ alice: sf.to(alice, { age: [30] }), bob: sf.to(bob, { age: [40, 50] }) }, { apart: 'rows' });
 * f.shape // [3, 1]
 */
export class RowFrame {
  readonly #blocks: ReadonlyMap<string, Block>;

  /**
   * Names and dtypes, which are public.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { age: [30] }), bob: sf.to(bob, { age: [40] }) }, { apart: 'rows' });
   * f.columns // [{ name: 'age', dtype: 'integer' }]
   */
  readonly columns: readonly Column[];

  constructor(blocks: ReadonlyMap<string, Block>, columns: readonly Column[]) {
    this.#blocks = blocks;
    this.columns = columns;
  }

  /**
   * [rows of all parties, columns], which are public.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { age: [30] }), bob: sf.to(bob, { age: [40] }) }, { apart: 'rows' });
   * f.shape // [2, 1]
   */
  get shape(): readonly [number, number] {
    let rows = 0;
    for (const block of this.#blocks.values()) rows += block.rows;
    return [rows, this.columns.length];
  }

  /**
   * The schema as text, and how many rows each party has. Never a value.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { age: [30] }), bob: sf.to(bob, { age: [40] }) }, { apart: 'rows' });
   * String(f) // 'Frame, 2 rows: 1 of alice, 1 of bob\n  age: integer'
   */
  toString(): string {
    const owners = [...this.#blocks].map(([party, { rows }]) => `${rows} of ${party}`);
    const lines = this.columns.map(({ name, dtype }) => `\n  ${name}: ${dtype}`);
    return `Frame, ${this.shape[0]} rows: ${owners.join(', ')}${lines.join('')}`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  #column(name: string): Column {
    const names = this.columns.map((c) => c.name);
    return (
      this.columns.find((c) => c.name === name) ??
      fail('INVALID_ARGUMENT', `no column ${describe(name)}: ${suggestion(String(name), names)}`, {
        column: name,
      })
    );
  }

  #numeric(name: string): string {
    const { dtype } = this.#column(name);
    return NUMERIC.includes(dtype)
      ? name
      : fail(
          'DTYPE',
          `column ${JSON.stringify(name)} holds ${dtype}, not numbers: onehot makes numbers of categories`,
          {
            column: name,
          },
        );
  }

  /** `work` at each party. */
  #each(
    work: (table: Table) => Table,
    change: (c: Column) => Column | readonly Column[] = (c) => c,
  ): RowFrame {
    const blocks = [...this.#blocks].map(([party, { table, rows }]) => {
      const next = table.device(work)(table) as PYUObject<Table>;
      return [party, { table: next, rows }] as const;
    });
    return new RowFrame(new Map(blocks), this.columns.flatMap(change));
  }

  /**
   * These columns alone, in this order. Throws INVALID_ARGUMENT for names that are not there.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { age: [30], paid: [1] }), bob: sf.to(bob, { age: [40], paid: [0] }) }, { apart: 'rows' });
   * f.select(['paid']).shape // [2, 1]
   */
  select(names: readonly string[]): RowFrame {
    const kept = names.map((name) => this.#column(name));
    if (kept.length === 0) fail('INVALID_ARGUMENT', 'a frame without columns');
    const own = [...names];
    return new RowFrame(this.#each((t) => select(t, own)).#blocks, kept);
  }

  /**
   * All columns but these.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { age: [30], paid: [1] }), bob: sf.to(bob, { age: [40], paid: [0] }) }, { apart: 'rows' });
   * f.drop(['paid']).columns.length // 1
   */
  drop(names: readonly string[]): RowFrame {
    const gone = names.map((name) => this.#column(name).name);
    return this.select(this.columns.map((c) => c.name).filter((name) => !gone.includes(name)));
  }

  /**
   * Columns by other names: { old: 'new' }.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { age: [30] }), bob: sf.to(bob, { age: [40] }) }, { apart: 'rows' });
   * f.rename({ age: 'years' }).columns[0]!.name // 'years'
   */
  rename(names: Readonly<Record<string, string>>): RowFrame {
    const own = { ...names };
    for (const [old, name] of Object.entries(own))
      if (this.#column(old).name !== name && this.columns.some((c) => c.name === name))
        fail('INVALID_ARGUMENT', `two columns are called ${JSON.stringify(name)}: rename one`, {
          column: name,
        });
    return this.#each(
      (table) => rename(table, own),
      (c) => ({ ...c, name: own[c.name] ?? c.name }),
    );
  }

  /**
   * A value for what is missing, by column; the same at all parties.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, 'age\n30\nNA\n'), bob: sf.to(bob, 'age\n40\n') }, { apart: 'rows' });
   * await sf.reveal(f.fillna({ age: 0 }).head('alice')) // [{ age: 30 }, { age: 0 }]
   */
  fillna(values: Readonly<Record<string, number | string | boolean>>): RowFrame {
    const own = { ...values };
    for (const [name, value] of Object.entries(own)) {
      this.#column(name);
      if (typeof value === 'string' && ['mean', 'median', 'mode'].includes(value))
        fail('UNSUPPORTED', `fillna: the ${value} of rows that are apart is a secret: give a value`, {
          column: name,
        });
    }
    return this.#each((table) => clear.fillna(table, own));
  }

  /**
   * Numbers of these columns held between two bounds.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { age: [300] }), bob: sf.to(bob, { age: [40] }) }, { apart: 'rows' });
   * await sf.reveal(f.clip(['age'], 0, 120).head('alice')) // [{ age: 120 }]
   */
  clip(names: readonly string[], low: number, high: number): RowFrame {
    const own = names.map((name) => this.#numeric(name));
    if (!(low <= high)) fail('INVALID_ARGUMENT', `clip: ${low} is not below ${high}`);
    return this.#each((table) => clear.clip(table, own, low, high));
  }

  /**
   * A column of 0 and 1 for each of these categories, which are public, in the column's place: `city=Rome`. Other values are 0 in all.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { city: ['Rome'] }), bob: sf.to(bob, { city: ['Bonn'] }) }, { apart: 'rows' });
   * await sf.reveal(f.onehot('city', ['Rome']).head('bob')) // [{ 'city=Rome': 0 }]
   */
  onehot(name: string, categories: readonly string[]): RowFrame {
    const own = [...categories];
    this.#column(name);
    if (own.length === 0)
      fail('INVALID_ARGUMENT', 'onehot: the categories, which everybody may know, are wanted');
    return this.#each(
      (table) => clear.onehot(table, name, own),
      (c) =>
        c.name === name
          ? own.map((category) => ({ name: `${name}=${category}`, dtype: 'integer' as const }))
          : c,
    );
  }

  /**
   * The first rows of a party's own, as objects, at that party: nobody else sees them.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { age: [30, 40] }), bob: sf.to(bob, { age: [50] }) }, { apart: 'rows' });
   * await sf.reveal(f.head('alice', 1)) // [{ age: 30 }]
   */
  head(party: string, rows = 5): PYUObject<Record<string, unknown>[]> {
    const block =
      this.#blocks.get(party) ??
      fail(
        'INVALID_ARGUMENT',
        `${describe(party)} has no rows here: ${suggestion(String(party), [...this.#blocks.keys()])}`,
      );
    return block.table.device((t: Table) => rowsOf(t, rows))(block.table) as never;
  }

  /**
   * [train, test]: each party's rows in an order that a public seed gives, parted at `share`.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { age: [1, 2, 3, 4, 5] }), bob: sf.to(bob, { age: [6, 7, 8, 9, 10] }) }, { apart: 'rows' });
   * f.split(0.8, 7).map((part) => part.shape[0]) // [8, 2]
   */
  split(share = 0.8, seed = 0): readonly [RowFrame, RowFrame] {
    if (!(share > 0 && share < 1))
      fail('INVALID_ARGUMENT', `split: a share between 0 and 1, not ${describe(share)}`);
    const orders = new Map([...this.#blocks].map(([party, { rows }]) => [party, permutation(rows, seed)]));
    const part = (pick: (order: readonly number[], cut: number) => readonly number[]): RowFrame => {
      const blocks = [...this.#blocks].map(([party, { table, rows }]): [string, Block] => {
        const own = pick(orders.get(party)!, Math.floor(rows * share));
        if (own.length === 0)
          fail('INVALID_ARGUMENT', `split: ${share} of ${party}'s ${rows} rows leave a part empty`);
        return [
          party,
          { table: table.device((t: Table) => takeRows(t, own))(table) as never, rows: own.length },
        ];
      });
      return new RowFrame(new Map(blocks), this.columns);
    };
    return [part((order, cut) => order.slice(0, cut)), part((order, cut) => order.slice(cut))];
  }

  /** A matrix of these columns at each party. */
  #parts(names: readonly string[] | undefined): PYUObject<NDArray>[] {
    const own =
      names?.map((name) => this.#numeric(name)) ??
      this.columns.filter((c) => NUMERIC.includes(c.dtype)).map((c) => c.name);
    if (own.length === 0) fail('DTYPE', 'a frame without columns of numbers');
    return [...this.#blocks.values()].map(
      ({ table }) => table.device((t: Table) => clear.matrixOf(t, own))(table) as PYUObject<NDArray>,
    );
  }

  /**
   * Features for models: numbers of these columns (all that are numbers unless said), of all parties' rows, as a secret [rows, columns] for
   * `spu(model.fit)([f.features(spu)], y)`. What is missing is an INVALID_ARGUMENT error at its owner, with column and row.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { age: [30] }), bob: sf.to(bob, { age: [40] }) }, { apart: 'rows' });
   * await sf.reveal(f.features(spu)) // [[30], [40]]
   */
  features(spu: SPU, names?: readonly string[]): SPUObject<NDArray> {
    return spu((...parts: BaseArray[]) => below(parts))(...(this.#parts(names) as never[])) as never;
  }

  /**
   * A column of two values, [what counts as 0, what counts as 1], as secret labels. Other values, and what is missing, are INVALID_ARGUMENT errors at their owner,
   * with column and row.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { paid: ['yes'] }), bob: sf.to(bob, { paid: ['no'] }) }, { apart: 'rows' });
   * await sf.reveal(f.labels(spu, 'paid', ['no', 'yes'])) // [1, 0]
   */
  labels(
    spu: SPU,
    name: string,
    values: readonly [string | number | boolean, string | number | boolean] = [0, 1],
  ): SPUObject<NDArray> {
    this.#column(name);
    const own = values.map((v) => (typeof v === 'boolean' ? Number(v) : v));
    const parts = [...this.#blocks.values()].map(({ table }) =>
      table.device((t: Table) => clear.twoValues(t, name, own))(table),
    );
    return spu((...given: BaseArray[]) => below(given))(...(parts as never[])) as never;
  }

  /**
   * Mean, standard deviation (over n - 1), least and largest number of each of these columns (all that are numbers unless said), over the rows of all: secrets of
   * as many numbers.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { age: [30] }), bob: sf.to(bob, { age: [40] }) }, { apart: 'rows' });
   * (await sf.reveal(f.describe(spu))).mean // [35]
   */
  describe(spu: SPU, names?: readonly string[]): SPUObject<{ readonly [K in keyof Summary]: NDArray }> {
    return spu((...parts: BaseArray[]) => summed(parts))(...(this.#parts(names) as never[])) as never;
  }

  /**
   * Correlations of these columns (all that are numbers unless said) over the rows of all: a secret [k, k].
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { a: [1, 2], b: [2, 4] }), bob: sf.to(bob, { a: [3], b: [6] }) }, { apart: 'rows' });
   * await sf.reveal(f.corr(spu)) // [[1, 1], [1, 1]]
   */
  corr(spu: SPU, names?: readonly string[]): SPUObject<NDArray> {
    return spu((...parts: BaseArray[]) => correlations([below(parts)]))(
      ...(this.#parts(names) as never[]),
    ) as never;
  }
}
