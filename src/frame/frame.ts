/**
 * @file Frames: columns of several parties that stand side by side, each in the clear at its owner and nowhere else. Schema, owners and the number
 * of rows are public. What is computed within one party's columns is computed there; what takes columns of several is computed on an SPU and stays a secret.
 */
import type { PYU, SPU } from '../device/devices.ts';
import type { PYUObject, SPUObject } from '../device/objects.ts';
import { fail } from '../errors.ts';
import { permutation } from '../models/draws.ts';
import { describe, suggestion } from '../names.ts';
import type { BaseArray, NDArray } from '../numpy/index.ts';
import * as clear from './cleaning.ts';
import { type FrameColumn, Schema } from './columns.ts';
import { correlations, crossCounts, grouped, inflation, weighed } from './secret.ts';
import { rename, rowsOf, select, type Table, takeRows } from './table.ts';

export type Aggregate = 'sum' | 'mean' | 'min' | 'max' | 'std' | 'var';

type Tables = ReadonlyMap<string, PYUObject<Table>>;

/**
 * Columns of several parties side by side. Each stays at its owner; frames never change, and each method gives another. As text a frame is its schema.
 * @example
 * const f = await sf.frame({ alice: sf.to(alice, { age: [30, 40] }), bob: sf.to(bob, { paid: [1, 0] }) });
 * f.columns[1] // { name: 'paid', dtype: 'integer', owner: 'bob' }
 */
export class Frame {
  readonly #tables: Tables;
  readonly #schema: Schema;
  readonly #rows: number;

  constructor(tables: Tables, columns: readonly FrameColumn[], rows: number) {
    this.#tables = tables;
    this.#schema = new Schema(columns);
    this.#rows = rows;
  }

  /**
   * Names, dtypes and owners, which are public.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, [{ age: 30, city: 'Rome' }]) });
   * f.columns.map((c) => c.dtype) // ['integer', 'text']
   */
  get columns(): readonly FrameColumn[] {
    return this.#schema.columns;
  }

