/** @file Programs in which two parties' sets meet. */
import * as sf from '#tessera';
import { failure, type Program, selfOf, within } from './program.ts';

/** What this party has: the other one's program has other data, or none. */
const own = (options: sf.InitOptions, mine: Readonly<Record<string, readonly sf.Id[]>>) => {
  const self = selfOf(options);
  const at = (s: sf.Session, party: string) => s.to(s.PYU(party), party === self ? mine[party] : undefined);
  return (s: sf.Session) => ({ alice: at(s, 'alice'), bob: at(s, 'bob') });
};

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** Carol asks for two of her identifiers at a time whether bob has them. */
const askedTwice = async (
  s: sf.Session,
  self: string,
  tables: Readonly<Record<string, readonly number[]>>,
): Promise<number[][]> => {
  const at = (party: string, ids: readonly number[] | undefined) =>
    s.to(s.PYU(party), party === self ? ids : undefined);
  const known = await sf.prepareSet({ bob: at('bob', tables.bob) }, 'carol');
  const found: number[][] = [];
  for (const ids of [
    [1999, 2000],
    [6999, 7000],
  ])
    found.push(Array.from((await s.reveal(await known.rows(at('carol', ids)))) as unknown as Int32Array));
  return found;
};

/** Bob's program, which has the link as well, sends three answers to alice's post box. */
const collected = async (s: sf.Session, self: string): Promise<unknown> => {
  const spu = s.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
  const schema = { pay: { min: 0, max: 1e6 }, team: ['red', 'blue'] };
  const survey = await sf.collect(spu, { schema, at: 'alice', answers: 3 });
  if (self === 'bob') {
    const answers = [
      { pay: 52_000, team: 'red' },
      { pay: 61_500, team: 'blue' },
      { pay: 48_000, team: 'red' },
    ];
    for (const answer of answers) await sf.submit(survey.link, answer);
  }
  const { columns, size, refused } = await survey.answers();
  const sums = spu((pay, team) => [sf.np.sum(pay), sf.np.sum(team)])(columns.pay!, columns.team!);
  const [pay, blue] = (await s.reveal(sums)) as unknown as sf.NDArray[];
  return [size, refused, Number(pay!.item()), Number(blue!.item())];
};

export const sets: Readonly<Record<string, Program>> = {
  /** Sets that meet, with and without receivers; failures of one party; and again. */
  sets: (options) =>
    within(options, async (s) => {
      const first = own(options, { alice: range(0, 3000), bob: range(2000, 7000) })(s);
      const all = await sf.psi(first);
      const rows = (await s.reveal([all.alice, all.bob])) as unknown as Int32Array[];
      const one: Readonly<Record<string, sf.DeviceObject>> = await sf.psi(first, { receivers: ['bob'] });
      const toBob = Array.from((await s.reveal(one.bob)) as unknown as Int32Array);
      const bad = own(options, { alice: [1, 2], bob: [1, 2, 1] })(s);
      const refused = await failure(sf.psi(bad));
      const product = await sf.psi(bad, { duplicates: 'product' });
      const expanded = (await s.reveal([product.alice, product.bob])) as unknown as Int32Array[];
      const empty = await sf.psi(own(options, { alice: [], bob: [1] })(s));
      return {
        size: all.size,
        aligned: rows[0]!.every((row, i) => row === rows[1]![i]! + 2000),
        sorted: Array.from(rows[0]!).toSorted((a, b) => a - b),
        one: [Object.keys(one), toBob.toSorted((a, b) => a - b)],
        refused,
        product: Array.from(expanded[0]!, (a, i) => [a, expanded[1]![i]!]).toSorted(
          (p, q) => p[0]! - q[0]! || p[1]! - q[1]!,
        ),
        empty: empty.size,
      };
    }),

  /** Three parties: all rows, and those of one receiver. */
  setsOfThree: (options) =>
    within(options, async (s) => {
      const self = selfOf(options);
      const tables: Readonly<Record<string, readonly number[]>> = {
        alice: range(0, 3000),
        bob: range(2000, 7000).reverse(),
        carol: range(1000, 2500),
      };
      const ids = Object.fromEntries(
        s.parties.map((p) => [p, s.to(s.PYU(p), p === self ? tables[p] : undefined)]),
      );
      const all: Readonly<Record<string, unknown>> = await sf.psi(ids);
      const rows = (await s.reveal(
        s.parties.map((p) => all[p]) as sf.DeviceObject[],
      )) as unknown as Int32Array[];
      const one: Readonly<Record<string, sf.DeviceObject>> = await sf.psi(ids, { receivers: ['bob'] });
      const toBob = (await s.reveal(one.bob)) as unknown as Int32Array;
      const few = Object.fromEntries(
        s.parties.map((p) => [
          p,
          s.to(s.PYU(p), p === self ? tables[p]!.filter((id) => id % 100 === 0) : undefined),
        ]),
      );
      const seen = rows.map((own, i) => Array.from(own, (row) => tables[s.parties[i]!]![row]!));
      return {
        size: all.size,
        aligned: seen.every((own) => own.every((id, i) => id === seen[0]![i])),
        sorted: seen[0]!.toSorted((a, b) => a - b),
        one: [Object.keys(one), toBob.length],
        asked: await askedTwice(s, self, tables),
        counted: await sf.psi(few, { reveal: 'size' }),
        combined: (await sf.psi(few, { duplicates: 'product' })).size,
      };
    }),

  /** Without a dealer. */
  setsAlone: (options) =>
    within(options, async (s) => {
      const ids = own(options, { alice: ['a', 'b', 'c', 'd'], bob: ['c', 'd', 'e'] })(s);
      const { alice, bob, size } = await sf.psi(ids);
      const [x, y] = (await s.reveal([alice, bob])) as unknown as [Int32Array, Int32Array];
      const one: Readonly<Record<string, sf.DeviceObject>> = await sf.psi(ids, { receivers: ['bob'] });
      const toBob = Array.from((await s.reveal(one.bob)) as unknown as Int32Array);
      const many = own(options, { alice: range(0, 2000), bob: [...range(1500, 3000), 1999] })(s);
      const first = await sf.psi(many, { duplicates: 'first' });
      const common = (await s.reveal([first.alice, first.bob])) as unknown as [Int32Array, Int32Array];
      const second: Readonly<Record<string, sf.DeviceObject>> = await sf.psi(many, {
        receivers: ['bob'],
        duplicates: 'first',
      });
      const { size: combined } = await sf.psi(many, { duplicates: 'product' });
      return {
        many: [
          first.size,
          common[0].every((row, i) => row === common[1][i]! + 1500),
          ((await s.reveal(second.bob)) as unknown as Int32Array).toSorted().at(-1),
          combined,
        ],
        rows: Array.from(x, (row, i) => [row, y[i]! + 2]).toSorted((p, q) => p[0]! - q[0]!),
        one: [Object.keys(one), toBob.toSorted()],
        size: await sf.psi(ids, { reveal: 'size' }),
        columns: size,
        collected: await collected(s, selfOf(options)),
      };
    }),
};
