/**
 * What the sum that an opening reconstructs tells, gate by gate. A share is uniform also where the sum is plaintext, so sums are looked
 * at: each is uniform, and so is its difference from (and its sum with) whatever else a coalition of all but one party has: masked
 * inputs, its shares of their masks, its streams and corrections added up, and every other opening, of this gate and of another run of
 * it on the same inputs. Where a sum may be known, the shares that make it must be fresh.
 *
 * Seeds are fixed, so this passes or fails for good, but where parties toss coins of their own (sort has none, shuffle and randomBits
 * have): a limit of 8 standard deviations is passed by chance about once in 10^14 by a fair coin, and there are less than 10^7.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { gate } from '../../src/gates/gate.ts';
import { GATE_NAMES, gateOf } from '../../src/gates/gate-table.ts';
import { dealVerdict, verdict, verdictSlots } from '../../src/gates/guard.ts';
import { streamBytes } from '../../src/gates/permutation.ts';
import { FIELDS, type Field } from '../../src/ring/field.ts';
import { LONG } from '../long.ts';
import { ring, seedsOf } from './harness.ts';
import { ENTRIES, type Entry, N, SETTINGS } from './secrecy-table.ts';
import {
  alike,
  type Column,
  columnsOf,
  combined,
  type Input,
  masked,
  publicStreams,
  type View,
  viewOf,
} from './view.ts';

const test = suite('gates: secrecy');

const LIMIT = 8;
/** Bits from which on a column says anything. */
const LEAST = 256;

const ONES = Uint8Array.from({ length: 256 }, (_, b) => b.toString(2).replaceAll('0', '').length);

/** How far ones are from half of all, in standard deviations. */
const coins = (bytes: Uint8Array, count: number): number => {
  let ones = 0;
  for (const b of bytes) ones += ONES[b]!;
  return Math.abs(ones - count / 2) / Math.sqrt(count / 4);
};

/** The worst of one bit of all elements. */
const worstBit = ({ bytes, length, width, kind }: Column): number => {
  if (kind === 'bits') return coins(bytes, length);
  const size = kind === 'ring' ? width / 8 : 1;
  // How often each byte stands at each place, then what its bits are.
  const often = new Uint32Array(256 * size);
  for (let at = 0; at < bytes.length; at += size)
    for (let i = 0; i < size; i++) often[256 * i + bytes[at + i]!]!++;
  const ones = new Float64Array(8 * size);
  often.forEach((count, at) => {
    for (let j = 0; j < 8; j++) if ((at >> j) & 1) ones[8 * (at >> 8) + j]! += count;
  });
  return Math.max(...ones.subarray(0, width).map((n) => Math.abs(n - length / 2) / Math.sqrt(length / 4)));
};

/** Neighbours, elements that are further apart, and those of columns that are opened together, are as often alike as not. */
const worstLag = (column: Column): number => {
  const { kind, length, width } = column;
  const size = kind === 'ring' ? width / 8 : 1;
  const count = Math.floor((kind === 'bits' ? length / 8 : length) / 2) * 2;
  const lags = [1, 2, 4, 16, 64, count / 2, N / 4, N, 2 * N].filter((lag) => lag > 0 && lag < count);
  return Math.max(
    ...lags.map((lag) => {
      const n = (count - lag) * size;
      const head = column.bytes.subarray(0, n);
      const bytes = head.map((b, i) => b ^ column.bytes[i + lag * size]!);
      if (kind === 'bytes' && width < 8) return 0;
      return coins(bytes, 8 * n);
    }),
  );
};

const uniform = (column: Column, where: string): void => {
  const worst = worstBit(column);
  assert.ok(worst < LIMIT, `${where}: ${column.name} is ${worst.toFixed(1)} deviations from noise`);
};

/** Enough bits to say anything, each of which is random by itself. */
const tells = (c: Column): boolean => c.length >= LEAST;

/** The low byte of each word: of a mask that was shifted, or cut, it is as random as before. */
const lowOf = (c: Column): Column => {
  if (c.kind !== 'ring') return c;
  const bytes = Uint8Array.from({ length: c.length }, (_, i) => c.bytes[(i * c.width) / 8]!);
  return { ...c, name: `low bytes of ${c.name}`, kind: 'bytes', width: 8, bytes };
};

const wordsOf = ({ bytes, width }: Column): string[] => {
  const size = width / 8;
  return Array.from({ length: bytes.length / size }, (_, i) =>
    Buffer.from(bytes.subarray(i * size, (i + 1) * size)).toString('latin1'),
  );
};

