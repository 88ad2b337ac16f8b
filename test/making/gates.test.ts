/**
 * Each gate made by two parties against the same gate dealt: the same inputs (edges, and random ones), streams and numbers, in three
 * rings. Gates that tell bits or places, and what is not cut, are the same to the bit; what is cut is off by a unit or so. A long run
 * (TESSERA_LONG) has more random numbers.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ExponentialsAttrs } from '../../src/gates/exponential.ts';
import { GATE_NAMES, type GateName } from '../../src/gates/gate-table.ts';
import type { LeadingDigitAttrs } from '../../src/gates/leading-digit.ts';
import type { SortAttrs } from '../../src/gates/sort.ts';
import { marginOf } from '../../src/ir/compile/guard-range.ts';
import { halfOf } from '../../src/making/gate-halves.ts';
import type { BlockBits } from '../../src/making/seeds.ts';
import type { AnyArray as Arr, RingArray } from '../../src/ring/array.ts';
import { FIELDS, type Field, type FieldName } from '../../src/ring/field.ts';
import { random, randomRaw, ring, seedsOf } from '../gates/harness.ts';
import { type Entry, entriesOf } from '../gates/secrecy-table.ts';
import { type Input, masked } from '../gates/view.ts';
import { scaled } from '../long.ts';
import { type Gated, putWords, runDealt, runMade } from './gate-run.ts';

const test = suite('gates made by two parties');
const N = scaled(2048, 256);
const ENTRIES = entriesOf(N);

interface Cut {
  readonly trunc?: number;
  readonly exact?: boolean;
}

/** What the numbers of a gate may be, and how far both results may be from each other. */
interface Domain {
  /** Bits of operand i, with the sign; 0: numbers from 0 to `below`. */
  readonly bits: (field: Field, attrs: never, i: number) => number;
  readonly below?: (attrs: never) => number;
  /** Units in the last place; absent: none. */
  readonly off?: (field: Field, attrs: never) => number;
  /** And so much of a result. */
  readonly relative?: (attrs: never) => number;
  /** Results are in an order of their own: those of each row of so many are compared as a set. */
  readonly row?: number;
  /** Results are random, and the same only by chance. */
  readonly chance?: boolean;
}

const whole = ({ bits }: Field): number => bits;
/** Two units between two results that are each off by one. */
const cutOff = (_: Field, { trunc = 0 }: Cut): number => (trunc > 0 ? 2 : 0);
/** Numbers whose products, `terms` of them, stay in the ring. */
const factors =
  (terms: number) =>
  ({ bits }: Field, { trunc = 0, exact }: Cut): number =>
    trunc === 0 ? bits : Math.floor(((exact ? bits - 3 : bits / 2) - Math.log2(terms)) / 2);
const shiftable = ({ bits }: Field): number => ({ 128: 80, 64: 30, 32: 8 })[bits]!;
const small = ({ fraction }: Field): number => fraction + 1;
const integers = (_: Field, { bits }: { bits: number }): number => bits;

/** Within the pieces of the table: factors from 1 down to e^-width are off by units of 2^-t1. */
const exponents: Domain = {
  bits: () => 0,
  below: ({ pieces, pieceBits }: ExponentialsAttrs) => (pieces - 1) * 2 ** pieceBits,
  off: () => 4,
  relative: ({ t1, pieceBits, fraction }: ExponentialsAttrs) =>
    4 * 2 ** -t1 * Math.exp(2 ** (pieceBits - fraction)),
};

const DOMAINS: Readonly<Partial<Record<GateName, Domain>>> = {
  input: { bits: whole },
  reveal: { bits: whole },
  hide: { bits: whole },
  randomBits: { bits: whole, chance: true },
  mul: { bits: factors(1), off: cutOff },
  square: { bits: factors(1), off: cutOff },
  matmul: { bits: factors(8), off: cutOff },
  truncate: { bits: shiftable, off: cutOff },
  truncateExact: { bits: ({ bits }) => bits - 2, off: cutOff },
  scale: { bits: (field, _, i) => (i === 0 ? shiftable(field) : 9), off: () => 2 },
  scaleExact: { bits: ({ bits }, _, i) => (i === 0 ? bits - 4 : 9), off: () => 2 },
  select: { bits: factors(4), off: cutOff },
  and: { bits: whole },
  less: { bits: ({ bits }, a: { bits?: number }) => (a.bits ?? bits) - 1 },
  borrow: { bits: whole },
  isZero: { bits: whole },
  leadingDigit: { bits: ({ bits }) => bits - 2 },
  between: { bits: ({ bits }) => bits - 2 },
  lessInt: { bits: integers },
  belowInt: { bits: integers },
  negative: { bits: integers },
  residue: { bits: whole },
  bits: { bits: whole },
  // Tables are off by some units in places behind the last one.
  fourier: { bits: small, off: () => 4 },
  exponential: exponents,
  // Windows that x is not in hold what nobody uses, of fewer bits.
  exponentials: { ...exponents, relative: () => 2 ** -4 },
  lookup: { bits: (field, _, i) => (i === 0 ? whole(field) : 0), below: () => 16 },
  oneHot: { bits: () => 0, below: () => 5 },
  shuffle: { bits: whole, row: N / 4 },
  sort: { bits: (_, a: SortAttrs) => a.bits - 1 - a.shift },
  guard: { bits: whole },
};

