/**
 * @file np.random: public randomness from a key, the same numbers on every engine, so that parties who record one program
 * agree on it. Threefry-2x32 with 20 rounds (Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3, SC 2011), as
 * JAX uses it. It is for initial weights and shuffled batches, not for secrets: everybody knows the key.
 */
import { fail } from '../errors.ts';
import { sizeOf } from '../ir/ops/graph.ts';
import { normalAxis } from '../ir/ops/shapes.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { NDArray } from '../ir/trace/ndarray.ts';
import * as math from '../ring/math/index.ts';
import { erf, exp, log } from '../ring/math/index.ts';
import { type ArrayInput, asArr, axisOf, type OneAxis } from './core.ts';
import { readShape, type ShapeInput } from './create.ts';
import { add } from './elementwise.ts';
import { take } from './indexing.ts';
import { optionsOf } from './options.ts';
import { argmax } from './reduce.ts';

const ROTATIONS = [
  [13, 15, 26, 6],
  [17, 29, 16, 24],
] as const;

const turn = (x: number, by: number): number => (x << by) | (x >>> (32 - by));

/**
 * One block of the Threefry 2x32 cipher in 20 rounds: two words of 32 bits under a key of two. As jax.random's.
 * @example
 * np.random.threefry(0, 0, 0, 0) // [1797259609, 2579123966]
 */
export const threefry = (k0: number, k1: number, c0: number, c1: number): [number, number] => {
  const keys = [k0, k1, k0 ^ k1 ^ 0x1bd11bda] as const;
  let [x, y] = [(c0 + k0) | 0, (c1 + k1) | 0];
  for (let round = 0; round < 5; round++) {
    for (const by of ROTATIONS[round % 2]!) {
      x = (x + y) | 0;
      y = turn(y, by) ^ x;
    }
    x = (x + keys[(round + 1) % 3]!) | 0;
    y = (y + keys[(round + 2) % 3]! + round + 1) | 0;
  }
  return [x >>> 0, y >>> 0];
};

/** A key: two 32-bit words, an array of uint32. */
export type Key = BaseArray;

const keyOf = (hi: number, lo: number): Key => new NDArray([2], 'uint32', Uint32Array.of(hi, lo));

/**
 * A key from a whole number: [high word, low word], uint32. Public, and good for no secret: who knows the number
 * knows all that comes of it. Throws INVALID_ARGUMENT.
 * @example
 * np.random.PRNGKey(42) // [0, 42]
 * np.random.PRNGKey(0.5) // throws INVALID_ARGUMENT
 */
export const PRNGKey = (seed: number): Key => {
  if (!Number.isSafeInteger(seed)) fail('INVALID_ARGUMENT', `a seed is a whole number, not ${seed}`);
  return keyOf(Math.floor(seed / math.pow2(32)) >>> 0, seed >>> 0);
};
export { PRNGKey as key };

const words = (k: Key): readonly [number, number] => {
  if (!(k instanceof NDArray) || k.dtype !== 'uint32' || k.size !== 2)
    return fail('INVALID_ARGUMENT', 'a key is what np.random.PRNGKey or np.random.split gives');
  return [Number(k.data[0]), Number(k.data[1])];
};

/** n blocks of two words. */
const blocks = (k: Key, n: number): Uint32Array => {
  const [hi, lo] = words(k);
  const out = new Uint32Array(2 * n);
  for (let i = 0; i < n; i++) out.set(threefry(hi, lo, Math.floor(i / math.pow2(32)), i >>> 0), 2 * i);
  return out;
};

/**
 * n (2) new keys that have nothing to do with each other or with `k`. Public. Use each key once.
 * @example
 * np.random.split(np.random.key(0), 3).length // 3
 */
export const split = (k: Key, n = 2): Key[] => {
  const all = blocks(k, lengthOf(n));
  return Array.from({ length: n }, (_, i) => keyOf(all[2 * i]!, all[2 * i + 1]!));
};

/**
 * A key from a key and a whole number, such as the number of a step. Public. Throws INVALID_ARGUMENT for what is no
 * whole number.
 * @example
 * np.random.foldIn(np.random.key(0), 1).dtype // 'uint32'
 */
