/** @file One gate of two parties, with a dealer's material or with what they make between them over a line in memory. */

import { DealerContext } from '../../src/dealer/dealer-context.ts';
import type { Chunk, SharedArray } from '../../src/dealer/material-context.ts';
import type { MaterialLayout } from '../../src/dealer/slots.ts';
import { layoutOf, type Opening, type Operand, type Value } from '../../src/gates/gate.ts';
import { gateOf } from '../../src/gates/gate-table.ts';
import { PAUSE } from '../../src/gates/pausable.ts';
import { GateParty } from '../../src/ir/run/gate-party.ts';
import { halfOf } from '../../src/making/gate-halves.ts';
import { GilboaProducts } from '../../src/making/gilboa.ts';
import { Maker, type Making } from '../../src/making/maker.ts';
import { madeEnds } from '../../src/making/opened.ts';
import type { BlockBits } from '../../src/making/seeds.ts';
import { Transfers } from '../../src/making/transfers.ts';
import type { AnyArray as Arr, RingArray } from '../../src/ring/array.ts';
import type { Field } from '../../src/ring/field.ts';
import { Prg } from '../../src/ring/prg.ts';
import { readRaw, ring } from '../gates/harness.ts';
import { dealtAtOnce, exchange, type Masked, type Opened } from '../gates/view.ts';
import { fixed, fixedEnds, type Line, line } from './line.ts';

/** A gate with its inputs. */
export interface Gated {
  readonly name: string;
  readonly field: Field;
  readonly attrs: object;
  readonly given: Masked;
  readonly seeds: readonly Uint8Array[];
  /** What rank `owner` enters. */
  readonly own?: { readonly owner: number; readonly array: Arr } | undefined;
}

export interface Ran {
  /** What comes out, as plain numbers: bits are 0 and 1. */
  readonly plain: readonly (readonly bigint[])[];
  readonly openings: readonly Opened[];
  /** The range guard's sum of both parties for site 0: not 0 if some number has left the range. */
  readonly noted: number;
}

const shapesOf = ({ field, given }: Gated, made: boolean) => ({
  field,
  parties: 2,
  made,
  ins: given.masks.map(({ c, r }): Operand => {
    const { kind, length } = (r ?? c)!;
    return { kind: kind === 'bits' ? kind : 'ring', length, secret: r !== undefined };
  }),
});

const layoutFor = (g: Gated, made: boolean): MaterialLayout =>
  layoutOf(gateOf(g.name)!, shapesOf(g, made), g.attrs);

/** Both parties' halves, with their material by rank. */
const evaluate = (
  g: Gated,
  number: number,
  layout: MaterialLayout,
  chunks: readonly (readonly Chunk[])[],
  made: boolean,
): Ran => {
  const { field, given, attrs } = g;
  const sums = [new Uint32Array(1), new Uint32Array(1)];
  const common = { common: new Prg(ring, fixed(77)), ends: madeEnds };
  const runs = [0, 1].map((rank) => {
    const prg = new Prg(ring, g.seeds[rank]!);
    const role = { ring, field, rank, parties: 2, prg, made: made ? common : undefined };
    const inputs = { get: () => (g.own?.owner === rank ? g.own.array : undefined), spent: () => {} };
    const party = new GateParty(role, number, layout, chunks[rank]!, inputs, sums[rank]!);
    const steps = gateOf(g.name)!.eval(party, given.values[rank]!, attrs);
    return { party, steps, outs: undefined as Value[] | undefined };
  });
  const openings: Opened[] = [];
  for (;;) {
    for (const run of runs) {
      if (run.outs) continue;
      let next = run.steps.next();
      while (!next.done && next.value === PAUSE) next = run.steps.next();
      if (next.done) run.outs = next.value;
    }
    const rounds = runs.map(({ party }) => party.openings.splice(0));
    if (rounds.every((all) => all.length === 0)) break;
    for (const i of rounds[0]!.keys()) {
      const all = rounds.map((some) => some[i]!) as [Opening, Opening];
      openings.push(exchange(all[0], all, openings.length));
    }
  }
  const arrays = (values: readonly Value[]): Arr[] =>
    values.flatMap(({ c, r }) => [c, r].filter((a) => a !== undefined));
  const plain = runs[0]!.outs!.map((out, i) => plainOf(field, [out, runs[1]!.outs![i]!]));
  for (const { party, outs } of runs) {
    party.end(arrays(outs!));
    for (const a of arrays(outs!)) ring.release(a);
  }
  return { plain, openings, noted: (sums[0]![0]! ^ sums[1]![0]!) >>> 0 };
};