/** How many words stand in both. */
const inCommon = (a: Column, b: Column): number => {
  const words = new Set(wordsOf(a));
  return wordsOf(b).filter((word) => words.has(word)).length;
};

/** Columns of N words that are opened as one. */
const parts = ({ bytes, length, width, kind, ...c }: Column): Column[] =>
  Array.from({ length: kind === 'ring' && length % N === 0 ? length / N : 0 }, (_, i) => {
    const size = (N * width) / 8;
    return { ...c, kind, width, length: N, bytes: bytes.slice(i * size, (i + 1) * size) };
  });

const differences = (columns: readonly Column[]): Column[] =>
  columns.flatMap((a, i) => columns.slice(i + 1).map((b) => combined(a, b, -1)));

/** Planes of bits as words: there are millions of pairs of them. */
const planes = new WeakMap<Column, Uint32Array>();
const planeOf = (column: Column): Uint32Array => {
  const known = planes.get(column);
  if (known) return known;
  const words = new Uint32Array(Math.ceil(column.bytes.length / 4));
  new Uint8Array(words.buffer).set(column.bytes);
  planes.set(column, words);
  return words;
};

/** How far the bits that differ are from half of all, in standard deviations. */
const coinsApart = (a: Column, b: Column): number => {
  const [x, y] = [planeOf(a), planeOf(b)];
  let ones = 0;
  for (let i = 0; i < x.length; i++) {
    let v = x[i]! ^ y[i]!;
    v -= (v >>> 1) & 0x55555555;
    v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
    ones += Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
  }
  return Math.abs(ones - a.length / 2) / Math.sqrt(a.length / 4);
};

const unrelated = (a: Column, b: Column, where: string): void => {
  if (a.kind === 'bits' && coinsApart(a, b) < LIMIT) return;
  uniform(combined(a, b, -1), where);
  if (a.kind !== 'bits') uniform(combined(a, b, 1), where);
};

/** Columns by what they can be compared with. */
class Alike {
  readonly #all = new Map<string, Column[]>();

  constructor(columns: readonly Column[]) {
    for (const column of columns) {
      const same = this.#all.get(Alike.#keyOf(column));
      if (same) same.push(column);
      else this.#all.set(Alike.#keyOf(column), [column]);
    }
  }

  static #keyOf({ kind, length }: Column): string {
    return `${kind} ${length}`;
  }

  to(column: Column): readonly Column[] {
    return this.#all.get(Alike.#keyOf(column)) ?? [];
  }
}

/** What ranks have together of each draw. */
const together = (view: View, ranks: readonly number[]): Column[] => {
  const all = new Map<string, Column>();
  for (const rank of ranks) {
    for (const [draw, columns] of view.drawn[rank]!) {
      columns.forEach((column, i) => {
        const key = `${draw}.${i}`;
        const before = all.get(key);
        const name = `what ${ranks} have of draw ${key}`;
        all.set(key, { ...(before && alike(before, column) ? combined(before, column, 1) : column), name });
      });
    }
  }
  return [...all.values()];
};

const totalOf = (all: readonly (readonly Column[])[], ranks: readonly number[], what: string): Column[] =>
  (all[ranks[0]!] ?? []).map((first, i) => {
    const sum = ranks.slice(1).reduce((a, rank) => combined(a, all[rank]![i]!, 1), first);
    return { ...sum, name: `${what} of ${ranks}: ${i}` };
  });

const coalitions = (parties: number): number[][] =>
  Array.from({ length: parties }, (_, honest) =>
    Array.from({ length: parties }, (_, rank) => rank).filter((rank) => rank !== honest),
  );

const attrsOf = ({ attrs }: Entry, field: Field, parties: number) =>
  typeof attrs === 'function' ? attrs(field, parties) : attrs;

/** Two runs of a gate on the same masked inputs. */
const runs = (name: string, entry: Entry, field: Field, parties: number, plain: number): [View, View] => {
  const seeds = seedsOf(parties);
  const inputs = entry.ins.map((kind, i): Input => {
    const length = entry.lengths?.[i] ?? N;
    if (kind === 'bits') return { kind: 'bits', length, plain: plain & 1 };
    return { kind: 'ring', length, plain: plain + (i === 0 ? 0 : 2), open: kind === 'public' };
  });
  const attrs = attrsOf(entry, field, parties);
  const run = (number: number): View => {
    let own: Parameters<typeof viewOf>[6];
    if (entry.owner !== undefined) {
      const array = attrs.bits ? ring.bits(N) : ring.alloc(field, N);
      if (array.kind === 'bits') {
        ring.zero(array);
        if (plain & 1) ring.not(array, array);
      } else ring.encode(array, new Float64Array(N).fill(plain), 0);
      own = { owner: entry.owner, array };
    }
    return viewOf(field, seeds, gateOf(name)!, attrs, masked(field, seeds, inputs), number, own);
  };
  return [run(7), run(8)];
};

