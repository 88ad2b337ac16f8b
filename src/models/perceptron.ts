/** @file A small neural network for labels 0 and 1: hidden layers with relu, gradient descent in batches. */
import { fail } from '../errors.ts';
import { describe } from '../names.ts';
import type { BaseArray } from '../numpy/index.ts';
import * as np from '../numpy/index.ts';
import { type Features, features, type Scale, scaled, scaleOf, target } from './columns.ts';
import { accuracy } from './metrics.ts';
import { type Classifier, type Exportable, settings } from './model.ts';
import { exported, numbersOf } from './onnx.ts';
import { lossPart, type Turned, turned } from './turns.ts';
import { times, weighing } from './weights.ts';

export interface Layer {
  readonly weights: BaseArray;
  readonly bias: BaseArray;
}

export interface PerceptronState {
  readonly layers: readonly Layer[];
  readonly x: Scale;
  /** [passes], where they were asked for. */
  readonly losses?: BaseArray;
}

export interface PerceptronOptions {
  /** Widths of hidden layers. */
  readonly hiddenLayerSizes: readonly number[];
  /** What squared weights count. */
  readonly alpha: number;
  readonly learningRate: number;
  readonly batchSize: number;
  /** Passes over the rows. */
  readonly maxIter: number;
  /** The public seed of first weights. */
  readonly randomState: number;
  /** Stop after so many passes that do not lower the loss by more than tol; null: all are taken. Whether it is time is REVEALED after each pass. */
  readonly nIterNoChange: number | null;
  readonly tol: number;
  /** Whether the state has `losses`: of all rows after each pass, with the penalty. */
  readonly lossCurve: boolean;
}

/** Public first weights, as large as keeps the spread from layer to layer (Glorot). */
const start = (widths: readonly number[], seed: number): Layer[] =>
  widths.slice(1).map((to, i) => {
    const from = widths[i]!;
    const limit = Math.sqrt(6 / (from + to));
    const key = np.random.foldIn(np.random.key(seed), i);
    return { weights: np.random.uniform(key, [from, to], -limit, limit), bias: np.zeros([to]) };
  });

const forward = (layers: readonly Layer[], z: BaseArray): BaseArray => {
  let x = z;
  for (const [i, { weights, bias }] of layers.entries()) {
    x = np.add(np.matmul(x, weights), bias);
    if (i + 1 < layers.length) x = np.nn.relu(x);
  }
  return np.ravel(x);
};

/** Mean cross-entropy in eta, whose gradient is p - y: softplus(eta) - y eta. */
const lossOf =
  (z: BaseArray, y: BaseArray, alpha: number, weights: BaseArray | undefined) =>
  (layers: readonly Layer[]): BaseArray => {
    const eta = forward(layers, z);
    const loss = np.mean(times(np.subtract(np.nn.softplus(eta), np.multiply(y, eta)), weights));
    if (alpha === 0) return loss;
    const squares = layers.map(({ weights }) => np.sum(np.square(weights))).reduce((a, b) => np.add(a, b));
    return np.add(loss, np.multiply(squares, alpha / (2 * z.shape[0]!)));
  };

const train = (
  z: BaseArray,
  y: BaseArray,
  o: PerceptronOptions,
  weights: BaseArray | undefined,
): Turned<readonly Layer[]> => {
  const [rows, columns] = [z.shape[0]!, z.shape[1]!];
  const size = Math.min(o.batchSize, rows);
  const batch = (k: BaseArray, layers: readonly Layer[]): readonly Layer[] => {
    const at = np.multiply(k, size);
    const zk = np.dynamicSlice(z, [at, 0], [size, columns]);
    const [yk, wk] = [y, weights].map((v) => v && np.dynamicSlice(v, [at], [size]));
    const slope = np.grad(lossOf(zk, yk!, o.alpha, wk) as never)(
      layers as never,
    ) as unknown as readonly Layer[];
    const moved = (a: BaseArray, g: BaseArray): BaseArray => np.subtract(a, np.multiply(g, o.learningRate));
    return layers.map(({ weights, bias }, i) => ({
      weights: moved(weights, slope[i]!.weights),
      bias: moved(bias, slope[i]!.bias),
    }));
  };
  return turned<readonly Layer[]>({
    turns: o.maxIter,
    start: start([columns, ...o.hiddenLayerSizes, 1], o.randomState),
    step: (layers) => np.fori(0, Math.floor(rows / size), batch as never, layers) as never,
    loss: lossOf(z, y, o.alpha, weights),
    curve: o.lossCurve,
    stop: o.nIterNoChange === null ? undefined : { tol: o.tol, patience: o.nIterNoChange },
  });
};

