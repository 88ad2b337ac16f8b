/** Material of a gate: as much as the gate takes and in its form, or an error; and streams that serve once. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DealerContext } from '../../src/dealer/dealer-context.ts';
import type { Chunk } from '../../src/dealer/material-context.ts';
import { MaterialQueue } from '../../src/dealer/material-source.ts';
import { PartyContext } from '../../src/dealer/party-context.ts';
import { bits, bytes, MaterialLayout, ofOwner, type SlotTable, words } from '../../src/dealer/slots.ts';
import type { TesseraError } from '../../src/errors.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { Prg } from '../../src/ring/prg.ts';
import { ring, seedsOf } from './harness.ts';

const test = suite('gates: material');
const field = FIELDS.FM64;

const TABLE = { product: words('product', 4), codes: [bits('digitCodes', 9, 2)], keys: bytes('fssKeys', 6) };

const dealerOf = <S extends SlotTable>(table: S, prgs: readonly Prg[], gate: number, handsOver = false) =>
  new DealerContext<S>(ring, field, prgs, gate, new MaterialLayout(field, table), handsOver);

const partyOf = <S extends SlotTable>(
  table: S,
  rank: number,
  prg: Prg,
  gate: number,
  chunks: readonly Chunk[],
) => new PartyContext<S>(ring, field, rank, prg, gate, new MaterialLayout(field, table), chunks);

/** The value of a slot. */
const valueIn = <T>(use: { [Symbol.iterator](): Iterator<unknown, T> }): T =>
  use[Symbol.iterator]().next().value as T;

const dealt = (handsOver = false) => {
  const prgs = seedsOf(2).map((seed) => new Prg(ring, seed));
  const d = dealerOf(TABLE, prgs, 5, handsOver);
  // In another order than the declaration's: places are the declaration's.
  const told = d.bytes(6);
  ring.u8(told).fill(9);
  d.broadcast('keys', told);
  const value = d.words(4);
  ring.encode(value, Float64Array.of(1, 2, 3, 4), 0);
  d.share('codes', d.bits(9, 2), 0);
  d.share('product', value);
  const chunks = handsOver ? d.handedOver : d.corrections;
  d.end();
  return { prgs, chunks, told: d.broadcasts };
};

/** Uses all of it. */
const take = (prgs: readonly Prg[], chunks: readonly Chunk[], rank = 0): void => {
  const p = partyOf(TABLE, rank, prgs[rank]!, 5, chunks);
  try {
    p.receiveShare('product');
    p.receiveShare('codes', 0);
    assert.equal([...ring.u8(valueIn(p.receiveBroadcast('keys')))], [9, 9, 9, 9, 9, 9]);
    p.end();
  } catch (e) {
    p.abandon();
    throw e;
  }
};

const refused = (run: () => void, pattern = /./): void => {
  let error: TesseraError | undefined;
  try {
    run();
  } catch (e) {
    error = e as TesseraError;
  }
  assert.is(error?.code, 'DIVERGED', String(error));
  assert.match(error!.message, pattern);
};

test('a slot that is not used, used twice, not declared or of another form is an error in either half', () => {
  const prgs = seedsOf(2).map((seed) => new Prg(ring, seed));
  const table = { u: words('mask', 4), wrap: words('wrap', 4), coins: bytes('publicCoins', 4) };
  const dealing = (run: (d: DealerContext<typeof table>) => void): void => {
    const d = dealerOf(table, prgs, 1);
    try {
      run(d);
      d.end();
    } catch (e) {
      d.abandon();
      throw e;
    }
  };
  const both = (d: DealerContext<typeof table>): void => {
    d.share('wrap', valueIn(d.mask('u')));
  };
  // Coins are of no use to the dealer.
  dealing(both);
  refused(() => dealing((d) => d.mask('u')), /slot wrap is not used/);
  refused(
    () =>
      dealing((d) => {
        both(d);
        d.mask('u');
      }),
    /slot u is used twice/,
  );
  refused(() => dealing((d) => d.share('wrap', d.words(5))), /slot wrap has another length/);
  refused(() => dealing((d) => d.share('wrap', d.words(4), 1)), /slot wrap\[1\] is not declared/);
  // Names are checked by tsc, and where a table is only known when it runs.
  refused(() => dealing((d) => (d as unknown as DealerContext).mask('v')), /slot v is not declared/);
  const party = (run: (p: PartyContext<typeof table>) => void, rank = 1): void => {
    const p = partyOf(table, rank, prgs[rank]!, 1, []);
    try {
      run(p);
      p.end();
    } catch (e) {
      p.abandon();
      throw e;
    }
  };
  const every = (p: PartyContext<typeof table>): void => {
    p.mask('u');
    p.mask('coins');
    p.receiveShare('wrap');
  };
  party(every);
  refused(() => party((p) => p.mask('u')), /slot wrap is not used/);
  refused(
    () =>
      party((p) => {
        every(p);
        p.receiveShare('wrap');
      }),
    /slot wrap is used twice/,
  );
  refused(() => party((p) => (p as unknown as PartyContext).mask('v')), /slot v is not declared/);
  // What was dealt for a program that ended early is given up.
  party((p) => p.discard());
});

