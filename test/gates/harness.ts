/**
 * Runs gates on all parties in one process: gives the opened numbers, and what the link would carry for the gates
 * alone. Inputs are multiplied by a secret 1 first, so that every party holds a random share of every mask.
 */
import { count, type Wire } from '../../src/fixed/circuit.ts';
import type { Value } from '../../src/gates/gate.ts';
import { GraphCircuit, privateInput, revealTo } from '../../src/ir/compile/graph-circuit.ts';
import { dealtBytes } from '../../src/ir/compile/material.ts';
import type { CostMode } from '../../src/ir/compile/plan.ts';
import { planner } from '../../src/ir/compile/plan.ts';
import type { Graph, Tensor, TensorData } from '../../src/ir/ops/graph.ts';
import { Lockstep, type LockstepStats, type PrivateInput } from '../../src/ir/run/lockstep.ts';
import type { RingArray } from '../../src/ring/array.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { Ring } from '../../src/ring/ring.ts';

export const ring = await Ring.create();
export const FIELD_NAMES = ['FM128', 'FM64', 'FM32'] as const;
export const LENGTHS = [0, 1, 2, 3, 127, 128, 129, 1000] as const;

/** A plain input: ring integers, reals that are encoded, or bits. */
export type Plain =
  | { readonly kind: 'raw'; readonly values: readonly bigint[]; readonly shape?: readonly number[] }
  | { readonly kind: 'fxp'; readonly values: readonly number[]; readonly shape?: readonly number[] }
  | { readonly kind: 'bit'; readonly values: readonly boolean[]; readonly shape?: readonly number[] };

export const raw = (values: readonly (bigint | number)[], shape?: readonly number[]): Plain => ({
  kind: 'raw',
  values: values.map(BigInt),
  ...(shape && { shape }),
});
export const fxp = (values: readonly number[]): Plain => ({ kind: 'fxp', values });
export const bits = (values: readonly (boolean | number)[]): Plain => ({
  kind: 'bit',
  values: values.map(Boolean),
});

export interface Case {
  readonly field: FieldName;
  readonly parties: number;
  readonly inputs: readonly Plain[];
  readonly build: (c: GraphCircuit, ...ins: Wire[]) => Wire | readonly Wire[];
  readonly allowMsbError?: boolean;
  readonly costMode?: CostMode;
}

export interface Result {
  /** Opened values, signed; bits as 0n and 1n. */
  readonly raw: bigint[][];
  /** The same as fixed-point numbers. */
  readonly numbers: number[][];
  readonly rounds: number;
  /** Bytes that party 0 sent to party 1, and the dealer's, for the gates. */
  readonly bytes: number;
  readonly dealerBytes: number;
  readonly stats: LockstepStats;
}

let worlds = 0;
/** Seeds that are the same in every run of a test file, and never twice the same in one. */
export const seedsOf = (parties: number): Uint8Array[] => {
  worlds++;
  return Array.from({ length: parties }, (_, rank) => {
    const seed = new Uint8Array(32).fill(7);
    new DataView(seed.buffer).setUint32(0, worlds);
    seed[4] = rank;
    return seed;
  });
};