export const foldIn = (k: Key, data: number): Key => {
  if (!Number.isSafeInteger(data)) fail('INVALID_ARGUMENT', `foldIn takes a whole number, not ${data}`);
  const [hi, lo] = words(k);
  return keyOf(...threefry(hi, lo, Math.floor(data / math.pow2(32)) >>> 0, data >>> 0));
};

/**
 * Uniform words of 32 bits, uint32, from a public key: the same words everywhere.
 * @example
 * np.random.bits(np.random.key(0), 3).dtype // 'uint32'
 */
export const bits = (k: Key, shape: ShapeInput = []): BaseArray => {
  const to = readShape(shape);
  const n = sizeOf(to);
  return new NDArray(to, 'uint32', blocks(k, Math.ceil(n / 2)).slice(0, n));
};

/** A number of things that are to be made or drawn from. Throws SHAPE. */
const lengthOf = (n: number): number => readShape(n)[0]!;
const sizeAlong = (name: string, x: BaseArray, axis: number): number =>
  x.ndim === 0 ? fail('SHAPE', `${name} of a scalar`) : x.shape[normalAxis(axis, x.ndim)]!;

const make = (k: Key, shape: ShapeInput, of: (unit: number) => number): NDArray => {
  const to = readShape(shape);
  const n = sizeOf(to);
  const all = blocks(k, n);
  // 53 bits, in the middle of their interval: never 0, never 1.
  const unit = (i: number): number =>
    ((all[2 * i]! >>> 5) * math.pow2(26) + (all[2 * i + 1]! >>> 6) + 0.5) / math.pow2(53);
  return new NDArray(
    to,
    'fxp',
    Float64Array.from({ length: n }, (_, i) => of(unit(i))),
  );
};

const needProbability = (name: string, p: number): number =>
  p >= 0 && p <= 1 ? p : fail('RANGE', `${name}: a probability is between 0 and 1, not ${p}`);

/**
 * Real numbers between lo and hi. Throws RANGE unless both are finite, and lo <= hi.
 * @example
 * np.all(np.less(np.random.uniform(np.random.key(0), 100, -1, 1), 1)) // true
 */
export const uniform = (k: Key, shape: ShapeInput = [], lo = 0, hi = 1): BaseArray => {
  if (!(Number.isFinite(hi - lo) && lo <= hi))
    fail('RANGE', `uniform needs finite numbers lo <= hi, not ${lo} and ${hi}`);
  return make(k, shape, (u) => lo + (hi - lo) * u);
};

/**
 * True with this probability, as bools. Throws RANGE for p outside of [0, 1].
 * @example
 * np.random.bernoulli(np.random.key(0), 1, 2) // [true, true]
 */
export const bernoulli = (k: Key, p = 0.5, shape: ShapeInput = []): BaseArray => {
  needProbability('bernoulli', p);
  const u = make(k, shape, (v) => v);
  return new NDArray(
    u.shape,
    'bool',
    Uint8Array.from(u.data as Float64Array, (v) => Number(v < p)),
  );
};

/**
 * Whole numbers from lo to hi - 1, each as likely, int64, from a public key; hi - lo up to 2^53. Throws RANGE for no
 * numbers.
 * @example
 * np.max(np.random.randint(np.random.key(0), [100], 0, 3)) // 2
 */
export const randint = (k: Key, shape: ShapeInput, lo: number, hi: number): BaseArray => {
  if (!(Number.isSafeInteger(lo) && Number.isSafeInteger(hi) && Number.isSafeInteger(hi - lo) && lo < hi))
    fail('RANGE', `randint needs whole numbers lo < hi, less than 2^53 apart, not ${lo} and ${hi}`);
  const u = make(k, shape, (v) => Math.min(hi - 1, lo + Math.floor((hi - lo) * v)));
  return new NDArray(
    u.shape,
    'int64',
    BigInt64Array.from(u.data as Float64Array, (v) => BigInt(v)),
  );
};

const ratio = (p: readonly number[], q: readonly number[], r: number): number => {
  const at = (c: readonly number[]): number => c.reduceRight((sum, v) => sum * r + v, 0);
  return at(p) / at(q);
};