test('halves that use slots in another order find the same material', () => {
  const prgs = seedsOf(2).map((seed) => new Prg(ring, seed));
  const table = { a: words('truncation', 3), b: words('wrap', 3), u: words('mask', 3) };
  const d = dealerOf(table, prgs, 2);
  const [a, b] = [d.words(3), d.words(3)];
  ring.encode(a, Float64Array.of(1, 2, 3), 0);
  ring.encode(b, Float64Array.of(10, 20, 30), 0);
  const mask = [...ring.u8(valueIn(d.mask('u')))];
  d.share('b', b);
  d.share('a', a);
  const parties = prgs.map((prg, rank) => partyOf(table, rank, prg, 2, rank === 0 ? d.corrections : []));
  const sums = (['a', 'u', 'b'] as const).map((name) => {
    const sum = ring.alloc(field, 3);
    ring.zero(sum);
    for (const p of parties) {
      const use = name === 'u' ? p.mask(name) : p.receiveShare(name);
      ring.add(sum, sum, valueIn<ReturnType<typeof ring.alloc>>(use));
    }
    const out = [...ring.u8(sum)];
    ring.release(sum);
    return out;
  });
  assert.equal(sums, [[...ring.u8(a)], mask, [...ring.u8(b)]]);
  for (const p of parties) p.end();
  d.end();
});

test('bytes of a declaration are those that are dealt', () => {
  const layout = new MaterialLayout(field, TABLE);
  const { chunks, told } = dealt();
  const size = (all: readonly Chunk[]): number => all.reduce((n, c) => n + c.length, 0);
  assert.is(layout.bytesToFirst, size(chunks));
  assert.is(layout.bytesToOthers, size(told));
  assert.is(new MaterialLayout(field, { rho: bytes('maskBits', 11, 6) }).bytesToFirst, 9);
});

test('too much, too little, longer, shorter and other material is refused', () => {
  const { prgs, chunks, told } = dealt();
  take(prgs, chunks);
  take(prgs, told, 1);
  const [a, b, c] = chunks as [Uint8Array, Uint8Array, Uint8Array];
  const longer = (x: Uint8Array, by: number): Uint8Array =>
    Uint8Array.from({ length: x.length + by }, (_, i) => x[i] ?? 0);
  for (const wrong of [
    [a, b],
    [],
    [a, b, c, c],
    [a, b, c, new Uint8Array()],
    [longer(a, 1), b, c],
    [longer(a, -1), b, c],
    [longer(a, 8), b, c],
    [a, longer(b, 1), c],
    [a, longer(b, -1), c],
    [a, b, longer(c, 1)],
    [b, a, c],
  ])
    refused(() => take(prgs, wrong));
  refused(() => take(prgs, [], 1));
  refused(() => take(prgs, [...told, ...told], 1));
});

test('arrays that are handed over have the form that is taken', () => {
  const given = (): readonly Chunk[] => dealt(true).chunks;
  const { prgs } = dealt();
  take(prgs, given());
  const forms: ((chunks: readonly Chunk[]) => readonly Chunk[])[] = [
    ([a, b, c]) => [b!, a!, c!],
    ([a, b, c]) => [a!, c!, b!],
    ([a, b]) => [a!, b!],
    ([a, b, c]) => [a!, b!, c!, { array: ring.bytes(1), length: 1 }],
    ([, b, c]) => [{ array: ring.alloc(field, 5), length: 40 }, b!, c!],
    ([, b, c]) => [{ array: ring.bytes(4), length: 4 }, b!, c!],
    ([a, b]) => [a!, b!, { array: ring.bits(6), length: 1 }],
    ([a, , c]) => [a!, { array: ring.bits(9, 1), length: 2 }, c!],
    ([a, , c]) => [a!, { array: ring.bits(10, 2), length: 4 }, c!],
  ];
  for (const form of forms) refused(() => take(prgs, form(given())));
});

test('shares of dealt values add up to them, and a correction is masked by the other streams', () => {
  for (const parties of [2, 3]) {
    const prgs = seedsOf(parties).map((seed) => new Prg(ring, seed));
    const table = { zero: words('zero', 300) };
    const d = dealerOf(table, prgs, 3);
    const value = d.words(300);
    ring.zero(value);
    d.share('zero', value);
    const [correction] = d.corrections;
    assert.ok(correction!.some((b) => b !== 0));
    const sum = ring.alloc(field, 300);
    ring.zero(sum);
    for (const [rank, prg] of prgs.entries()) {
      const p = partyOf(table, rank, prg, 3, rank === 0 ? [correction!] : []);
      ring.add(sum, sum, valueIn(p.receiveShare('zero')));
      p.end();
    }
    assert.ok(ring.u8(sum).every((b) => b === 0));
    ring.release(sum);
    d.end();
  }
});

