/** @file Linear models and support vector machines of ai.onnx.ml. */
import type { BaseArray } from '../../../ir/trace/array.ts';
import { type Call, np, type Rule, type Rules, range } from '../call.ts';
import { bothSides, ended, labelAt, labelIf, labelsOf } from './classes.ts';

const matrixInput = (call: Call): BaseArray => {
  const x = np.astype(call.input(0), 'float64');
  return x.ndim === 1 ? np.reshape(x, [1, -1]) : x;
};
const learned = (call: Call, name: string): BaseArray =>
  call.learned(name) ?? call.malformed(`its attribute ${name} is missing`);

/** x coefficients^T + intercepts */
const scoresOf = (call: Call, x: BaseArray): BaseArray => {
  const coefficients = learned(call, 'coefficients');
  const width = x.shape[1] as number;
  if (width === 0 || coefficients.size % width !== 0)
    return call.malformed(`${coefficients.size} coefficients for ${width} numbers`);
  const y = np.matmul(x, np.transpose(np.reshape(coefficients, [-1, width]), [1, 0]));
  const intercepts = call.learned('intercepts');
  return intercepts && intercepts.size > 0 ? np.add(y, intercepts) : y;
};

const linearClassifier: Rule = (call) => {
  const scores = scoresOf(call, matrixInput(call));
  const labels = labelsOf(call);
  const kind = call.text('post_transform', 'NONE');
  if (scores.shape[1] !== 1) return [labelAt(labels, np.argmax(scores, 1)), ended(call, scores)];
  const score = np.reshape(scores, [-1]);
  if (labels.length !== 2) {
    const yes = np.greater(score, 0);
    return [labelIf(yes, [0, labels[0] ?? 1]), ended(call, scores)];
  }
  return [labelIf(np.greater(score, 0), labels), ended(call, bothSides(scores), kind)];
};

const linearRegressor: Rule = (call) => ended(call, scoresOf(call, matrixInput(call)));

/** Products with support vectors, by kernel: [n, vectors]. */
const kernelOf = (call: Call, x: BaseArray, vectors: BaseArray): BaseArray => {
  const [gamma = 0, offset = 0, degree = 0] = call.floats('kernel_params') ?? [];
  const dot = (): BaseArray => np.matmul(x, np.transpose(vectors, [1, 0]));
  const shifted = (): BaseArray => np.add(np.multiply(dot(), gamma), offset);
  const kind = call.text('kernel_type', 'LINEAR');
  switch (kind) {
    case 'LINEAR':
      return dot();
    case 'POLY':
      return np.power(shifted(), degree);
    case 'SIGMOID':
      return np.tanh(shifted());
    case 'RBF': {
      const squares = np.add(
        np.sum(np.square(x), { axis: 1, keepdims: true }),
        np.subtract(np.sum(np.square(vectors), 1), np.multiply(dot(), 2)),
      );
      return np.exp(np.multiply(squares, -gamma));
    }
    default:
      return call.malformed(`a kernel ${kind}`);
  }
};

const vectorsOf = (call: Call, width: number): BaseArray =>
  np.reshape(learned(call, 'support_vectors'), [-1, width]);

const svmRegressor: Rule = (call) => {
  const x = matrixInput(call);
  const width = x.shape[1] as number;
  const coefficients = np.reshape(learned(call, 'coefficients'), [-1, 1]);
  const rho = np.slice(learned(call, 'rho'), [0, 1]);
  const raw =
    call.int('n_supports', 0) > 0
      ? np.matmul(kernelOf(call, x, vectorsOf(call, width)), coefficients)
      : np.matmul(x, coefficients);
  const score = np.add(raw, rho);
  if (!call.flag('one_class')) return ended(call, score);
  return np.where(np.greater(score, 0), 1, np.full([], -1, 'float64'));
};

/** Pairs of classes i < j. */
const pairsOf = (n: number): [number, number][] =>
  range(n).flatMap((i) => range(n - i - 1).map((k): [number, number] => [i, i + 1 + k]));

/** Of each pair of classes what tells them apart, [n, pairs]: one product with the coefficients laid out by pair. */
const pairScores = (call: Call, x: BaseArray, counts: readonly number[]): BaseArray => {
  const vectors = vectorsOf(call, x.shape[1] as number);
  const total = counts.reduce((a, b) => a + b, 0);
  if (vectors.shape[0] !== total) return call.malformed('vectors that its classes do not have');
  const coefficients = np.reshape(learned(call, 'coefficients'), [-1, total]);
  const starts = counts.map((_, i) => counts.slice(0, i).reduce((a, b) => a + b, 0));
  const rows = pairsOf(counts.length).map(([i, j]) => {
    const own = (row: number, c: number): BaseArray =>
      np.slice(coefficients, row, [starts[c] as number, (starts[c] as number) + (counts[c] as number)]);
    return np.concatenate(
      counts.map((count, c) => (c === i ? own(j - 1, i) : c === j ? own(i, j) : np.zeros([count]))),
      0,
    );
  });
  return np.add(
    np.matmul(kernelOf(call, x, vectors), np.transpose(np.stack(rows), [1, 0])),
    learned(call, 'rho'),
  );
};