/** A masked value without its mask: at a party that knows c. */
const plainOf = ({ bits }: Field, values: readonly [Value, Value]): bigint[] => {
  const known = values.find(({ c }) => c !== undefined);
  if (!known) return [];
  const of = (a: Arr | undefined): bigint[] | undefined => a && readRaw({ c: a }, bits);
  const shares = values.map(({ r }) => of(r));
  return of(known.c)!.map((c, i) => {
    const [a, b] = shares.map((share) => share?.[i] ?? 0n) as [bigint, bigint];
    return known.c!.kind === 'bits' ? c ^ a ^ b : BigInt.asIntN(bits, c - a - b);
  });
};

/** With a dealer. */
export const runDealt = (g: Gated, number: number): Ran => {
  const layout = layoutFor(g, false);
  const prgs = g.seeds.map((seed) => new Prg(ring, seed));
  const dealing = new DealerContext(ring, g.field, prgs, number, layout);
  dealtAtOnce(gateOf(g.name)!.deal(dealing, g.given.masks, g.attrs));
  const ran = evaluate(g, number, layout, [dealing.corrections, dealing.broadcasts], false);
  dealing.end();
  return ran;
};

/** What a party makes with the other. */
const drive = async (
  work: Making<Value[]>,
  transfers: Transfers,
  products: GilboaProducts,
): Promise<Value[]> => {
  let next = work.next();
  while (!next.done) {
    if (next.value !== PAUSE) {
      await transfers.exchange(next.value.transfers);
      await products.make(next.value.products);
    }
    next = work.next();
  }
  return next.value;
};

export interface Made extends Ran {
  readonly sent: Line['sent'];
  /** Transfers of each party, both directions together. */
  readonly transfers: number;
}

/** By seed and bits of a block: leaves are only read. */
const known = new Map<string, ReturnType<typeof fixedEnds>>();
const endsOf = (seed: number, k: BlockBits): ReturnType<typeof fixedEnds> => {
  const ends = known.get(`${seed} ${k}`) ?? fixedEnds(ring, seed, k);
  known.set(`${seed} ${k}`, ends);
  return ends;
};

/** Made by both. Transfers have seeds that follow from `seed`, in blocks of k bits. */
export const runMade = async (g: Gated, number: number, seed = 1, k: BlockBits = 4): Promise<Made> => {
  const layout = layoutFor(g, true);
  const { ends, sent } = line();
  const base = await endsOf(seed, k);
  let made = 0;
  const given = await Promise.all(
    ([0, 1] as const).map(async (rank): Promise<readonly SharedArray[]> => {
      const prg = new Prg(ring, g.seeds[rank]!);
      const role = { ring, field: g.field, rank, prg, common: new Prg(ring, fixed(77)) };
      const maker = new Maker(role, number, layout);
      const transfers = new Transfers(ring, base[rank], ends[rank], number);
      const products = new GilboaProducts(ring, rank, transfers);
      const ins = g.given.values[rank]!.map(({ c, r }): Value => (r ? { r } : { c: c! }));
      const work = halfOf(g.name)(maker, ins, g.attrs);
      const outs = Array.isArray(work) ? work : await drive(work, transfers, products);
      maker.end();
      void outs;
      made += transfers.made;
      return maker.shares;
    }),
  );
  return { ...evaluate(g, number, layout, given, true), sent, transfers: made / 2 };
};

/** Puts words into an array of a ring. */
export const putWords = (a: RingArray, values: readonly bigint[]): void => {
  const size = a.field.bits / 8;
  const bytes = ring.u8(a);
  values.forEach((v, i) => {
    let rest = BigInt.asUintN(a.field.bits, v);
    for (let b = 0; b < size; b++, rest >>= 8n) bytes[i * size + b] = Number(rest & 255n);
  });
};
