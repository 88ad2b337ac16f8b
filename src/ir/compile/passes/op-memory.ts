/**
 * @file Temporary memory of an op: bytes of ring memory per element, with the gate's temporaries, dealt tables or keys. Measured at
 * rank 0 of a TrustedFirstParty at FM128, which deals too (with a dealer apart, and at the other ranks, it is about half).
 */
import { entryOf, type OpName, opSet } from '../../ops/catalogue.ts';
import type { Attrs, Node } from '../../ops/graph.ts';

/** How programs are lowered, as far as memory depends on it. */
export interface WorkOptions {
  readonly parties?: number | undefined;
  readonly costMode?: 'latency' | 'bandwidth' | 'auto' | undefined;
}

/** By dealt tables, and by the keys of two parties. */
type Bytes = readonly [tables: number, keys: number];

/** c and r of a value, and the dealer's r. */
export const HELD = 48;

/** Ops that only move elements, and sums. */
const LIGHT = 64;
const MOVES = opSet(
  'add', 'sub', 'neg', 'not', 'broadcast', 'reshape', 'transpose', 'slice', 'sum', 'within', 'stopGradient', 'hide', 'reveal',
); // biome-ignore format: a list

const ORDER: Bytes = [240, 6600];
const BITS: Bytes = [1700, 2400];

const WORK: { readonly [K in OpName]?: Bytes } = {
  mul: [128, 128],
  matmul: [128, 128],
  xor: [64, 64],
  and: [96, 96],
  or: [96, 96],
  select: [192, 192],
  less: [240, 2400],
  equal: [480, 2400],
  sign: [300, 4800],
  abs: ORDER,
  maximum: ORDER,
  minimum: ORDER,
  max: ORDER,
  min: ORDER,
  argmax: [500, 7000],
  argmin: [500, 7000],
  clip: [480, 7200],
  floor: [240, 2400],
  sin: [320, 320],
  cos: [320, 320],
  exp: [600, 2000],
  sigmoid: [700, 4000],
  tanh: [700, 4000],
  erf: [700, 4000],
  softplus: [700, 4000],
  silu: [1600, 7000],
  gelu: [700, 5600],
  // Its table is the longest, and is held as a whole by a short tile.
  mish: [2400, 9000],
  convert: BITS,
  bitAnd: BITS,
  bitOr: BITS,
  bitXor: BITS,
  bitNot: [64, 64],
  div: [1500, 11_500],
  log: [1500, 9500],
  sqrt: [1300, 9200],
  rsqrt: [1300, 9700],
  reciprocal: [1400, 10_200],
  cbrt: [1500, 9500],
  floorDivide: [2700, 12_000],
  remainder: [2700, 12_000],
};
/** Angles, powers, and what is not listed. */
const REST: Bytes = [2700, 13_000];

/** Comparisons with every point, of which each is a key. */
const POINT: Bytes = [120, 1400];

const bytesOf = (op: string, attrs: Attrs): Bytes => {
  if (MOVES.has(op)) return [LIGHT, LIGHT];
  const points = op === 'interp' ? (attrs.at as readonly number[]).length : 0;
  return points > 0 ? [POINT[0] * points, POINT[1] * points] : (entryOf(WORK, op) ?? REST);
};

/** Bytes for each element of the node's operands and results. */
export const workOf = ({ op, attrs }: Node, { parties, costMode }: WorkOptions): number => {
  const keys = parties === 2 && costMode !== undefined && costMode !== 'bandwidth';
  return bytesOf(op, attrs)[keys ? 1 : 0];
};

/** Whether it takes rounds. */
export const takesRounds = ({ op }: Node): boolean => !MOVES.has(op);
