/**
 * @file What the benchmark runs: programs over `np`, on secrets and, for the slowdown, on plain arrays. Sizes and
 * parameters are those of the peers' runs, so that rows can be set side by side.
 */

import { np } from '../../src/index.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import { shaped, stream } from './inputs.ts';

type Array_ = np.BaseArray;

export interface Workload {
  readonly name: string;
  /** What the row counts: seconds are for all of it. */
  readonly size: string;
  inputs(): readonly NDArray[];
  /** Whose each input is, by rank; parties take turns unless it is said. */
  readonly owners?: readonly number[];
  program(...inputs: Array_[]): unknown;
  /** Left out of `--quick`: it takes seconds. */
  readonly heavy?: boolean;
  /** Its row says how far the result is from that in float64. */
  readonly error?: boolean;
  /** Measured with three parties and with a third-party dealer too. */
  readonly main?: boolean;
}

export const reals = (shape: readonly number[], lo: number, hi: number, seed: number): NDArray => {
  const next = stream(seed);
  return shaped(shape, () => lo + (hi - lo) * next());
};

const integers = (n: number, bits: number, seed: number): NDArray => {
  const next = stream(seed);
  const data = BigInt64Array.from({ length: n }, () => {
    const high = BigInt(Math.floor(next() * 2 ** Math.max(0, bits - 32)));
    return (high << BigInt(Math.min(bits, 32))) | BigInt(Math.floor(next() * 2 ** Math.min(bits, 32)));
  });
  return NDArray.from({ shape: [n], dtype: 'int64', data });
};

/** 0 or 1 by a hidden line through the features. */
const labels = (x: NDArray, seed: number): NDArray => {
  const [rows, columns] = x.shape as [number, number];
  const w = reals([columns], -1, 1, seed).data as Float64Array;
  const data = Float64Array.from({ length: rows }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += Number(x.data[i * columns + j]) * w[j]!;
    return Number(sum > 0);
  });
  return NDArray.from({ shape: [rows], dtype: 'fxp', data });
};

/** Blurred strokes, one prototype a digit, and noise: pictures of 28 x 28 with ten classes. */
const digits = (count: number, seed: number): { pictures: NDArray; classes: NDArray } => {
  const next = stream(seed);
  const prototypes = Array.from({ length: 10 }, () => {
    const picture = new Float64Array(784);
    let [x, y] = [6 + 16 * next(), 6 + 16 * next()];
    for (let s = 0; s < 60; s++) {
      x = Math.min(26, Math.max(1, x + 4 * next() - 2));
      y = Math.min(26, Math.max(1, y + 4 * next() - 2));
      picture[Math.floor(y) * 28 + Math.floor(x)] = 1;
    }
    return picture;
  });
  const pictures = new Float64Array(count * 784);
  const classes = new Float64Array(count * 10);
  for (let i = 0; i < count; i++) {
    const digit = Math.floor(next() * 10);
    classes[i * 10 + digit] = 1;
    for (let j = 0; j < 784; j++) pictures[i * 784 + j] = prototypes[digit]![j]! * 0.8 + 0.2 * next();
  }
  return {
    pictures: NDArray.from({ shape: [count, 784], dtype: 'fxp', data: pictures }),
    classes: NDArray.from({ shape: [count, 10], dtype: 'fxp', data: classes }),
  };
};

/** `steps` batches of full gradient descent on the cross entropy, exact sigmoid, as one loop. */
const logistic =
  (batch: number, steps: number, rate: number) =>
  (x: Array_, y: Array_): Array_ => {
    const [rows, columns] = x.shape as [number, number];
    const batches = Math.floor(rows / batch);
    let w: Array_ = np.zeros([columns]);
    for (let s = 0; s < steps; s++) {
      const at = (s % batches) * batch;
      const xb = batch === rows ? x : np.slice(x, [at, at + batch]);
      const yb = batch === rows ? y : np.slice(y, [at, at + batch]);
      const p = np.sigmoid(np.matmul(xb, w));
      w = w.sub(np.matmul(np.transpose(xb), p.sub(yb)).mul(rate / batch));
    }
    return w;
  };

const logisticRows = (rows: number, columns: number, seed: number): NDArray[] => {
  const x = reals([rows, columns], -1, 1, seed);
  return [x, labels(x, seed + 1)];
};

/** Lloyd's steps from the first `k` points. */
const kMeans =
  (k: number, steps: number) =>
  (points: Array_): Array_ => {
    let centres = np.slice(points, [0, k]);
    for (let s = 0; s < steps; s++) {
      // |p - c|^2 without |p|^2, which is the same for all centres
      const distance = np.sum(np.square(centres), 1).sub(np.matmul(points, np.transpose(centres)).mul(2));
      const nearest = np.argmin(distance, 1);
      const member = np.astype(np.equal(np.expandDims(nearest, 1), np.arange(k)), 'fxp');
      const count = np.sum(member, 0);
      const sums = np.matmul(np.transpose(member), points);
      centres = sums.div(np.expandDims(np.maximum(count, 1), 1));
    }
    return centres;
  };

const forward = (x: Array_, w1: Array_, w2: Array_): Array_ => np.matmul(np.maximum(np.matmul(x, w1), 0), w2);