const eta = ({ layers, x: sx }: PerceptronState, x: Features): BaseArray =>
  forward(layers, scaled(features(x), sx));

const toOnnx = ({ layers, x: sx }: PerceptronState): Uint8Array =>
  exported('network', sx.middle.shape[0]!, (sheet, x) => {
    let at = sheet.standard(x, sx);
    for (const [i, { weights, bias }] of layers.entries()) {
      const w = sheet.floats(`weights ${i}`, numbersOf(weights, `layer ${i}`), weights.shape);
      const product = sheet.op('MatMul', [at, w], `product ${i}`);
      at = sheet.op('Add', [product, sheet.floats(`bias ${i}`, numbersOf(bias, `bias ${i}`))], `sum ${i}`);
      if (i + 1 < layers.length) at = sheet.op('Relu', [at], `layer ${i}`);
    }
    return sheet.ofLogits(at);
  });

/**
 * A small neural network for labels 0 and 1: hidden layers with relu, gradient descent in batches of rows in their order. Columns are put in standard units
 * inside. Options: hiddenLayerSizes ([8]), alpha (0.0001), learningRate (0.1), batchSize (32; rows that fill no batch are left out), maxIter (10) passes,
 * randomState (0), the public seed of first weights, lossCurve (false: whether the state has `losses`, one a pass). With nIterNoChange (null) it stops after so many
 * passes that do not lower the loss by more than tol (0.0001): whether it is time is REVEALED after each pass. Score: accuracy. A batch takes some 25 rounds with one hidden layer. Throws INVALID_ARGUMENT for options.
 * @example
 * const { mlpClassifier } = await sf.models();
 * const { fit, predict } = mlpClassifier({ hiddenLayerSizes: [4], learningRate: 0.5, maxIter: 50 });
 * const x = [np.array([[0, 0], [0, 1], [4, 4], [4, 5]])];
 * predict(fit(x, np.array([0, 0, 1, 1])), x) // [false, false, true, true]
 */
export const mlpClassifier = (
  options?: Partial<PerceptronOptions>,
): Classifier<PerceptronState> & Exportable<PerceptronState> => {
  const o = settings<PerceptronOptions>(
    'mlpClassifier',
    options,
    {
      hiddenLayerSizes: [8],
      alpha: 1e-4,
      learningRate: 0.1,
      batchSize: 32,
      maxIter: 10,
      randomState: 0,
      nIterNoChange: null,
      tol: 1e-4,
      lossCurve: false,
    },
    {
      alpha: { least: 0 },
      learningRate: { least: 0, most: 10 },
      batchSize: { least: 1, whole: true },
      maxIter: { least: 1, whole: true },
      randomState: { least: 0, most: 4294967295, whole: true },
      nIterNoChange: { least: 1, whole: true },
      tol: { least: 0 },
    },
  );
  const widths: unknown = o.hiddenLayerSizes;
  if (!Array.isArray(widths) || widths.length === 0 || !widths.every((w) => Number.isInteger(w) && w >= 1))
    fail(
      'INVALID_ARGUMENT',
      `mlpClassifier: hiddenLayerSizes is a list of whole numbers from 1 on, not ${describe(widths)}`,
    );
  return Object.freeze<Classifier<PerceptronState> & Exportable<PerceptronState>>({
    toOnnx,
    fit: (x, y, sampleWeight) => {
      const given = features(x);
      const rows = given.shape[0]!;
      const sx = scaleOf(given);
      const { last, losses } = train(
        scaled(given, sx),
        target(y, rows),
        o,
        weighing(sampleWeight, rows)?.each,
      );
      return { layers: last, x: sx, ...lossPart(losses) };
    },
    predict: (state, x) => np.greater(eta(state, x), 0),
    predictProba: (state, x) => np.sigmoid(eta(state, x)),
    score: (state, x, y) => accuracy(y, np.sigmoid(eta(state, x))),
  });
};