/** Coefficients of Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37 (1988), lowest power first. */
const A = [
  3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.693765509461, 45921.95393154987,
  67265.7709270087, 33430.57558358813, 2509.0809287301227,
];
const B = [
  1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
  28729.085735721943, 5226.495278852854,
];
const C = [
  1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
  0.2417807251774506, 0.022723844989269184, 7.745450142783414e-4,
];
const D = [
  1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
  5.475938084995345e-4, 1.0507500716444169e-9,
];
const E = [
  6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
  0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
];
const F = [
  1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 7.868691311456133e-4, 1.8463183175100548e-5,
  1.421511758316446e-7, 2.0442631033899397e-15,
];

/**
 * The number below which a standard normal one falls with probability p: -Infinity for 0, Infinity for 1. Throws RANGE for p
 * outside of [0, 1].
 * @example
 * np.random.normalQuantile(0.975) // 1.95996
 * np.random.normalQuantile(2) // throws RANGE
 */
export const normalQuantile = (p: number): number => {
  needProbability('normalQuantile', p);
  if (p === 0 || p === 1) return p === 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(A, B, 0.180625 - q * q);
  const r = Math.sqrt(-log(Math.min(p, 1 - p)));
  return Math.sign(q) * (r <= 5 ? ratio(C, D, r - 1.6) : ratio(E, F, r - 5));
};

/**
 * Normal numbers of mean 0 and variance 1, float64, from a public key: the same numbers everywhere.
 * @example
 * np.less(np.abs(np.mean(np.random.normal(np.random.key(0), 1000))), 0.2) // true
 */
export const normal = (k: Key, shape: ShapeInput = []): BaseArray => make(k, shape, normalQuantile);

/** A distribution by its quantiles: the number below which a draw falls with probability p. */
const byQuantile =
  (quantile: (p: number) => number) =>
  (k: Key, shape: ShapeInput = []): BaseArray =>
    make(k, shape, quantile);

/**
 * Waiting times of mean 1, float64, from a public key: the same numbers everywhere.
 * @example
 * np.less(np.abs(np.subtract(np.mean(np.random.exponential(np.random.key(0), 1000)), 1)), 0.2) // true
 */
export const exponential = byQuantile((p) => -log(1 - p));
/**
 * Laplace numbers of mean 0 and scale 1, float64, from a public key: the same numbers everywhere.
 * @example
 * np.random.laplace(np.random.key(0), [2, 3]).shape // [2, 3]
 */
export const laplace = byQuantile((p) => (p < 0.5 ? log(2 * p) : -log(2 - 2 * p)));
/**
 * Logistic numbers of mean 0 and scale 1, float64, from a public key: the same numbers everywhere.
 * @example
 * np.random.logistic(np.random.key(0), [2, 3]).shape // [2, 3]
 */
export const logistic = byQuantile((p) => log(p) - log(1 - p));
/**
 * Gumbel numbers of location 0 and scale 1, float64, from a public key: the same numbers everywhere.
 * @example
 * np.random.gumbel(np.random.key(0), 4).shape // [4]
 */
export const gumbel = byQuantile((p) => -log(-log(p)));
/**
 * -1 or 1, each as likely, float64, from a public key: the same numbers everywhere.
 * @example
 * np.square(np.random.rademacher(np.random.key(0), 3)) // [1, 1, 1]
 */
export const rademacher = byQuantile((p) => (p < 0.5 ? -1 : 1));
/**
 * Rayleigh numbers of scale 1, float64, above 0, from a public key: the same numbers everywhere.
 * @example
 * np.all(np.greater(np.random.rayleigh(np.random.key(0), 9), 0)) // true
 */
export const rayleigh = byQuantile((p) => Math.sqrt(-2 * log(1 - p)));
/**
 * exp of normal numbers of mean 0 and variance 1, float64, from a public key: the same numbers everywhere.
 * @example
 * np.all(np.greater(np.random.lognormal(np.random.key(0), 9), 0)) // true
 */
export const lognormal = byQuantile((p) => exp(normalQuantile(p)));

/** The least share of all normal numbers of which erf tells the ends apart well enough. */
const LEAST_SHARE = math.pow2(-30);

/**
 * Standard normal numbers between lo and hi. Throws RANGE where less than 2^-30 of all normal numbers lie there (beyond 6).
 * @example
 * np.all(np.less(np.abs(np.random.truncatedNormal(np.random.key(0), -1, 1, 9)), 1)) // true
 */