/** One slot of every sort. */
const everything = (rank: number) => ({
  mask: words('mask', 4),
  'mask again': words('mask', 4),
  bits: bits('mask', 128),
  bytes: bytes('mask', 16),
  deferred: words('mask', 64),
  share: words('product', 4),
  'share of bits': bits('digitCodes', 128),
  'share of bytes': bytes('maskBits', 16),
  own: ofOwner(rank, words('ownMask', 4)),
  list: [bits('mask', 128), bits('mask', 128)],
  known: words('publicMask', 4),
});

/** The first 16 bytes of each. */
const firstOf = (p: PartyContext<ReturnType<typeof everything>>): Record<string, string> => {
  const hex = (a: Parameters<typeof ring.u8>[0]): string =>
    Buffer.from(ring.u8(a).slice(0, 16)).toString('hex');
  const deferred = valueIn(p.deferredMask('deferred'));
  deferred.fill(0, 32);
  deferred.fill(32, 32);
  return {
    mask: hex(valueIn(p.mask('mask'))),
    'mask again': hex(valueIn(p.mask('mask again'))),
    bits: hex(valueIn(p.mask('bits'))),
    bytes: hex(valueIn(p.mask('bytes'))),
    deferred: hex(deferred.array),
    'second part': hex(deferred.array.view(32, 32)),
    share: hex(valueIn(p.receiveShare('share'))),
    'share of bits': hex(valueIn(p.receiveShare('share of bits'))),
    'share of bytes': hex(valueIn(p.receiveShare('share of bytes'))),
    own: hex(valueIn(p.mask('own'))),
    list: hex(valueIn(p.mask('list', 0))),
    'second of a list': hex(valueIn(p.mask('list', 1))),
    known: hex(valueIn(p.mask('known'))),
  };
};

test('no stream serves twice: slots, gates, parties', () => {
  const seeds = seedsOf(3);
  const seen = new Map<string, string>();
  for (const rank of [1, 2]) {
    for (const gate of [0, 1, 2 ** 32, 2 ** 32 + 1]) {
      const p = partyOf(everything(rank), rank, new Prg(ring, seeds[rank]!), gate, []);
      for (const [what, bytes] of Object.entries(firstOf(p))) {
        if (what === 'known' && rank === 2) continue;
        const name = `${what} of rank ${rank} at gate ${gate}`;
        assert.is(seen.get(bytes), undefined, `${name}, and ${seen.get(bytes)}`);
        seen.set(bytes, name);
      }
      p.end();
    }
  }
});

test('a mask of one party is of no use to another, and takes a stream there too', () => {
  const prgs = seedsOf(2).map((seed) => new Prg(ring, seed));
  const table = {
    others: ofOwner(0, words('ownMask', 8)),
    own: ofOwner(1, words('ownMask', 8)),
    next: words('mask', 8),
  };
  const p = partyOf(table, 1, prgs[1]!, 0, []);
  const others = valueIn(p.mask('others'));
  assert.ok(others.zero);
  assert.ok(ring.u8(others).every((b) => b === 0));
  assert.not.ok(valueIn(p.mask('own')).zero);
  assert.is(p.layout.find('next', 0)!.stream, 2);
  valueIn(p.mask('next'));
  p.end();
});

test('what was handed over and is not used goes back, whether a gate is given up or shortened', () => {
  const used = ring.heap.used;
  for (const way of ['abandon', 'discard'] as const)
    for (const taken of [0, 1]) {
      const { prgs, chunks } = dealt(true);
      const p = partyOf(TABLE, 0, prgs[0]!, 5, chunks);
      if (taken) p.receiveShare('product');
      p[way]();
      if (way === 'discard') p.end();
      assert.is(ring.heap.used, used, `${way}, ${taken} of the slots were used`);
    }
});

test('a queue gives each gate its material, whoever comes first, and says to all that no more comes', async () => {
  const taken: number[] = [];
  const queue = new MaterialQueue((chunks) => taken.push(chunks[0]![0]!));
  const of = (n: number): Uint8Array[] => [Uint8Array.of(n)];
  queue.put(3, of(3));
  const waits = queue.take(1) as Promise<Uint8Array[]>;
  assert.equal(queue.take(3), of(3));
  queue.put(1, of(1));
  assert.equal(await waits, of(1));
  assert.equal(taken, [3, 1], 'each is told once');
  queue.put(5, of(5));
  const left = queue.take(4) as Promise<unknown>;
  const gone = new Error('the dealer is gone');
  queue.fail(gone);
  const failed = (p: unknown): Promise<unknown> =>
    Promise.race([
      (p as Promise<unknown>).then(
        () => 'it is there',
        (e: unknown) => e,
      ),
      new Promise((resolve) => setTimeout(resolve, 2_000, 'it waits')),
    ]);
  assert.is(await failed(left), gone, 'who waits');
  assert.is(await failed(queue.take(6)), gone, 'who comes later');
  assert.equal(queue.take(5), of(5), 'what has arrived is there');
});

test.run();