/** Turns of the iteration: of up to ten classes none was seen to need more than five (libsvm stops when the error is below 0.005 / classes). */
const TURNS = 6;

/**
 * Probabilities of classes from those of pairs (T.-F. Wu, C.-J. Lin, R. C. Weng, "Probability estimates for multi-class classification by
 * pairwise coupling", JMLR 5, 2004, algorithm 2), stopped where libsvm stops: rows that are done keep what they have.
 */
const coupled = (pairs: BaseArray, n: number): BaseArray => {
  const table = (i: number, j: number): BaseArray => {
    const at = pairsOf(n).findIndex(([a, b]) => a === Math.min(i, j) && b === Math.max(i, j));
    const p = np.slice(pairs, ':', at);
    return i < j ? p : np.subtract(1, p);
  };
  const r = range(n).map((i) => range(n).map((j) => (i === j ? undefined : table(i, j))));
  const at = (i: number, j: number): BaseArray => r[i]?.[j] as BaseArray;
  const others = (t: number): number[] => range(n).filter((j) => j !== t);
  const sum = (list: readonly BaseArray[]): BaseArray => list.reduce((a, b) => np.add(a, b));
  const q = range(n).map((t) =>
    np.stack(
      range(n).map((j) =>
        j === t
          ? sum(others(t).map((k) => np.square(at(k, t))))
          : np.negative(np.multiply(at(j, t), at(t, j))),
      ),
      1,
    ),
  );
  const matrix = np.stack(q, 1);
  const inverse = np.reciprocal(
    np.stack(
      range(n).map((t) => np.slice(q[t] as BaseArray, ':', t)),
      1,
    ),
  );
  const rows = pairs.shape[0] as number;
  let p = np.full([rows, n], 1 / n);
  for (let turn = 0; turn < TURNS; turn++) {
    let qp = np.reshape(np.matmul(matrix, np.expandDims(p, 2)), [rows, n]);
    let pqp = np.sum(np.multiply(p, qp), { axis: 1, keepdims: true });
    const goes = np.greaterEqual(
      np.max(np.abs(np.subtract(qp, pqp)), { axis: 1, keepdims: true }),
      0.005 / n,
    );
    let next = p;
    for (const t of range(n)) {
      const own = np.slice(qp, ':', [t, t + 1]);
      const weight = np.slice(q[t] as BaseArray, ':', [t, t + 1]);
      const away = np.multiply(np.subtract(pqp, own), np.slice(inverse, ':', [t, t + 1]));
      const scale = np.reciprocal(np.add(away, 1));
      const unit = np.asarray(range(n).map((k) => Number(k === t)));
      next = np.multiply(np.add(next, np.multiply(away, unit)), scale);
      pqp = np.multiply(
        np.add(pqp, np.multiply(away, np.add(np.multiply(away, weight), np.multiply(own, 2)))),
        np.square(scale),
      );
      qp = np.multiply(np.add(qp, np.multiply(away, q[t] as BaseArray)), scale);
    }
    p = np.where(goes, next, p);
  }
  return p;
};

const svmClassifier: Rule = (call) => {
  const x = matrixInput(call);
  const labels = labelsOf(call);
  const counts = call.ints('vectors_per_class') ?? [];
  const n = Math.max(labels.length, 1);
  if (counts.every((c) => c === 0)) {
    const coefficients = np.reshape(learned(call, 'coefficients'), [n, -1]);
    const scores = np.add(
      np.matmul(x, np.transpose(coefficients, [1, 0])),
      np.slice(learned(call, 'rho'), [0, 1]),
    );
    return [labelAt(labels, np.argmax(scores, 1)), ended(call, scores)];
  }
  const scores = pairScores(call, x, counts);
  const wins = np.greater(scores, 0);
  const pairs = pairsOf(n);
  const votes = np.stack(
    range(n).map((c) =>
      pairs
        .flatMap(([i, j], k) => {
          if (c !== i && c !== j) return [];
          const won = np.astype(np.slice(wins, ':', k), 'int32');
          return [c === i ? won : np.subtract(1, won)];
        })
        .reduce((a, b) => np.add(a, b)),
    ),
    1,
  );
  const place = np.argmax(votes, 1);
  const [a, b] = [call.learned('prob_a'), call.learned('prob_b')];
  if (!a || !b || a.size === 0)
    return [labelAt(labels, place), ended(call, scores.shape[1] === 1 ? bothSides(scores) : scores)];
  const probable = np.sigmoid(np.negative(np.add(np.multiply(scores, a), b)));
  const held = np.clip(probable, 1e-7, 1 - 1e-7);
  return [labelAt(labels, place), ended(call, coupled(held, n))];
};

export const learners: Rules = {
  'ai.onnx.ml.LinearClassifier': linearClassifier,
  'ai.onnx.ml.LinearRegressor': linearRegressor,
  'ai.onnx.ml.SVMClassifier': svmClassifier,
  'ai.onnx.ml.SVMRegressor': svmRegressor,
};