/** One pass over the pictures in batches: relu, softmax, cross entropy, plain gradient descent. */
const trainNetwork =
  (batch: number, rate: number) =>
  (x: Array_, y: Array_, w1: Array_, w2: Array_): Array_[] => {
    const rows = x.shape[0]!;
    let [a, b] = [w1, w2];
    for (let at = 0; at + batch <= rows; at += batch) {
      const xb = np.slice(x, [at, at + batch]);
      const yb = np.slice(y, [at, at + batch]);
      const z = np.matmul(xb, a);
      const positive = np.greater(z, 0);
      const h = np.where(positive, z, 0);
      const error = np.nn
        .softmax(np.matmul(h, b), 1)
        .sub(yb)
        .mul(rate / batch);
      const back = np.where(positive, np.matmul(error, np.transpose(b)), 0);
      b = b.sub(np.matmul(np.transpose(h), error));
      a = a.sub(np.matmul(np.transpose(xb), back));
    }
    return [a, b];
  };

const HIDDEN = 128;
const weights = () => [reals([784, HIDDEN], -0.08, 0.08, 21), reals([HIDDEN, 10], -0.2, 0.2, 22)];

type Kind = Pick<Workload, 'heavy' | 'main'>;

const elementwise = (
  name: string,
  n: number,
  [lo, hi]: readonly [number, number],
  program: (...xs: Array_[]) => Array_,
  kind: Kind = {},
): Workload => ({
  name,
  size: `${n} elements`,
  inputs: () => Array.from({ length: program.length }, (_, i) => reals([n], lo, hi, 31 + i)),
  program,
  ...kind,
});

const square = (name: string, n: number, kind: Kind): Workload => ({
  name,
  size: `${n} x ${n} x ${n}`,
  inputs: () => [reals([n, n], -1, 1, 41), reals([n, n], -1, 1, 42)],
  program: (a, b) => np.matmul(a!, b!),
  ...kind,
});

interface Regression {
  readonly rows: number;
  readonly columns: number;
  readonly batch: number;
  readonly epochs: number;
  readonly seed: number;
}

const regression = (name: string, r: Regression, kind: Kind = {}): Workload => ({
  name,
  size: `${r.rows} x ${r.columns}, ${r.batch === r.rows ? 'full batch' : `batch ${r.batch}`}, ${r.epochs} epochs`,
  inputs: () => logisticRows(r.rows, r.columns, r.seed),
  program: (x, y) => logistic(r.batch, (r.epochs * r.rows) / r.batch, 0.5)(x!, y!),
  ...kind,
});

/** All of them; `scale` picks a figure of the full size or of the small one. */
const build = (scale: (full: number, small: number) => number): Workload[] => {
  const [many, more, some] = [scale(1e5, 1000), scale(1e6, 2000), scale(1e4, 100)];
  const [points, pictures, training] = [scale(1000, 100), scale(100, 5), scale(1000, 20)];
  const keys = scale(10_000, 100);
  const main = { main: true };
  const heavy = { heavy: true };
  return [
    elementwise('multiply 1e5', many, [-100, 100], (x, y) => x!.mul(y!), main),
    elementwise('multiply 1e6', more, [-100, 100], (x, y) => x!.mul(y!), heavy),
    elementwise('less 1e5', many, [-100, 100], (x, y) => np.less(x!, y!), main),
    elementwise('less 1e6', more, [-100, 100], (x, y) => np.less(x!, y!), heavy),
    elementwise('equal 1e5', many, [-100, 100], (x, y) => np.equal(x!, y!)),
    elementwise('divide 1e4', some, [0.1, 8], (x, y) => x!.div(y!), main),
    elementwise('exp 1e4', some, [-8, 8], (x) => np.exp(x!), main),
    elementwise('log 1e4', some, [0.01, 8], (x) => np.log(x!)),
    elementwise('sqrt 1e4', some, [0.01, 8], (x) => np.sqrt(x!)),
    elementwise('sigmoid 1e4', some, [-8, 8], (x) => np.sigmoid(x!)),
    square('matmul 512', scale(512, 32), main),
    square('matmul 1024', scale(1024, 64), heavy),
    regression(
      'logistic 569x30',
      { rows: scale(569, 50), columns: scale(30, 5), batch: scale(569, 50), epochs: scale(10, 2), seed: 51 },
      main,
    ),
    regression('logistic 1000x100', {
      rows: scale(1000, 100),
      columns: scale(100, 10),
      batch: scale(100, 50),
      epochs: scale(10, 2),
      seed: 53,
    }),
    regression(
      'logistic 40000x300',
      { rows: scale(40_000, 400), columns: scale(300, 30), batch: scale(4000, 40), epochs: 1, seed: 55 },
      heavy,
    ),
    {
      name: 'k-means 1000x2',
      size: `${points} points in 2 dimensions, 4 centres, 5 steps`,
      inputs: () => [reals([points, 2], -4, 4, 61)],
      program: (x) => kMeans(4, 5)(x!),
      ...main,
    },
    {
      name: 'network inference',
      size: `${pictures} pictures, 784-${HIDDEN}-10`,
      inputs: () => [digits(pictures, 71).pictures, ...weights()],
      program: (x, a, b) => np.argmax(forward(x!, a!, b!), 1),
      ...main,
    },
    {
      name: 'network training',
      size: `${training} pictures, 784-${HIDDEN}-10, batch ${training / 10}, 1 epoch`,
      inputs: () => {
        const { pictures, classes } = digits(training, 73);
        return [pictures, classes, ...weights()];
      },
      program: (x, y, a, b) => trainNetwork(training / 10, 0.5)(x!, y!, a!, b!),
      ...heavy,
    },
    {
      name: 'sort 1e4',
      size: `${keys} keys of 63 bits`,
      inputs: () => [integers(keys, 62, 81)],
      program: (x) => np.sort(x!),
      ...heavy,
      ...main,
    },
  ];
};

export const WORKLOADS: readonly Workload[] = build((full) => full);

/** The same programs on less data, by the same names: for what does not depend on the machine. */
export const SMALL: readonly Workload[] = build((_, small) => small);