const sumsOf = (view: View, entry: Entry): { readonly column: Column; readonly from: number | undefined }[] =>
  view.openings
    .filter((o) => !entry.known?.(o))
    .flatMap(({ sum, from }) => sum.filter(tells).map((column) => ({ column, from })));

/** Gates that open nothing, and whose result has the mask of their operand, shifted or scaled in public. */
const SAME_MASK: ReadonlySet<string> = new Set(['truncate', 'residue', 'scale']);

const check = (name: string, entry: Entry, field: Field, parties: number, plain: number): void => {
  const where = `${name} of ${plain}, ${field.name}, ${parties} parties`;
  const [view, again] = runs(name, entry, field, parties, plain);
  const due = Array.isArray(entry.openings) ? entry.openings[parties - 2] : entry.openings;
  if (due === 'some') assert.ok(view.openings.length > 0, `${where}: something is opened`);
  else assert.is(view.openings.length, due, `${where}: openings`);

  assert.equal(view.twice, [], `${where}: streams that are drawn twice`);

  // Corrections and streams: each is noise, and no two of one party have anything in common.
  for (const [rank, draws] of view.drawn.entries()) {
    const columns = [...draws.values()].flat().filter(tells);
    for (const c of columns) uniform(c, `${where}, rank ${rank}`);
    const later = [...again.drawn[rank]!.values()].flat().filter(tells);
    const bytes = new Map<string, string>();
    for (const [round, all] of [columns, later].entries()) {
      for (const c of all) {
        const key = Buffer.from(c.bytes.subarray(0, 32)).toString('hex');
        assert.is(
          bytes.get(key),
          undefined,
          `${where}, rank ${rank}: ${c.name} is a stream that came before`,
        );
        bytes.set(key, `${round} ${c.name}`);
      }
    }
  }

  // What comes out has a mask, and another one each time.
  view.outMasks.forEach((mask, i) => {
    uniform(lowOf(mask), where);
    if (!SAME_MASK.has(name)) unrelated(lowOf(mask), lowOf(again.outMasks[i]!), where);
  });

  const sums = sumsOf(view, entry);
  const later = sumsOf(again, entry).map(({ column }) => column);
  for (const { column } of sums) {
    uniform(column, where);
    const lag = worstLag(column);
    assert.ok(lag < LIMIT, `${where}: elements of ${column.name} are alike, ${lag.toFixed(1)} deviations`);
  }
  const known = coalitions(parties).map((ranks) => ({
    ranks,
    columns: [...together(view, ranks), ...totalOf(view.inputShares, ranks, 'shares of masks')].filter(tells),
  }));
  const everybodys = new Alike([
    ...later,
    ...view.inputs.filter(tells),
    ...publicStreams(field, 7, entry.lengths?.[0] ?? N),
  ]);
  // Who masks alone, as an input's owner does, knows what it has sent.
  const coalitionsBut = (from: number | undefined): Alike =>
    new Alike(
      known.flatMap(({ ranks, columns }) => (from !== undefined && ranks.includes(from) ? [] : columns)),
    );
  const theirs = new Map(
    [...new Set(sums.map(({ from }) => from))].map((from) => [from, coalitionsBut(from)]),
  );
  sums.forEach(({ column, from }, i) => {
    for (const { column: other } of sums.slice(i + 1))
      if (alike(column, other)) unrelated(column, other, where);
    for (const other of everybodys.to(column)) unrelated(column, other, where);
    for (const other of theirs.get(from)!.to(column)) unrelated(column, other, where);
    // Nor does it hold the words of an input in another order.
    if (column.kind === 'ring')
      for (const input of view.inputs.filter((c) => c.kind === 'ring'))
        assert.is(inCommon(column, input), 0, `${where}: words of ${input.name} in ${column.name}`);
  });

  const apart = differences(view.inputs.flatMap((c) => (c.length === N ? parts(c) : [])));
  sums.forEach(({ column }, i) => {
    // Two runs on the same inputs differ by masks alone: no two elements by the same.
    const other = later[i];
    const lag = other && alike(column, other) ? worstLag(combined(column, other, -1)) : 0;
    assert.ok(lag < LIMIT, `${where}: elements of ${column.name} share a mask, ${lag.toFixed(1)} deviations`);
    // Nor do columns that are opened together, so that what they differ by is known, in whatever order.
    for (const a of differences(parts(column)))
      for (const b of apart)
        assert.is(inCommon(a, b), 0, `${where}: columns of ${column.name} differ as inputs do`);
  });

  // What each sends, beside what it has of the inputs: two parties may see each other's shares of what is revealed.
  for (const [i, { from, shares, kind, planes, to }] of view.openings.entries()) {
    if (from !== undefined) continue;
    if (name === 'reveal') {
      assert.equal(to, attrsOf(entry, field, parties).to, `${where}: who hears`);
      if (parties === 2) continue;
    }
    shares.forEach((columns, rank) => {
      columns.filter(tells).forEach((share, j) => {
        uniform(share, where);
        const own = [...view.inputShares[rank]!, ...view.inputs].filter((c) => alike(c, share));
        for (const other of own) unrelated(share, other, where);
        const repeated = again.openings[i]?.shares[rank]?.[j];
        const same = again.openings[i]?.kind === kind && again.openings[i]?.planes === planes;
        if (repeated && same && alike(repeated, share)) unrelated(share, repeated, where);
      });
    });
  }
};

