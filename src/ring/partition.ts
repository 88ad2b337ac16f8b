/**
 * @file Which kernels are cut into ranges for several threads, and how their arguments move along from element to element, a
 * word for each: n is the number of elements; w moves by a word, y by a byte, b by a bit, i by one, c by a 64-byte block of the
 * key stream; . stays. `y8` moves by eight bytes, `y*4` by as many as argument 4 says.
 */

import { MOST_CHUNKS, type Partition } from './work-queue.ts';

/** Arguments; nanoseconds an element, for each of `times`: arguments that make an element longer. */
type Said = readonly [args: string, cost: number, ...times: number[]];

/** Nanoseconds a word of 16 bytes. */
const PER_FIELD: Readonly<Record<string, Said>> = {
  add: ['w w w n', 1],
  sub: ['w w w n', 1],
  mul: ['w w w n', 1.6],
  neg: ['w w n', 0.8],
  addScalar: ['w w . n', 0.8],
  mulScalar: ['w w . n', 1.6],
  shl: ['w w . n', 0.8],
  shr: ['w w . n', 0.8],
  sar: ['w w . n', 0.8],
  scale: ['w w . . . n', 5],
  scaleBy: ['w w w . . n', 8],
  mulGate: ['w w w w w w . n', 4.6],
  mulPublic: ['w w w w w . n', 3],
  squareGate: ['w w w w . n', 3],
  selectAdd: ['w b w w w w . n', 4],
  bitsToRing: ['w b n', 0.8],
  maskByBits: ['w w b n', 0.8],
  encode: ['w y8 . n', 0.8],
  decode: ['y8 w . n', 0.7],
  encodeInt: ['w y*3 n . .', 0.8],
  keysGen: ['y*1 . y16 y16 w y*6 . w n i .', 6.9, 1],
  keysEval: ['y*1 . w y*4 . y16 w n i .', 5.6, 4],
};
const PLAIN: Readonly<Record<string, Said>> = {
  xor: ['y y y n', 0.06],
  and: ['y y y n', 0.06],
  or: ['y y y n', 0.06],
  andXor: ['y y y n', 0.06],
  not: ['y y n', 0.05],
  add8: ['y y y n', 0.06],
  sub8: ['y y y n', 0.06],
  stream: ['y n c . . . . . . . . . . .', 0.12],
  chacha20: ['y n c . . . . . . . . . . .', 0.7],
  decodeInt: ['y*4 y*3 n . . .', 0.7],
  digitSelect: ['y y y y . n', 0.5],
  oneHot: ['y y . n', 0.6],
  toPlanes: ['b . y*4 n .', 0.2, 4],
  fromPlanes: ['y*5 b . . n .', 0.25, 5],
  runPlanes: ['. . . . i n', 0.05, 1],
  countUnequal: ['y y*6 y8*6 y . n .', 0.5, 6],
  bitsAsBytes: ['y8 y n', 0.4],
  pickBit: ['b y*4 y n .', 1.5],
  oneHotBytes: ['y*3 y n .', 1.5],
  rangeTable: ['y32 y*3 n . . .', 4],
  fourierEval: ['y*9 y*9 y2*5*9 . n . . . . .', 6, 5],
  fourierDeal: ['y2*3*7 y*7 n . . . . .', 3.5, 3],
  exponentialEval: ['y*9 y*9 y*4*9 n . . . . . .', 4, 4],
  exponentialWindows: ['y*9 y*9 y*4*9 n . . . . . .', 10, 4],
  exponentialDeal: ['y*3*7 y*7 n . . . . .', 1, 3],
  splineEval: ['y*9 y*9 y*5*6*9 . n . . . . .', 4, 5, 6],
  splineDeal: ['y*3*6 y*6 n . . . .', 3, 3],
  dcfGen: ['y*1 . y16 y16 y*7 n . . i', 110, 6],
  dcfEval: ['b b y*3 . y16 y*8 n . . . i', 55, 7],
};

/** The others, and why not. `here`: they are cut where they are called, by their shapes. */
export const OTHERS: Readonly<Record<string, string>> = {
  matmul: 'here',
  sumAxis: 'here',
  strided: 'here',
  stridedBits: 'chunks would write to the same bytes',
  packPlanes: 'works on 64 KB of scratch at most',
  unpackPlanes: 'works on 64 KB of scratch at most',
  packBytes: 'works on 64 KB of scratch at most',
  unpackBytes: 'works on 64 KB of scratch at most',
  rangeTest: 'one number for all',
  matmulSpace: 'a number',
  heapBase: 'a number',
  scratchBytes: 'a number',
  useScratch: 'a number',
};

/** Pieces begin at multiples of this many elements: whole vectors of bits, and blocks of the key stream. */
export const ALIGN = 128;

export interface Rule {
  readonly count: number;
  /** Per argument: by how much it grows from one element to the next, for each of some arguments. */
  readonly steps: readonly { readonly by: number; readonly times: readonly number[] }[];
  /** Arguments that are addresses; 0 is none, and does not move. */
  readonly addresses: readonly boolean[];
  /** Nanoseconds an element, for each of some arguments. */
  readonly cost: number;
  readonly times: readonly number[];
}

const ruleOf = ([said, cost, ...times]: Said, word: number): Rule => {
  const units: Readonly<Record<string, number>> = { w: word, b: 1 / 8, y: 1, i: 1, c: 1 / 64 };
  const args = said.split(' ');
  const steps = args.map((arg) => {
    const [first, ...factors] = arg.split('*') as [string, ...string[]];
    return { by: (units[first[0]!] ?? 0) * Number(first.slice(1) || 1), times: factors.map(Number) };
  });
  const addresses = args.map((arg) => 'wby'.includes(arg[0]!));
  return { count: args.indexOf('n'), steps, addresses, cost: (cost * word) / 16, times };
};

const product = (first: number, times: readonly number[], args: readonly number[]): number =>
  times.reduce((all, i) => all * args[i]!, first);

/** Nanoseconds that a call takes, roughly. */
export const costOf = (rule: Rule, args: readonly number[]): number =>
  args[rule.count]! * product(rule.cost, rule.times, args);

/** By the kernel's full name. */
export const RULES: ReadonlyMap<string, Rule> = new Map([
  ...Object.entries(PLAIN).map(([name, said]) => [name, ruleOf(said, 16)] as const),
  ...Object.entries(PER_FIELD).flatMap(([name, said]) =>
    [32, 64, 128].map((bits) => [`${name}${bits}`, ruleOf(said, bits / 8)] as const),
  ),
]);

/** How to cut a call for so many threads, into chunks that take at least so many nanoseconds. */
export const partitionBy = (
  rule: Rule,
  args: readonly number[],
  threads: number,
  pieceNs: number,
): Partition => {
  const total = args[rule.count]!;
  return {
    total,
    grain: grainOf(total, (total * pieceNs) / costOf(rule, args), threads, ALIGN),
    count: rule.count,
    steps: rule.steps.map(({ by, times }, i) =>
      rule.addresses[i] && args[i] === 0 ? 0 : product(by, times, args),
    ),
  };
};

/** Elements of a chunk: at least `least`, and up to four chunks a thread, so that a late thread holds up nobody. */
export const grainOf = (total: number, least: number, threads: number, align: number): number =>
  Math.ceil(Math.max(least, total / Math.min(4 * threads, MOST_CHUNKS)) / align) * align;