/** What two parties cannot make: function secret sharing. */
const NOT_MADE: readonly GateName[] = [
  'lessFss',
  'borrowFss',
  'isZeroFss',
  'piecewiseLinearFss',
  'splineFss',
  'exponentialFss',
];

const isMade = (name: GateName): boolean => {
  try {
    return typeof halfOf(name) === 'function';
  } catch (e) {
    assert.is((e as { code: string }).code, 'UNSUPPORTED');
    return false;
  }
};

test('which gates two parties make, and that each of them is compared here', () => {
  assert.equal(
    GATE_NAMES.filter((name) => !isMade(name)),
    NOT_MADE,
  );
  assert.equal(
    GATE_NAMES.filter((name) => !DOMAINS[name]),
    NOT_MADE,
  );
});

/** Edges first, then numbers of all sizes. */
const numbersOf = (n: number, bits: number, below: number, seed: number): bigint[] => {
  const next = random(seed);
  if (bits === 0) return Array.from({ length: n }, () => BigInt(Math.floor(next() * below)));
  const most = 1n << BigInt(bits - 1);
  const edges = [0n, 1n, -1n, most - 1n, -most, most / 2n, -most / 2n, 2n, -2n];
  return Array.from({ length: n }, (_, i) => {
    const v = edges[i] ?? randomRaw(next, bits - 1);
    return v >= most ? most - 1n : v < -most ? -most : v;
  });
};

const gatedOf = (name: GateName, entry: Entry, field: Field, attrs: object, seed: number): Gated => {
  const { bits, below } = DOMAINS[name]!;
  const fill =
    (i: number) =>
    (a: Arr): void => {
      if (a.kind === 'ring')
        putWords(
          a,
          numbersOf(a.length, bits(field, attrs as never, i), below?.(attrs as never) ?? 0, seed + i),
        );
      else ring.u8(a).set(Uint8Array.from({ length: a.bytes }, (_, at) => Math.imul(at + 7 * i + 3, 151)));
    };
  const inputs = entry.ins.map((kind, i): Input => {
    const of = kind === 'bits' ? ('bits' as const) : ('ring' as const);
    return { kind: of, length: entry.lengths?.[i] ?? N, plain: 0, open: kind === 'public', fill: fill(i) };
  });
  const seeds = seedsOf(2);
  let own: Gated['own'];
  if (entry.owner !== undefined) {
    const array = (attrs as { bits?: boolean }).bits ? ring.bits(N) : ring.alloc(field, N);
    fill(0)(array);
    own = { owner: entry.owner, array };
  }
  return { name, field, attrs, given: masked(field, seeds, inputs), seeds, own };
};

/** The attributes of an entry; undefined where the field has no such gate. */
const attrsOf = ({ attrs }: Entry, field: Field): object | undefined => {
  if (typeof attrs !== 'function') return attrs;
  try {
    return attrs(field, 2);
  } catch (e) {
    if (/is not in this program/.test((e as Error).message)) return undefined;
    throw e;
  }
};

const inRows = (values: readonly bigint[], row: number): string[] =>
  Array.from({ length: values.length / row }, (_, i) =>
    values
      .slice(i * row, (i + 1) * row)
      .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
      .join(),
  );

/** Bits of the blocks of transfers: transfers know nothing of rings, so each ring takes another. */
const BLOCKS: Readonly<Record<FieldName, BlockBits>> = { FM128: 4, FM64: 6, FM32: 8 };

