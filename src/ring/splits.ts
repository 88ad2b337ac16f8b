/**
 * @file Which kernels are cut into ranges for several threads, and how their arguments move along. One letter an argument:
 * w a pointer to words, b to packed bits, y to bytes, n the number of elements, . what stays as it is, c the number of the
 * key stream's 64-byte block. Kernels with more to say than that are cut where they are called (words.ts, ring.ts).
 */

import type { Split } from './board.ts';

/** Per kernel: its arguments, and a rough cost in nanoseconds an element of 16 bytes (a byte, of those on bytes). */
const PER_FIELD: Readonly<Record<string, readonly [args: string, cost: number]>> = {
  add: ['w w w n', 1],
  sub: ['w w w n', 1],
  mul: ['w w w n', 1.6],
  neg: ['w w n', 0.8],
  addScalar: ['w w . n', 0.8],
  mulScalar: ['w w . n', 1.6],
  shl: ['w w . n', 0.8],
  shr: ['w w . n', 0.8],
  sar: ['w w . n', 0.8],
  mulGate: ['w w w w w w . n', 4.6],
  mulPublic: ['w w w w w . n', 3],
  squareGate: ['w w w w . n', 3],
  selectAdd: ['w b w w w w . n', 4],
  bitsToRing: ['w b n', 0.8],
  maskByBits: ['w w b n', 0.8],
};
const PLAIN: Readonly<Record<string, readonly [args: string, cost: number]>> = {
  xor: ['y y y n', 0.06],
  and: ['y y y n', 0.06],
  or: ['y y y n', 0.06],
  andXor: ['y y y n', 0.06],
  not: ['y y n', 0.05],
  add8: ['y y y n', 0.06],
  sub8: ['y y y n', 0.06],
  stream: ['y n c . . . . . . . . . . .', 0.35],
};

/** Pieces begin at multiples of this many elements: whole blocks of bits, and of the key stream. */
const ALIGN = 1024;

export interface Rule {
  readonly count: number;
  readonly steps: readonly number[];
  /** Arguments that are addresses; 0 is none, and does not move. */
  readonly addresses: readonly boolean[];
  /** Nanoseconds an element. */
  readonly cost: number;
}

const ruleOf = ([args, cost]: readonly [string, number], word: number): Rule => {
  const step: Readonly<Record<string, number>> = { w: word, b: 1 / 8, y: 1, n: 0, c: 1 / 64, '.': 0 };
  const letters = args.split(' ');
  return {
    count: letters.indexOf('n'),
    steps: letters.map((letter) => step[letter]!),
    addresses: letters.map((letter) => 'wby'.includes(letter)),
    cost: (cost * word) / 16,
  };
};

/** Elements of the smallest piece that takes so long. */
export const leastOf = ({ cost }: Rule, pieceNs: number): number => Math.ceil(pieceNs / cost / ALIGN) * ALIGN;

/** By the kernel's full name. */
export const RULES: ReadonlyMap<string, Rule> = new Map([
  ...Object.entries(PLAIN).map(([name, said]) => [name, ruleOf(said, 16)] as const),
  ...Object.entries(PER_FIELD).flatMap(([name, said]) =>
    [32, 64, 128].map((bits) => [`${name}${bits}`, ruleOf(said, bits / 8)] as const),
  ),
]);

/** How to cut a call for so many threads, into pieces of at least so many elements. */
export const splitBy = (rule: Rule, args: readonly number[], threads: number, least: number): Split => {
  const total = args[rule.count]!;
  return {
    total,
    grain: grainOf(total, least, threads),
    count: rule.count,
    steps: rule.steps.map((step, i) => (rule.addresses[i] && args[i] === 0 ? 0 : step)),
  };
};

/** Elements of a piece: at least `least`, and up to four pieces a thread, so that a late thread holds up nobody. */
export const grainOf = (total: number, least: number, threads: number, align = ALIGN): number =>
  Math.ceil(Math.max(least, total / (4 * threads)) / align) * align;
