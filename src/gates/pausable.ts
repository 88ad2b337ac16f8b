/**
 * @file Long local work with pauses. A process that computes for seconds without a break neither beats nor acknowledges, and its
 * peers take it for dead: so gates, local ops and the dealer yield PAUSE where some more milliseconds have passed, and who runs
 * them lets the event loop turn when it is due (ir/run/event-loop-pace.ts). A pause is no round, changes no byte, and depends on nothing secret.
 */

import type { Scratch } from '../dealer/scratch.ts';
import type { RingArray } from '../ring/array.ts';

export const PAUSE = 'pause';
export type Pause = typeof PAUSE;

/** Milliseconds of short pieces of work after which a pause is worth its while. */
const WORTH_MS = 1;

/** Says after which of many short pieces of work to pause. */
export class Pauses {
  #last = performance.now();

  due(now: number = performance.now()): boolean {
    if (now - this.#last < WORTH_MS) return false;
    this.#last = now;
    return true;
  }
}

/** Work without messages that pauses on its way. */
export type Pausable<T> = Generator<Pause, T, unknown>;

/** Whether work was done at once, or is still to be done in stretches. */
export const isPausable = <T>(work: T | Pausable<T>): work is Pausable<T> =>
  typeof (work as Partial<Pausable<T>>)?.next === 'function';

/** Keys that are made or evaluated at a time, by the number of their levels and points: about 50 ms of one core. */
const KEY_STEPS = 1 << 20;
/** Ranges begin at multiples of this: whole bytes of bits, and whole blocks of a stream. */
const ALIGN = 128;

/** Ranges of n elements that take `steps` steps of a key each. */
export const keyRanges = (n: number, steps: number): [start: number, count: number][] => {
  const size = Math.max(ALIGN, Math.floor(KEY_STEPS / Math.max(steps, 1) / ALIGN) * ALIGN);
  return Array.from({ length: Math.ceil(n / size) }, (_, i) => [i * size, Math.min(size, n - i * size)]);
};

/** Multiply-adds of one stretch at most: a tenth of a second of one core. */
const PRODUCT = 1.5e8;
/** Least rows, columns and depth of what seven products of halves are made of: below, the copies cost more than they save. */
const HALVES = 512;

interface Size {
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

/** A copy of a block of a matrix with rows of `width`. */
const blockOf = (
  s: Scratch,
  from: RingArray,
  width: number,
  row: number,
  column: number,
  rows: number,
  columns: number,
): RingArray => {
  const out = s.words(rows * columns);
  s.ring.strided(out, 0, [columns, 1], from, row * width + column, [width, 1], [rows, columns]);
  return out;
};

/** Adds a block to its place in a matrix with rows of `width`, row by row. */
const addBlock = (
  s: Scratch,
  to: RingArray,
  width: number,
  row: number,
  column: number,
  block: RingArray,
  columns: number,
): void => {
  for (let at = 0; at < block.length; at += columns) {
    const own = to.view((row + at / columns) * width + column, columns);
    s.ring.add(own, own, block.view(at, columns));
  }
};

/** x = x + y, x - y or y - x, where y is a block of a matrix with rows of `width`. */
const withBlock = (
  s: Scratch,
  x: RingArray,
  op: 'add' | 'sub' | 'from',
  y: RingArray,
  width: number,
  row: number,
  column: number,
  columns: number,
): void => {
  for (let at = 0; at < x.length; at += columns) {
    const own = x.view(at, columns);
    const other = y.view((row + at / columns) * width + column, columns);
    if (op === 'from') s.ring.sub(own, other, own);
    else s.ring[op](own, own, other);
  }
};

/**
 * dst (m x n) = a (m x k) times b (k x n), plus dst where `accumulate`, in stretches; a product that is short anyway is one call
 * of the kernel.
 */
export function* product(
  s: Scratch,
  dst: RingArray,
  a: RingArray,
  b: RingArray,
  size: Size,
  accumulate = true,
): Pausable<void> {
  const { m, k, n } = size;
  const short = m * k * n <= PRODUCT;
  if (!short && !accumulate) s.ring.zero(dst);
  if (short) {
    s.ring.matmul(dst, a, b, m, k, n, accumulate);
    yield PAUSE;
  } else if (Math.min(m, k, n) >= HALVES) yield* byHalves(s, dst, a, b, size);
  else if (m >= k && m >= n) {
    const h = m >> 1;
    yield* product(s, dst.view(0, h * n), a.view(0, h * k), b, { m: h, k, n });
    yield* product(s, dst.view(h * n, (m - h) * n), a.view(h * k, (m - h) * k), b, { m: m - h, k, n });
  } else if (k >= n) {
    const h = k >> 1;
    yield* inDepth(s, dst, a, b, size, 0, h);
    yield* inDepth(s, dst, a, b, size, h, k - h);
  } else {
    const h = n >> 1;
    yield* inColumns(s, dst, a, b, size, 0, h);
    yield* inColumns(s, dst, a, b, size, h, n - h);
  }
}

/** dst += the product of `count` columns of a and as many rows of b. */
function* inDepth(
  s: Scratch,
  dst: RingArray,
  a: RingArray,
  b: RingArray,
  { m, k, n }: Size,
  from: number,
  count: number,
): Pausable<void> {
  const part = blockOf(s, a, k, 0, from, m, count);
  yield* product(s, dst, part, b.view(from * n, count * n), { m, k: count, n });
  s.drop(part);
}

/** `count` columns of the product. */
function* inColumns(
  s: Scratch,
  dst: RingArray,
  a: RingArray,
  b: RingArray,
  { m, k, n }: Size,
  from: number,
  count: number,
): Pausable<void> {
  const [part, sum] = [blockOf(s, b, n, 0, from, k, count), s.words(m * count)];
  s.ring.zero(sum);
  yield* product(s, sum, a, part, { m, k, n: count });
  addBlock(s, dst, n, 0, from, sum, count);
  s.drop(part, sum);
}

/** Half of a side: whole tiles of the kernels. */
const half = (x: number): number => (x >> 1) & ~7;

/**
 * Seven products of halves in place of eight (Strassen, Numer. Math. 13, 1969, with Winograd's sums), as the kernel does it inside
 * of what is one call of it (assembly/strassen.ts): so stretches cost no more arithmetic than the whole.
 */
function* byHalves(s: Scratch, dst: RingArray, a: RingArray, b: RingArray, size: Size): Pausable<void> {
  const { ring } = s;
  const { m, k, n } = size;
  const [mh, kh, nh] = [half(m), half(k), half(n)];
  const inner: Size = { m: mh, k: kh, n: nh };
  const left = (i: number, j: number): RingArray => blockOf(s, a, k, i * mh, j * kh, mh, kh);
  const right = (i: number, j: number): RingArray => blockOf(s, b, n, i * kh, j * nh, kh, nh);
  const put = (block: RingArray, ...places: readonly (readonly [number, number])[]): void => {
    for (const [i, j] of places) addBlock(s, dst, n, i * mh, j * nh, block, nh);
  };
  type Combine = 'add' | 'sub' | 'from';
  /** x combined with a block of a, y with one of b. */
  const withLeft = (x: RingArray, i: number, j: number, op: Combine): void =>
    withBlock(s, x, op, a, k, i * mh, j * kh, kh);
  const withRight = (y: RingArray, i: number, j: number, op: Combine): void =>
    withBlock(s, y, op, b, n, i * kh, j * nh, nh);
  const p = s.words(mh * nh);
  /** p (+)= x y, or a product of its own. */
  function* times(x: RingArray, y: RingArray, fresh: boolean): Pausable<void> {
    if (fresh) ring.zero(p);
    yield* product(s, p, x, y, inner);
  }
  const [x, y] = [left(1, 0), right(0, 1)];
  withLeft(x, 1, 1, 'add');
  withRight(y, 0, 0, 'sub');
  yield* times(x, y, true);
  put(p, [0, 1], [1, 1]);
  const [a11, b11] = [left(0, 0), right(0, 0)];
  yield* times(a11, b11, true);
  s.drop(a11, b11);
  put(p, [0, 0]);
  withLeft(x, 0, 0, 'sub');
  withRight(y, 1, 1, 'from');
  yield* times(x, y, false);
  put(p, [0, 1]);
  const own = s.words(mh * nh);
  /** A product that goes to one place alone. */
  function* alone(u: RingArray, v: RingArray, i: number, j: number): Pausable<void> {
    ring.zero(own);
    yield* product(s, own, u, v, inner);
    put(own, [i, j]);
  }
  withLeft(x, 0, 1, 'from');
  const b22 = right(1, 1);
  yield* alone(x, b22, 0, 1);
  s.drop(b22);
  withRight(y, 1, 0, 'from');
  const a22 = left(1, 1);
  yield* alone(a22, y, 1, 0);
  s.drop(a22, x, y);
  const [a12, b21] = [left(0, 1), right(1, 0)];
  yield* alone(a12, b21, 0, 0);
  s.drop(a12, b21, own);
  const [u, v] = [left(0, 0), right(1, 1)];
  withLeft(u, 1, 0, 'sub');
  withRight(v, 0, 1, 'sub');
  yield* times(u, v, false);
  put(p, [1, 0], [1, 1]);
  s.drop(u, v, p);
  yield* leftOver(s, dst, a, b, size, [2 * mh, 2 * kh, 2 * nh]);
}

/** What halving leaves over: depth, columns, rows. */
function* leftOver(
  s: Scratch,
  dst: RingArray,
  a: RingArray,
  b: RingArray,
  { m, k, n }: Size,
  [m2, k2, n2]: readonly [number, number, number],
): Pausable<void> {
  if (k2 < k) {
    const [x, y] = [blockOf(s, a, k, 0, k2, m2, k - k2), blockOf(s, b, n, k2, 0, k - k2, n2)];
    const sum = s.words(m2 * n2);
    s.ring.zero(sum);
    yield* product(s, sum, x, y, { m: m2, k: k - k2, n: n2 });
    addBlock(s, dst, n, 0, 0, sum, n2);
    s.drop(x, y, sum);
  }
  if (n2 < n) yield* inColumns(s, dst.view(0, m2 * n), a.view(0, m2 * k), b, { m: m2, k, n }, n2, n - n2);
  if (m2 < m)
    yield* product(s, dst.view(m2 * n, (m - m2) * n), a.view(m2 * k, (m - m2) * k), b, { m: m - m2, k, n });
}
