/**
 * @file What a coalition sees of one gate: runs both halves of it on all parties, and keeps every array that is opened (what each
 * party sends, and the sum), every stream that a party drew and every correction, so that tests can look for what they have
 * in common.
 */

import { DealerContext } from '../../src/dealer/dealer-context.ts';
import { PartyContext } from '../../src/dealer/party-context.ts';
import type { MaterialLayout } from '../../src/dealer/slots.ts';
import {
  type Gate,
  layoutOf,
  type Opening,
  type OpenOptions,
  type Party,
  type Steps,
  type Value,
} from '../../src/gates/gate.ts';
import { PAUSE, type Pausable } from '../../src/gates/pausable.ts';
import type { AnyArray as Arr } from '../../src/ring/array.ts';
import type { Field } from '../../src/ring/field.ts';
import { Prg } from '../../src/ring/prg.ts';
import { ring } from './harness.ts';

/** What a gate deals, also in stretches. */
export const dealtAtOnce = (dealt: Pausable<Value[]>): Value[] => {
  for (;;) {
    const { done, value } = dealt.next();
    if (done) return value;
  }
};

/** Elements of one kind, one after another: ring words, a plane of bits, or numbers of `width` bits. */
export interface Column {
  readonly name: string;
  readonly kind: Arr['kind'];
  readonly length: number;
  readonly width: number;
  readonly bytes: Uint8Array;
}

/** An array as columns: one, or one a plane. */
export const columnsOf = (name: string, a: Arr, width = 8): Column[] => {
  const { kind, length } = a;
  const bytes = ring.u8(a).slice();
  if (kind === 'ring') return [{ name, kind, length, width: a.field.bits, bytes }];
  if (kind === 'bytes') {
    const mask = (1 << width) - 1;
    return [{ name, kind, length, width, bytes: bytes.map((b) => b & mask) }];
  }
  const tail = length % 8 ? (1 << (length % 8)) - 1 : 255;
  return Array.from({ length: a.planes }, (_, i) => {
    const plane = bytes.slice(i * a.stride, i * a.stride + Math.ceil(length / 8));
    if (plane.length > 0) plane[plane.length - 1]! &= tail;
    return { name: `${name}.${i}`, kind, length, width: 1, bytes: plane };
  });
};

/** a + sign b, in the group of the elements. */
export const combined = (a: Column, b: Column, sign: 1 | -1): Column => {
  const bytes = new Uint8Array(a.bytes.length);
  const name = `${a.name} ${sign === 1 ? '+' : '-'} ${b.name}`;
  if (a.kind === 'bits') for (let i = 0; i < bytes.length; i++) bytes[i] = a.bytes[i]! ^ b.bytes[i]!;
  else if (a.kind === 'bytes') {
    const mask = (1 << a.width) - 1;
    for (let i = 0; i < bytes.length; i++) bytes[i] = (a.bytes[i]! + sign * b.bytes[i]!) & mask;
  } else {
    const size = a.width / 8;
    for (let at = 0; at < bytes.length; at += size) {
      let carry = 0;
      for (let i = at; i < at + size; i++) {
        const sum = a.bytes[i]! + sign * b.bytes[i]! + carry;
        bytes[i] = sum;
        carry = sum >> 8;
      }
    }
  }
  return { ...a, name, bytes };
};

export const alike = (a: Column, b: Column): boolean => a.kind === b.kind && a.length === b.length;

/** One opening: what each rank sends, and the sum; of one sender, its array alone. */
export interface Opened {
  readonly kind: Arr['kind'];
  readonly planes: number;
  readonly from: number | undefined;
  readonly to: readonly number[] | undefined;
  readonly shares: readonly (readonly Column[])[];
  readonly sum: readonly Column[];
}

export interface View {
  readonly openings: readonly Opened[];
  /** Masked inputs, and each rank's shares of their masks. */
  readonly inputs: readonly Column[];
  readonly inputShares: readonly (readonly Column[])[];
  /** By rank and draw: what its stream gave; corrections stand at rank 0, in the place of their draw. */
  readonly drawn: readonly ReadonlyMap<number, readonly Column[]>[];
  /** What all are told. */
  readonly told: readonly Uint8Array[];
  /** The whole masks of what comes out. */
  readonly outMasks: readonly Column[];
  /** Places of streams, by rank, that were drawn twice. */
  readonly twice: readonly string[];
}

/** A stream that is overheard. Parts of one draw are put together. */
class Overheard extends Prg {
  readonly streams = new Map<number, Column[]>();
  readonly twice: string[] = [];
  readonly #places = new Set<string>();