test('every gate has an entry, and every entry is a gate', () => {
  assert.equal(Object.keys(ENTRIES).sort(), [...GATE_NAMES].sort());
});

/** `npm run mutants` asks for some gates only, separated by commas. */
const asked = process.env.TESSERA_GATES?.split(',');

/** What the inputs are. A product with 0 shows a mask that is multiplied, any other number one that is missing. */
const plainsOf = (parties: number): readonly number[] => (LONG || asked || parties === 2 ? [0, 3] : [0]);

for (const { field, parties } of SETTINGS) {
  for (const [name, entries] of Object.entries(ENTRIES)) {
    if (asked && !asked.includes(name)) continue;
    test(`${field.name}, ${parties} parties: ${name}`, () => {
      for (const entry of entries) {
        if (entry.keys && parties > 2) continue;
        for (const plain of plainsOf(parties)) check(name, entry, field, parties, plain);
      }
    });
  }
}

test('coins of a shuffle are of every party, and fresh each time', () => {
  for (const parties of [2, 3]) {
    const views = runs('shuffle', ENTRIES.shuffle![0]!, FIELDS.FM64, parties, 0);
    const coins = views.flatMap((view) => {
      const tossed = view.openings.filter(({ kind }) => kind === 'bytes');
      assert.is(tossed.length, 1);
      assert.is(tossed[0]!.from, undefined);
      return tossed[0]!.shares.map(([share]) => Buffer.from(share!.bytes).toString('hex'));
    });
    for (const coin of coins) assert.ok(new Set(coin.match(/../g)).size > 8, coin);
    assert.is(new Set(coins).size, 2 * parties);
  }
});

test('a shuffle is by a permutation of each party’s own stream, and by one of coins that the dealer never sees', () => {
  const attrs = { lanes: 4, n: N / 4 };
  const seeds = seedsOf(2);
  const inputs = [{ kind: 'ring', length: N, plain: 1 }] as const;
  const run = (): View =>
    viewOf(FIELDS.FM64, seeds, gateOf('shuffle')!, attrs, masked(FIELDS.FM64, seeds, inputs), 7);
  const [one, two] = [run(), run()];
  for (const { drawn } of [one, two]) {
    for (const draws of drawn) {
      const streams = [...draws.values()].flat().filter((c) => c.kind === 'bytes');
      assert.equal(
        streams.map((c) => c.length),
        [streamBytes(attrs.lanes, attrs.n)],
      );
    }
  }
  // All that the dealer knows is the same in both runs; what leaves in the end is moved by the coins alone.
  const last = [one, two].map(({ openings }) => openings.at(-1)!.shares[0]![0]!.bytes);
  assert.not.equal(last[0], last[1]);
  assert.equal(one.openings.at(-2)!.sum[0]!.bytes, two.openings.at(-2)!.sum[0]!.bytes);
});