/** A small generator for test data (mulberry32). */
export const random = (seed: number) => {
  let s = seed;
  return (): number => {
    s = (s + 0x6d2b79f5) | 0;
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** A random signed integer of up to `width` bits, small ones as likely as large ones. */
export const randomRaw = (next: () => number, width: number): bigint => {
  const w = Math.floor(next() * (width + 1));
  let v = 0n;
  for (let i = 0; i < w; i++) v = (v << 1n) | BigInt(next() < 0.5);
  return next() < 0.5 ? v : -v;
};

export const signed = (v: bigint, k: number): bigint => BigInt.asIntN(k, v);

/** Opened or public elements as integers. */
export const readRaw = (value: Value, k: number): bigint[] => {
  const { kind, length } = value.c!;
  const bytes = ring.u8(value.c!);
  if (kind === 'bits') return Array.from({ length }, (_, i) => BigInt((bytes[i >> 3]! >> (i & 7)) & 1));
  const size = k / 8;
  return Array.from({ length }, (_, i) => {
    let v = 0n;
    for (let b = size - 1; b >= 0; b--) v = (v << 8n) | BigInt(bytes[i * size + b]!);
    return signed(v, k);
  });
};

const tensor = (dtype: Tensor['dtype'], data: TensorData): Tensor => ({ shape: [data.length], dtype, data });

/** Adds an input's gates: integers by limbs, so that any ring element can be given. */
const take = (c: GraphCircuit, privates: PrivateInput[], owner: number, x: Plain): Wire => {
  const shape = x.shape ?? [x.values.length];
  const add = (t: Tensor, by: number): Wire => {
    privates.push({ owner: by, tensor: t });
    return privateInput(c, by, privates.length - 1, shape, t.dtype === 'bool' ? 'bit' : 'ring');
  };
  const other = (owner + 1) % 2;
  const n = count(shape);
  const out = { shape, secret: true };
  if (x.kind === 'bit') {
    const b = add(tensor('bool', Uint8Array.from(x.values, Number)), owner);
    const one = add(tensor('bool', new Uint8Array(n).fill(1)), other);
    return c.emit('and', [b, one], {}, [{ ...out, kind: 'bit' }])[0]!;
  }
  const type = { ...out, kind: 'ring' } as const;
  let whole: Wire;
  if (x.kind === 'fxp') whole = add(tensor('fxp', Float64Array.from(x.values)), owner);
  else {
    const limb = (shift: bigint, last = false): Wire =>
      add(
        tensor(
          'int64',
          BigInt64Array.from(x.values, (v) => (last ? v >> shift : (v >> shift) & (2n ** 24n - 1n))),
        ),
        owner,
      );
    // From the top: whole = whole * 2^24 + the next limb.
    const scale = c.constant(Float64Array.of(2 ** 24), [1], 0);
    whole = limb(120n, true);
    for (const shift of [96n, 72n, 48n, 24n, 0n]) {
      const scaled = c.emit('mulPublic', [whole, scale], {}, [type])[0]!;
      whole = c.emit('add', [scaled, limb(shift)], {}, [type])[0]!;
    }
  }
  const one = add(tensor('int64', new BigInt64Array(n).fill(1n)), other);
  return c.emit('mul', [whole, one], { trunc: 0, exact: false }, [type])[0]!;
};

/** Fails with the first difference only: the arrays are long. */
export const same = (actual: readonly unknown[], expected: readonly unknown[], what = ''): void => {
  if (actual.length !== expected.length)
    throw new Error(`${what}: ${actual.length} values, expected ${expected.length}`);
  actual.forEach((v, i) => {
    if (v !== expected[i]) throw new Error(`${what}: [${i}] is ${v}, expected ${expected[i]}`);
  });
};

/** A world, and inputs in it. */
export const enter = (
  field: FieldName,
  parties: number,
  inputs: readonly Plain[],
  allowMsbError = false,
  costMode?: CostMode,
) => {
  const world = new Lockstep(ring, FIELDS[field], parties, seedsOf(parties));
  const circuit = (): GraphCircuit =>
    new GraphCircuit(
      { field: FIELDS[field], parties, costMode, ...(allowMsbError && { truncAllowMsbError: true }) },
      undefined,
      planner,
    );
  const privates: PrivateInput[] = [];
  const a = field === 'FM32' ? new GraphCircuit({ field: FIELDS[field] }) : circuit();
  const wires = inputs.map((x, i) => take(a, privates, i % parties, x));
  const taken = world.run(graphOf(a, [], wires), privates);
  return { world, circuit, wires, taken };
};

export const graphOf = (c: GraphCircuit, ins: readonly number[], outs: readonly Wire[]): Graph =>
  c.graph(
    ins,
    outs.map((w) => w.id),
  );

export const everybody = (parties: number): number[] => Array.from({ length: parties }, (_, i) => i);

export const runCase = (k: Case): Result => {
  const { bits: width, fraction } = FIELDS[k.field];
  const { world, circuit, wires, taken } = enter(k.field, k.parties, k.inputs, k.allowMsbError, k.costMode);
  const b = circuit();
  const ins = wires.map((w) => b.value({ shape: w.shape, dtype: w.kind, secret: true }));
  const outs = [k.build(b, ...ins.map((id) => b.wire(id)))].flat();
  const graph = graphOf(b, ins, outs);
  const made = world.run(graph, [], fraction, taken.outs, taken.masks);
  const declared = dealtBytes(graph, { field: FIELDS[k.field], parties: k.parties });
  if (declared !== made.stats.dealerBytes)
    throw new Error(`${made.stats.dealerBytes} bytes are dealt where ${declared} are declared`);
  const d = circuit();
  const shown = outs.map((w) => d.value({ shape: w.shape, dtype: w.kind, secret: w.secret }));
  const open = shown.map((id) =>
    d.types[id]!.secret ? revealTo(d, d.wire(id), everybody(k.parties)) : d.wire(id),
  );
  const opened = world.run(graphOf(d, shown, open), [], fraction, made.outs, made.masks);
  const [first, ...others] = opened.outs.map((own) => own.map((e) => readRaw(e as Value, width)));
  for (const other of others) {
    if (String(other) !== String(first)) throw new Error('the parties opened different values');
  }
  const numbers = opened.outs[0]!.map((e) => {
    const { c } = e as Value;
    const data = new Float64Array(c!.length);
    if (c!.kind === 'ring') ring.decode(data, c as RingArray, fraction);
    return Array.from(data);
  });
  for (const result of [taken, made, opened]) world.free(result);
  if (world.held !== 0) throw new Error(`${world.held} arrays leak`);
  const { stats } = made;
  return {
    raw: first!,
    numbers,
    rounds: stats.rounds,
    bytes: stats.sent[0]![1]!,
    dealerBytes: stats.dealerBytes,
    stats,
  };
};