  override fill(dst: Arr, gate: number, draw: number, offset = 0): void {
    super.fill(dst, gate, draw, offset);
    const place = `${gate}, ${draw}, ${offset}`;
    if (dst.bytes > 0 && this.#places.has(place)) this.twice.push(place);
    this.#places.add(place);
    const columns = columnsOf(`draw ${draw}`, dst);
    const before = this.streams.get(draw);
    if (offset === 0 || before === undefined) this.streams.set(draw, columns);
    else {
      const [first, next] = [before[0]!, columns[0]!];
      const bytes = Uint8Array.from([...first.bytes, ...next.bytes]);
      this.streams.set(draw, [{ ...first, length: first.length + next.length, bytes }]);
    }
  }
}

class Observed extends PartyContext implements Party {
  readonly made = undefined;
  readonly parties: number;
  readonly openings: Opening[] = [];
  readonly #input: Arr | undefined;

  constructor(
    field: Field,
    parties: number,
    rank: number,
    prg: Prg,
    gate: number,
    layout: MaterialLayout,
    chunks: readonly Uint8Array[],
    own?: Arr,
  ) {
    super(ring, field, rank, prg, gate, layout, chunks);
    this.parties = parties;
    this.#input = own;
  }

  *open<T extends Arr, U = never>(array: T, options: OpenOptions<U> = {}): Steps<T, U> {
    this.openings.push({ width: 8, ...(options as Partial<Opening>), array });
    yield;
    return array;
  }

  input(): Arr | undefined {
    return this.#input;
  }