test('what all are told of keys is noise, for each element', () => {
  for (const [name, entries] of Object.entries(ENTRIES)) {
    for (const entry of entries.filter(({ keys }) => keys)) {
      const [view] = runs(name, entry, FIELDS.FM128, 2, 0);
      for (const told of view.told) {
        const row = told.length / N;
        const words = Array.from({ length: N }, (_, i) => told.subarray(i * row, i * row + 16));
        assert.is(new Set(words.map((w) => Buffer.from(w).toString('hex'))).size, N, `${name}: first words`);
        const bytes = Uint8Array.from(words.flatMap((w) => [...w]));
        uniform({ name: 'first words', kind: 'bytes', width: 8, length: bytes.length, bytes }, name);
      }
      for (const draws of view.drawn) {
        const roots = [...draws.values()].flat().filter((c) => c.kind === 'bytes' && c.length === 16 * N);
        assert.is(roots.length, 1, `${name}: each party has root seeds of its own`);
      }
    }
  }
});

/** The verdict of the range guard, many times over: its openings, one after another. */
const verdicts = (parties: number, sum: number, sites = 1): Column[] => {
  const judge = gate({
    slots: () => verdictSlots(sites),
    *deal(d) {
      yield* dealVerdict(d, sites);
      return [];
    },
    *eval(p) {
      const sums = new Uint32Array(sites);
      sums[sites - 1] = p.first ? sum ^ 0x1234567 : p.rank === 1 ? 0x1234567 : 0;
      yield* verdict(p, sums);
      return [];
    },
  });
  const seeds = seedsOf(parties);
  const opened: Uint8Array[][] = Array.from({ length: 2 * sites }, () => []);
  for (let number = 1; number <= 300; number++) {
    const { openings } = viewOf(FIELDS.FM64, seeds, judge, {}, masked(FIELDS.FM64, seeds, []), number);
    assert.is(openings.length, opened.length);
    opened.forEach((all, i) => void all.push(openings[i]!.sum[0]!.bytes.slice(0, 4)));
  }
  return opened.map((all, i): Column => {
    const bytes = Uint8Array.from(all.flatMap((b) => [...b]));
    return { name: `opening ${i} of verdicts`, kind: 'ring', width: 32, length: 300, bytes };
  });
};

test('a verdict says whether the sum is 0, and nothing of it', () => {
  for (const parties of [2, 3]) {
    for (const sum of [0, 1, 0xffffffff]) {
      const [first, second] = verdicts(parties, sum) as [Column, Column];
      uniform(first, `${parties} parties, sum ${sum}`);
      if (sum === 0) assert.ok(second.bytes.every((b) => b === 0));
      else {
        uniform(second, `${parties} parties, sum ${sum}`);
        unrelated(first, second, `${parties} parties, sum ${sum}`);
        const [asked, , again] = verdicts(parties, sum, 2) as [Column, Column, Column];
        unrelated(asked, again, `${parties} parties, sum ${sum}, two questions`);
      }
    }
  }
});

test('the tests see what is no noise: plaintext, a bit of it, a mask that served before', () => {
  const words = ring.alloc(FIELDS.FM64, N);
  ring.u8(words).set(crypto.getRandomValues(new Uint8Array(8 * N)));
  const [noise] = columnsOf('noise', words) as [Column];
  ring.encode(words, new Float64Array(N).fill(5), 0);
  const [plain] = columnsOf('plain', words) as [Column];
  ring.release(words);
  const seen = (look: () => void): void => {
    let message = '';
    try {
      look();
    } catch (e) {
      message = (e as Error).message;
    }
    assert.match(message, /deviations from noise/);
  };
  seen(() => uniform(plain, 'x'));
  seen(() => unrelated(combined(noise, plain, 1), noise, 'x'));
  const bits: Column = { ...noise, kind: 'bits', width: 1, length: N, bytes: noise.bytes.slice(0, N / 8) };
  const flipped = { ...bits, bytes: bits.bytes.map((b, i) => (i % 2 ? b : ~b)) };
  for (const other of [bits, { ...bits, bytes: bits.bytes.map((b) => ~b) }])
    seen(() => unrelated(bits, other, 'x'));
  unrelated(bits, flipped, 'half of them are alike');
  const low = { ...noise, bytes: noise.bytes.map((b, i) => (i % 8 === 0 ? b & 0xfe : b)) };
  seen(() => uniform(low, 'x'));
  assert.ok(worstLag({ ...noise, bytes: noise.bytes.map((_, i) => noise.bytes[i % 16]!) }) > LIMIT);
});

test.run();