  /**
   * [rows, columns], which are public.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, 'age\n30\n40\n') });
   * f.shape // [2, 1]
   */
  get shape(): readonly [number, number] {
    return [this.#rows, this.#schema.columns.length];
  }

  /**
   * The schema as text, a line a column. Never a value.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, 'age\n30\n') });
   * String(f) // 'Frame, 1 rows\n  age: integer, of alice'
   */
  toString(): string {
    const lines = this.#schema.columns.map(({ name, dtype, owner }) => `\n  ${name}: ${dtype}, of ${owner}`);
    return `Frame, ${this.#rows} rows${lines.join('')}`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  #device(party: string): PYU {
    return this.#tables.get(party)!.device;
  }

  /** `work` on the tables of the owners of these columns, each with its own names. */
  #at(names: readonly string[], work: (table: Table, own: readonly string[]) => Table): Tables {
    const tables = new Map(this.#tables);
    for (const [party, table] of this.#tables) {
      const own = names.filter((name) => this.#schema.column(name).owner === party);
      if (own.length > 0) tables.set(party, this.#device(party)(work)(table, own) as PYUObject<Table>);
    }
    return tables;
  }

  #each(work: (table: Table) => Table): Tables {
    return new Map(
      [...this.#tables].map(([party, table]) => [
        party,
        this.#device(party)(work)(table) as PYUObject<Table>,
      ]),
    );
  }

  #with(tables: Tables, change: (c: FrameColumn) => FrameColumn | readonly FrameColumn[] = (c) => c): Frame {
    return new Frame(tables, this.#schema.columns.flatMap(change), this.#rows);
  }

  /**
   * These columns alone, in this order within each owner. Throws INVALID_ARGUMENT for names that are not there.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { age: [30], city: ['Rome'] }) });
   * f.select(['age']).shape // [1, 1]
   * f.select(['agee']) // throws INVALID_ARGUMENT
   */
  select(names: readonly string[]): Frame {
    const kept = names.map((name) => this.#schema.column(name));
    const tables = [...this.#tables].flatMap(([party, table]) => {
      const own = kept.filter((c) => c.owner === party).map((c) => c.name);
      return own.length === 0
        ? []
        : [[party, this.#device(party)(select)(table, own) as PYUObject<Table>] as const];
    });
    if (tables.length === 0) fail('INVALID_ARGUMENT', 'a frame without columns');
    return new Frame(new Map(tables), kept, this.#rows);
  }

  /**
   * All columns but these.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { age: [30], city: ['Rome'] }) });
   * f.drop(['city']).columns.map((c) => c.name) // ['age']
   */
  drop(names: readonly string[]): Frame {
    const gone = names.map((name) => this.#schema.column(name).name);
    return this.select(this.#schema.columns.map((c) => c.name).filter((name) => !gone.includes(name)));
  }

  /**
   * Columns by other names: { old: 'new' }.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { age: [30] }) });
   * f.rename({ age: 'years' }).columns[0]!.name // 'years'
   */
  rename(names: Readonly<Record<string, string>>): Frame {
    const own = { ...names };
    return this.#with(
      this.#at(Object.keys(own), (table) => rename(table, own)),
      (c) => ({ ...c, name: own[c.name] ?? c.name }),
    );
  }

  /**
   * The first rows of a party's own columns, as objects, at that party: nobody else sees them.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { age: [30, 40] }) });
   * await sf.reveal(f.head('alice', 1)) // [{ age: 30 }]
   */
  head(party: string, rows = 5): PYUObject<Record<string, unknown>[]> {
    return this.#device(this.#party(party))((t: Table) => rowsOf(t, rows))(this.#tables.get(party)!) as never;
  }

  #party(party: string): string {
    return this.#tables.has(party)
      ? party
      : fail(
          'INVALID_ARGUMENT',
          `${describe(party)} has no columns here: ${suggestion(String(party), [...this.#tables.keys()])}`,
        );
  }

  /**
   * A value for what is missing, by column: a value, or 'mean', 'median' or 'mode' of the column, which its owner computes. Where that is no whole number, a column of
   * integers becomes one of numbers at its owner; by the schema 'mean' and 'median' make numbers.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, 'age\n30\nNA\n40\n') });
   * await sf.reveal(f.fillna({ age: 'mean' }).head('alice')) // [{ age: 30 }, { age: 35 }, { age: 40 }]
   */
  fillna(values: Readonly<Record<string, clear.Filling>>): Frame {
    const own = { ...values };
    return this.#with(
      this.#at(Object.keys(own), (table, names) =>
        clear.fillna(table, Object.fromEntries(names.map((name) => [name, own[name]!]))),
      ),
      (c) => (own[c.name] === 'mean' || own[c.name] === 'median' ? { ...c, dtype: 'number' } : c),
    );
  }

  /**
   * Values of a column by others; numbers are named by their text, null is what is missing.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { age: [30, -1] }) });
   * await sf.reveal(f.replace('age', { '-1': null }).head('alice')) // [{ age: 30 }, { age: null }]
   */
  replace(name: string, by: Readonly<Record<string, number | string | null>>): Frame {
    const own = { ...by };
    return this.#with(this.#at([name], (table) => clear.replace(table, name, own)));
  }

  /**
   * Numbers of these columns held between two bounds.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { age: [30, 400] }) });
   * await sf.reveal(f.clip(['age'], 0, 120).head('alice')) // [{ age: 30 }, { age: 120 }]
   */
  clip(names: readonly string[], low: number, high: number): Frame {
    for (const name of names) this.#schema.numeric(name);
    if (!(low <= high)) fail('INVALID_ARGUMENT', `clip: ${low} is not below ${high}`);
    return this.#with(this.#at(names, (table, own) => clear.clip(table, own, low, high)));
  }

  /** Each column in units of its own. */
  #moved(names: readonly string[], work: (table: Table, own: readonly string[]) => Table): Frame {
    const all = names.map((name) => this.#schema.numeric(name).name);
    return this.#with(this.#at(all, work), (c) => (all.includes(c.name) ? { ...c, dtype: 'number' } : c));
  }

  /**
   * Columns less their mean, over their standard deviation (of all rows), at their owners. A constant column is an INVALID_ARGUMENT error there.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { age: [30, 40] }) });
   * await sf.reveal(f.standardize(['age']).head('alice')) // [{ age: -1 }, { age: 1 }]
   */
  standardize(names: readonly string[]): Frame {
    return this.#moved(names, clear.standardize);
  }

  /**
   * Columns from 0 at their least to 1 at their largest number. A constant column is an INVALID_ARGUMENT error at its owner.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { age: [30, 35, 40] }) });
   * await sf.reveal(f.minmax(['age']).head('alice')) // [{ age: 0 }, { age: 0.5 }, { age: 1 }]
   */
  minmax(names: readonly string[]): Frame {
    return this.#moved(names, clear.minmax);
  }

  /**
   * A column of 0 and 1 for each of these categories, which are public, in the column's place: `city=Rome`. Other values are 0 in all.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { city: ['Rome', 'Bonn', 'Rome'] }) });
   * await sf.reveal(f.onehot('city', ['Rome']).head('alice', 2)) // [{ 'city=Rome': 1 }, { 'city=Rome': 0 }]
   */
  onehot(name: string, categories: readonly string[]): Frame {
    const own = [...categories];
    if (own.length === 0)
      fail('INVALID_ARGUMENT', 'onehot: the categories, which everybody may know, are wanted');
    return this.#with(
      this.#at([name], (table) => clear.onehot(table, name, own)),
      (c) =>
        c.name === name
          ? own.map((category) => ({ ...c, name: `${name}=${category}`, dtype: 'integer' as const }))
          : c,
    );
  }

  /**
   * Numbers of a column as numbers of bins from 0 on: of one width, or with as many rows each ('quantile'). Where bins begin stays at the owner.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { age: [20, 30, 40, 80] }) });
   * await sf.reveal(f.binning('age', 2, 'quantile').head('alice')) // [{ age: 0 }, { age: 0 }, { age: 1 }, { age: 1 }]
   */
  binning(name: string, bins: number, method: 'width' | 'quantile' = 'width'): Frame {
    this.#schema.numeric(name);
    if (!Number.isInteger(bins) || bins < 1 || bins > 10_000)
      fail('INVALID_ARGUMENT', `binning: bins is a whole number from 1 to 10000, not ${describe(bins)}`);
    if (method !== 'width' && method !== 'quantile')
      fail(
        'INVALID_ARGUMENT',
        `binning: ${describe(method)}: ${suggestion(String(method), ['width', 'quantile'])}`,
      );
    return this.#with(
      this.#at([name], (table) => clear.binned(table, name, bins, method)),
      (c) => (c.name === name ? { ...c, dtype: 'integer' } : c),
    );
  }