  note(): void {}
}

const DRAWS = 40;

/** Streams that everybody can compute: those of the seed of zeros. */
export const publicStreams = (field: Field, gate: number, length: number): Column[] => {
  const prg = new Prg(ring, new Uint8Array(32));
  return Array.from({ length: DRAWS }, (_, draw) => {
    const [words, bits] = [ring.alloc(field, length), ring.bits(length)];
    prg.fill(words, gate, draw);
    prg.fill(bits, gate, draw);
    const columns = [words, bits].flatMap((a) => columnsOf(`public draw ${draw}`, a));
    ring.release(words);
    ring.release(bits);
    return columns;
  }).flat();
};

/** An input: `plain` is what it holds (bits: 0 or 1), everywhere. */
export interface Input {
  readonly kind: 'ring' | 'bits';
  readonly length: number;
  readonly plain: number;
  /** Known to all: it has no mask. */
  readonly open?: boolean;
  /** What it holds in place of `plain`, element by element. */
  readonly fill?: (plain: Arr) => void;
}

export interface Masked {
  readonly values: readonly (readonly Value[])[];
  readonly masks: readonly Value[];
}

const NOISE = 1_000_000;

/** Inputs under masks of which each rank has a share of its own. */
export const masked = (field: Field, seeds: readonly Uint8Array[], inputs: readonly Input[]): Masked => {
  const room = ({ kind, length }: Input): Arr =>
    kind === 'bits' ? ring.bits(length) : ring.alloc(field, length);
  const prgs = seeds.map((seed) => new Prg(ring, seed));
  const values: Value[][] = seeds.map(() => []);
  const masks: Value[] = [];
  inputs.forEach((x, i) => {
    const c = room(x);
    if (x.fill) x.fill(c);
    else if (c.kind === 'bits') {
      ring.zero(c);
      if (x.plain) ring.not(c, c);
    } else if (c.kind === 'ring') ring.encode(c, new Float64Array(x.length).fill(x.plain), 0);
    if (x.open) {
      for (const own of values) own.push({ c });
      masks.push({ c });
      return;
    }
    const r = room(x);
    ring.zero(r);
    const shares = prgs.map((prg) => {
      const share = room(x);
      prg.fill(share, NOISE, i);
      add(c, share);
      add(r, share);
      return share;
    });
    shares.forEach((share, rank) => {
      const copy = room(x);
      ring.copy(copy, c);
      values[rank]!.push({ c: copy, r: share });
    });
    masks.push({ r });
  });
  return { values, masks };
};

const add = (dst: Arr, b: Arr): void => {
  if (dst.kind === 'ring' && b.kind === 'ring') ring.add(dst, dst, b);
  else if (dst.kind === 'bits' && b.kind === 'bits') ring.xor(dst, dst, b);
  else if (dst.kind === 'bytes' && b.kind === 'bytes') ring.add8(dst, dst, b);
};

/** Runs one gate, as the executors do: `gate` is its number. */
export const viewOf = <A extends object>(
  field: Field,
  seeds: readonly Uint8Array[],
  gate: Gate<A>,
  attrs: A,
  given: Masked,
  number: number,
  own?: { readonly owner: number; readonly array: Arr },
): View => {
  const parties = seeds.length;
  const ins = given.masks.map(({ c, r }) => {
    const { kind, length } = (r ?? c)!;
    return { kind: kind === 'bits' ? kind : 'ring', length, secret: r !== undefined } as const;
  });
  const layout = layoutOf(gate, { field, parties, ins }, attrs);
  const dealing = new DealerContext(
    ring,
    field,
    seeds.map((seed) => new Prg(ring, seed)),
    number,
    layout,
  );
  const outMasks = dealtAtOnce(gate.deal(dealing, given.masks, attrs)).flatMap(({ r }, i) =>
    r ? columnsOf(`mask of output ${i}`, r) : [],
  );
  const prgs = seeds.map((seed) => new Overheard(ring, seed));
  const runs = prgs.map((prg, rank) => {
    const chunks = rank === 0 ? dealing.corrections : dealing.broadcasts;
    const array = own?.owner === rank ? own.array : undefined;
    const party = new Observed(field, parties, rank, prg, number, layout, chunks, array);
    return {
      party,
      steps: gate.eval(party, given.values[rank]!, attrs),
      outs: undefined as Value[] | undefined,
    };
  });
  const opened: Opened[] = [];
  for (;;) {
    for (const run of runs) {
      if (run.outs) continue;
      let next = run.steps.next();
      // A pause is no round.
      while (!next.done && next.value === PAUSE) next = run.steps.next();
      if (next.done) run.outs = next.value;
    }
    const rounds = runs.map(({ party }) => party.openings.splice(0));
    if (rounds.every((all) => all.length === 0)) break;
    for (const [i, first] of rounds[0]!.entries()) {
      const all = rounds.map((openings) => openings[i]!);
      opened.push(exchange(first, all, opened.length));
    }
  }
  const arraysOf = (values: readonly Value[]): Arr[] =>
    values.flatMap(({ c, r }) => [c, r].filter((a) => a !== undefined));
  const view: View = {
    openings: opened,
    inputs: given.values[0]!.flatMap(({ c, r }, i) => (c && r ? columnsOf(`c of input ${i}`, c) : [])),
    inputShares: given.values.map((all) =>
      all.flatMap(({ r }, i) => (r ? columnsOf(`share of mask ${i}`, r) : [])),
    ),
    drawn: prgs.map(({ streams }, rank) => (rank === 0 ? withCorrections(streams, prgs, dealing) : streams)),
    told: dealing.broadcasts,
    outMasks,
    twice: prgs.flatMap(({ twice }) => twice),
  };
  for (const { party, outs } of runs) {
    party.end(arraysOf(outs!));
    for (const a of arraysOf(outs!)) ring.release(a);
  }
  dealing.end();
  return view;
};

/** Exchanges what all ranks have opened: their arrays hold the sum afterwards. */
export const exchange = (first: Opening, all: readonly Opening[], index: number): Opened => {
  for (const { compute } of all) for (const _ of compute ?? []);
  for (const { meanwhile } of all) meanwhile?.();
  const { from, to, width } = first;
  const name = (what: string): string => `${what} of opening ${index}`;
  const shares = all.map(({ array }, rank) => columnsOf(name(`share ${rank}`), array, width));
  const sum = ring.u8(all[from ?? 0]!.array).slice();
  const total = all[from ?? 0]!.array;
  if (from === undefined) for (const { array } of all.slice(1)) add(total, array);
  const opened = columnsOf(name(from === undefined ? 'sum' : `c of ${from}`), total, width);
  const bytes = ring.u8(total).slice();
  // Who does not hear keeps what it has sent.
  all.forEach(({ array }, rank) => {
    if (to === undefined || to.includes(rank)) ring.u8(array).set(bytes);
    else if (array === total) ring.u8(array).set(sum);
  });
  const planes = total.kind === 'bits' ? total.planes : 1;
  return { kind: total.kind, planes, from, to, shares, sum: opened };
};

/** What the dealer shared stands where the others have their streams. Numbers of some bits are packed, and left out. */
const withCorrections = (
  own: ReadonlyMap<number, readonly Column[]>,
  prgs: readonly Overheard[],
  dealing: DealerContext,
): ReadonlyMap<number, readonly Column[]> => {
  const all = new Map(own);
  const others = prgs[1]!.streams;
  for (const { form, stream, toFirst, toOthers } of dealing.layout.slots) {
    const columns = others.get(stream);
    if (toFirst === undefined || toOthers !== undefined || form === 'bytes' || columns === undefined)
      continue;
    const chunk = dealing.corrections[toFirst]!;
    let at = 0;
    all.set(
      stream,
      columns.map((column) => {
        const bytes = chunk.slice(at, at + column.bytes.length);
        at += column.bytes.length;
        return { ...column, name: `correction ${column.name}`, bytes };
      }),
    );
  }
  return all;
};