export const truncatedNormal = (k: Key, lo: number, hi: number, shape: ShapeInput = []): BaseArray => {
  if (!(lo < hi)) fail('RANGE', `truncatedNormal needs lo < hi, not ${lo} and ${hi}`);
  const below = (x: number): number => 0.5 + 0.5 * erf(x * Math.SQRT1_2);
  const [from, to] = [below(lo), below(hi)];
  if (to - from < LEAST_SHARE)
    fail('RANGE', `truncatedNormal: hardly any normal number lies between ${lo} and ${hi}`);
  return make(k, shape, (p) => Math.min(hi, Math.max(lo, normalQuantile(from + (to - from) * p))));
};

/**
 * Elements of x (or of 0 .. x - 1), each draw for itself, with these probabilities or all alike; or without putting back.
 * @example
 * np.random.choice(np.random.key(0), [7, 7, 7], 2) // [7, 7]
 * np.sort(np.random.choice(np.random.key(0), 3, 3, { replace: false })) // [0, 1, 2]
 */
export const choice = (
  k: Key,
  x: number | ArrayInput,
  shape: ShapeInput = [],
  options?: { readonly replace?: boolean; readonly p?: readonly number[] },
): BaseArray => {
  const { replace, p } = optionsOf('np.random.choice', options, { replace: true, p: undefined });
  const to = readShape(shape);
  const n = typeof x === 'number' ? lengthOf(x) : sizeAlong('choice', asArr(x), 0);
  if (n === 0 && sizeOf(to) > 0) fail('SHAPE', 'choice from nothing');
  if (p && p.length !== n) fail('SHAPE', `choice: ${p.length} probabilities for ${n} elements`);
  if (!replace && (p || sizeOf(to) > n))
    fail('RANGE', 'choice without putting back takes at most all elements, and no probabilities');
  const total = p?.reduce((a, b) => a + b, 0) ?? n;
  if (p && !(p.every((v) => v >= 0) && total > 0 && total < Number.POSITIVE_INFINITY) && n > 0)
    fail('RANGE', 'choice: probabilities are from 0 on, and not all 0');
  const of = (u: number): number => {
    if (!p) return Math.min(n - 1, Math.floor(u * n));
    let [i, left] = [0, u * total - p[0]!];
    while (left >= 0 && i < n - 1) left -= p[++i]!;
    return i;
  };
  const drawn = replace ? make(k, to, of) : (permutation(k, n) as NDArray);
  const list = Array.from(drawn.data as Float64Array, (v) => BigInt(v)).slice(0, sizeOf(to));
  const places = new NDArray(to, 'int64', BigInt64Array.from(list));
  return typeof x === 'number' ? places : take(x, places, 0);
};

/**
 * Numbers of classes, int64, by public logits along the last axis: class i with probability softmax(logits)[i].
 * @example
 * np.random.categorical(np.random.key(0), [-50, 0, -50]) // 1
 */
export const categorical = (k: Key, logits: ArrayInput, shape?: ShapeInput): BaseArray => {
  const a = asArr(logits);
  const lead = shape === undefined ? a.shape.slice(0, -1) : readShape(shape);
  return argmax(add(a, gumbel(k, [...lead, a.shape.at(-1)!])), -1);
};

/**
 * 0 .. n - 1 in random order (Fisher and Yates), or the parts of an array along an axis (the first).
 * @example
 * np.sort(np.random.permutation(np.random.key(0), 4)) // [0, 1, 2, 3]
 */
export const permutation = (k: Key, x: number | ArrayInput, axis?: OneAxis): BaseArray => {
  const along = axisOf('np.random.permutation', axis, 0);
  const n = typeof x === 'number' ? lengthOf(x) : sizeAlong('permutation', asArr(x), along);
  const u = make(k, [n], (v) => v).data as Float64Array;
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(u[i]! * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const positions = new NDArray([n], 'int64', BigInt64Array.from(order, BigInt));
  return typeof x === 'number' ? positions : take(x, positions, along);
};

export {
  secretBits,
  secretBits as secret_bits,
  secretPermutation,
  secretPermutation as secret_permutation,
  secretShuffle,
  secretShuffle as secret_shuffle,
  secretUniform,
  secretUniform as secret_uniform,
} from './secret-random.ts';
export { foldIn as fold_in, permutation as shuffle, truncatedNormal as truncated_normal };