  /**
   * [train, test]: rows in an order that a public seed gives, parted at `share`.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { age: [1, 2, 3, 4, 5] }) });
   * f.split(0.8, 7).map((part) => part.shape[0]) // [4, 1]
   */
  split(share = 0.8, seed = 0): readonly [Frame, Frame] {
    if (!(share > 0 && share < 1))
      fail('INVALID_ARGUMENT', `split: a share between 0 and 1, not ${describe(share)}`);
    const order = permutation(this.#rows, seed);
    const cut = Math.floor(this.#rows * share);
    if (cut === 0) fail('INVALID_ARGUMENT', `split: ${share} of ${this.#rows} rows are none`);
    const part = (rows: readonly number[]): Frame =>
      new Frame(
        this.#each((table) => takeRows(table, rows)),
        this.#schema.columns,
        rows.length,
      );
    return [part(order.slice(0, cut)), part(order.slice(cut))];
  }

  /**
   * What each party's own columns look like: count, missing, distinct, mean, std (over n - 1), min, quartiles, max. A handle at each party, so that
   * nobody else sees it.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { age: [30, 40] }) });
   * const [age] = await sf.reveal(f.describe().alice!);
   * age!.mean // 35
   */
  describe(): Readonly<Record<string, PYUObject<clear.Description[]>>> {
    return Object.fromEntries(
      [...this.#tables].map(([party, table]) => [
        party,
        this.#device(party)(clear.describeTable)(table) as never,
      ]),
    );
  }

  /**
   * How often each value of a column occurs, the most frequent first: a handle at its owner.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { city: ['Rome', 'Bonn', 'Rome'] }) });
   * await sf.reveal(f.valueCounts('city')) // { Rome: 2, Bonn: 1 }
   */
  valueCounts(name: string): PYUObject<Record<string, number>> {
    const { owner } = this.#schema.column(name);
    return this.#device(owner)((t: Table) => clear.valueCounts(t, name))(this.#tables.get(owner)!) as never;
  }

  /**
   * Features for models: a matrix of each party's numbers among these columns (all that are numbers unless said), for `spu(model.fit)(f.features(), y)`. What is
   * missing is an INVALID_ARGUMENT error at its owner, with column and row.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { age: [30, 40] }), bob: sf.to(bob, { paid: [1, 0] }) });
   * await sf.reveal(f.features()) // [[[30], [40]], [[1], [0]]]
   */
  features(names?: readonly string[]): PYUObject<NDArray>[] {
    const all = this.#schema.numbers(names);
    return [...this.#tables].flatMap(([party, table]) => {
      const own = all.filter((c) => c.owner === party).map((c) => c.name);
      return own.length === 0
        ? []
        : [this.#device(party)((t: Table) => clear.matrixOf(t, own))(table) as PYUObject<NDArray>];
    });
  }

  /**
   * A column of two values as labels 0 and 1: 1 for `positive` (1 unless said). A third value, one value alone and what is missing are INVALID_ARGUMENT errors at its
   * owner, with column and row.
   * @example
   * const f = await sf.frame({ bob: sf.to(bob, { paid: ['yes', 'no'] }) });
   * await sf.reveal(f.labels('paid', { positive: 'yes' })) // [1, 0]
   */
  labels(
    name: string,
    { positive = null }: { readonly positive?: string | number | boolean | null } = {},
  ): PYUObject<NDArray> {
    const { owner } = this.#schema.column(name);
    return this.#device(owner)((t: Table) => clear.labelsOf(t, name, positive))(
      this.#tables.get(owner)!,
    ) as never;
  }