const compare = async (name: GateName, entry: Entry, field: Field, attrs: object): Promise<void> => {
  const { off, relative, row, chance } = DOMAINS[name]!;
  const gated = gatedOf(name, entry, field, attrs, 100);
  const dealt = runDealt(gated, 5);
  const made = await runMade(gated, 5, 1, BLOCKS[field.name]);
  assert.is(made.plain.length, dealt.plain.length);
  assert.is(made.noted, dealt.noted, `${name}: what has left the range`);
  made.plain.forEach((column, i) => {
    const want = dealt.plain[i]!;
    assert.is(column.length, want.length);
    if (chance) assert.ok(column.every((v) => v === 0n || v === 1n));
    else if (row) assert.equal(inRows(column, row), inRows(want, row));
    else {
      const units = off?.(field, attrs as never) ?? 0;
      const part = relative?.(attrs as never) ?? 0;
      column.forEach((v, at) => {
        const d = v - want[at]!;
        const most = BigInt(Math.ceil(units + part * Math.abs(Number(want[at]))));
        assert.ok(
          d <= most && -d <= most,
          `${name}: result ${i}, ${at} is ${v}, and ${want[at]} with a dealer`,
        );
      });
    }
  });
};

for (const field of [FIELDS.FM128, FIELDS.FM64, FIELDS.FM32])
  for (const name of GATE_NAMES.filter((one) => DOMAINS[one]))
    test(`${field.name}: ${name}`, async () => {
      for (const entry of ENTRIES[name]!) {
        const attrs = attrsOf(entry, field);
        if (attrs) await compare(name, entry, field, attrs);
      }
    });

test('numbers that a field can take of each sign: what leads them', async () => {
  for (const field of Object.values(FIELDS))
    for (const fine of field.bits > 64 ? [1, 4] : [1, 2]) {
      const attrs: LeadingDigitAttrs = { signed: true, fine };
      await compare('leadingDigit', { ins: ['ring'], attrs, openings: 'some' }, field, attrs);
    }
});

/** A gate over numbers that the range guard watches. */
const watching = (
  field: Field,
  name: GateName,
  numbers: readonly bigint[],
  attrs: object,
  seed = 1,
): Gated => {
  const input = (values: readonly bigint[], open = false): Input => ({
    kind: 'ring',
    length: values.length,
    plain: 0,
    open,
    fill: (a) => putWords(a as RingArray, values),
  });
  const inputs = [input(numbers)];
  if (name === 'mul') inputs.push(input(numbers.map(() => 1n)));
  if (name === 'scale') inputs.push(input([1n], true));
  const seeds = seedsOf(2).map((s) => s.map((v) => v ^ seed));
  return { name, field, attrs, given: masked(field, seeds, inputs), seeds };
};

for (const field of Object.values(FIELDS))
  test(`${field.name}: a number that leaves the range is found in everything that is watched, and none within`, async () => {
    const { bits } = field;
    const [unit, margin] = [1n << BigInt(bits - 8), BigInt(marginOf(field))];
    const most = margin * unit;
    const top = 1n << BigInt(bits - 1);
    // Of a free truncation numbers within the range are spoilt by chance: they are small.
    const small = [0n, 1n, -1n, 777n, -777n];
    const wide = [...small, most - 1n, -most, most / 3n, -most / 7n];
    const near = [most - (1n << 9n), -most + (1n << 9n), most / 3n];
    const bad = [most + unit, -most - unit, top - 1n, top / 2n];
    const watched = { guard: 0, margin: marginOf(field) };
    const cases: readonly [GateName, object, readonly bigint[]][] = [
      ['guard', {}, wide],
      ['mul', { trunc: 1, exact: false }, small],
      ['mul', { trunc: field.fraction, exact: true }, [...small, ...near]],
      ['truncate', { trunc: field.fraction }, wide],
      ['truncate', { trunc: 5, whole: true }, small],
      ['truncateExact', { trunc: 7 }, wide],
      ['scale', { trunc: 3 }, wide],
    ];
    for (const [name, attrs, good] of cases) {
      const run = async (numbers: readonly bigint[], seed: number) =>
        (await runMade(watching(field, name, numbers, { ...attrs, ...watched }, seed), 3)).noted;
      const what = `${name} ${JSON.stringify(attrs)}`;
      assert.is(await run(good, 1), 0, what);
      for (const [i, one] of bad.entries())
        assert.ok((await run([...good, one], 2 + i)) !== 0, `${what}: ${one} is not found`);
    }
  });

test('shares that wrap as they are shifted, which spoils a free truncation, are found', async () => {
  const field = FIELDS.FM64;
  // One in 32 wraps; the margin is so wide that nothing else is found.
  for (const [size, wraps] of [
    [2n ** 59n, true],
    [2n ** 20n, false],
  ] as const) {
    const numbers = new Array<bigint>(512).fill(size);
    const made = await runMade(
      watching(field, 'mul', numbers, { trunc: 18, exact: false, guard: 0, margin: 100 }),
      3,
    );
    const wrong = made.plain[0]!.filter((v) => v > (size >> 18n) + 1n || v < (size >> 18n) - 1n).length;
    assert.is(wrong > 0, wraps);
    assert.is(made.noted !== 0, wraps);
  }
});

test.run();