  #codes(name: string, values: readonly (string | number)[]): PYUObject<NDArray> {
    const { owner } = this.#schema.column(name);
    const own = [...values];
    if (own.length === 0)
      fail(
        'INVALID_ARGUMENT',
        `column ${JSON.stringify(name)}: its values, which everybody may know, are wanted`,
      );
    return this.#device(owner)((t: Table) => clear.codesOf(t, name, own))(this.#tables.get(owner)!) as never;
  }

  /**
   * Correlations of these columns (all that are numbers unless said), by owner: a secret [k, k].
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { a: [1, 2, 3] }), bob: sf.to(bob, { b: [2, 4, 6] }) });
   * await sf.reveal(f.corr(spu)) // [[1, 1], [1, 1]]
   */
  corr(spu: SPU, names?: readonly string[]): SPUObject<NDArray> {
    return spu(correlations)(this.features(names) as never) as never;
  }

  /**
   * Variance inflation factors of columns, as a secret [k]: 1 / (1 - R2) of each by the others. Relative errors are some 1e-6 times the factor; columns that are
   * sums of others have one beyond 1e5.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { a: [1, 2, 3, 4] }), bob: sf.to(bob, { b: [1, -1, -1, 1] }) });
   * await sf.reveal(f.vif(spu)) // [1, 1]
   */
  vif(spu: SPU, names?: readonly string[]): SPUObject<NDArray> {
    return spu(inflation)(this.features(names) as never) as never;
  }

  /**
   * How many rows have each pair of values of two columns, whose values are public lists: a secret int64 [values of the first, values of the second].
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { city: ['Rome', 'Bonn'] }), bob: sf.to(bob, { paid: [1, 0] }) });
   * await sf.reveal(f.crosstab(spu, ['city', ['Rome', 'Bonn']], ['paid', [0, 1]])) // [[0, 1], [1, 0]]
   */
  crosstab(
    spu: SPU,
    [a, as]: readonly [name: string, values: readonly (string | number)[]],
    [b, bs]: readonly [name: string, values: readonly (string | number)[]],
  ): SPUObject<NDArray> {
    const [n, m] = [as.length, bs.length];
    return spu((x: BaseArray, y: BaseArray) => crossCounts(x, y, n, m))(
      this.#codes(a, as),
      this.#codes(b, bs),
    ) as never;
  }

  /**
   * Rows by the values of a column, a public list; nobody learns which row is where. `agg({ paid: 'sum' })` gives { count, paid }, secrets with a number a group;
   * groups without rows have 0.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { city: ['Rome', 'Bonn', 'Rome'] }), bob: sf.to(bob, { paid: [1, 2, 5] }) });
   * await sf.reveal(f.groupby('city', ['Rome', 'Bonn']).agg(spu, { paid: 'sum' })) // { count: [2, 1], paid: [6, 2] }
   */
  groupby(
    name: string,
    values: readonly (string | number)[],
  ): {
    readonly agg: (spu: SPU, how: Readonly<Record<string, Aggregate>>) => SPUObject<Record<string, NDArray>>;
  } {
    const keys = this.#codes(name, values);
    const groups = values.length;
    return {
      agg: (spu, how) => {
        const wanted = Object.entries(how);
        const columns = wanted.map(([column]) => this.features([column])[0]!);
        const ways = wanted.map(([column, way]) => [column, way] as const);
        return spu((k: BaseArray, vs: readonly BaseArray[]) => grouped(k, vs, ways, groups))(
          keys,
          columns as never,
        ) as never;
      },
    };
  }

  /**
   * Weight of evidence by bin of a column, and its information value, for labels 0 and 1 (as `labels` gives them): secrets { woe, iv }. Bins are those of
   * `binning`, or the public values of a column. Each count is half a row more, so that empty bins are finite.
   * @example
   * const f = await sf.frame({ alice: sf.to(alice, { age: [0, 0, 1, 1] }), bob: sf.to(bob, { paid: [0, 0, 0, 1] }) });
   * await sf.reveal(f.woe(spu, 'age', [0, 1], f.labels('paid'))) // { woe: [-0.5108, 1.0986], iv: 1.2689 }
   */
  woe(
    spu: SPU,
    name: string,
    values: readonly (string | number)[],
    labels: PYUObject<NDArray>,
  ): SPUObject<{ woe: NDArray; iv: NDArray }> {
    const n = values.length;
    return spu((x: BaseArray, y: BaseArray) => weighed(x, y, n))(this.#codes(name, values), labels) as never;
  }
}
