/** @file Principal components: eigenvectors of the covariance of columns. */
import { fail } from '../errors.ts';
import { OPEN } from '../frontends/onnx/model.ts';
import type { BaseArray } from '../numpy/index.ts';
import * as np from '../numpy/index.ts';
import { type Features, features } from './columns.ts';
import { type Exportable, settings } from './model.ts';
import { exported, numbersOf } from './onnx.ts';

export interface ComponentState {
  readonly mean: BaseArray;
  /** [components, columns], of length 1; each one's element of largest size is positive. */
  readonly components: BaseArray;
  readonly variance: BaseArray;
}

const fitComponents =
  (wanted: number) =>
  (x: Features): ComponentState => {
    const given = features(x);
    const [rows, k] = [given.shape[0]!, given.shape[1]!];
    if (wanted > k) fail('INVALID_ARGUMENT', `pca: ${wanted} components of ${k} columns`);
    if (rows < 2) fail('SHAPE', 'pca: two rows at least');
    const first = given.at(0);
    const away = np.subtract(given, first);
    const mean = np.mean(away, 0);
    const z = np.subtract(away, mean);
    const covariance = np.multiply(np.matmul(z.T, z), 1 / (rows - 1));
    // Eigenvalues near 1 have all their digits.
    const size = np.divide(np.trace(covariance), k);
    const some = np.where(np.equal(size, 0), 1, size);
    const [values, vectors] = np.linalg.eigh(np.divide(covariance, some));
    const order = Array.from({ length: wanted }, (_, i) => k - 1 - i);
    const top = np.take(vectors, order, 1).T;
    const place = np.expandDims(np.argmax(np.abs(top), 1), 1);
    const sign = np.where(np.less(np.takeAlongAxis(top, place, 1), 0), -1, 1);
    return {
      mean: np.add(first, mean),
      components: np.multiply(top, sign),
      variance: np.multiply(np.take(values, order, 0), some),
    };
  };

/** The transform: [rows, components] as `components`. */
const toOnnx =
  (whiten: boolean) =>
  ({ mean, components, variance }: ComponentState): Uint8Array => {
    const [n, columns] = components.shape as [number, number];
    const own = numbersOf(components, 'components');
    const size = numbersOf(variance, 'variance').map((v) => (whiten ? 1 / Math.sqrt(v) : 1));
    const across = Float64Array.from(
      own,
      (_, i) => own[(i % n) * columns + Math.floor(i / n)]! * size[i % n]!,
    );
    return exported('principal components', columns, (sheet, x) => {
      const z = sheet.op('Sub', [x, sheet.floats('mean', numbersOf(mean, 'mean'))], 'z');
      sheet.op('MatMul', [z, sheet.floats('axes', across, [columns, n])], 'components');
      return [{ name: 'components', element: 'float64', shape: [OPEN, n] }];
    });
  };

/** Its file in ONNX gives `components`. */
export interface PcaOptions {
  readonly nComponents: number;
  /** Whether what rows are transformed to has variance 1. */
  readonly whiten: boolean;
}

export interface Pca extends Exportable<ComponentState> {
  readonly fit: (x: Features) => ComponentState;
  /** [rows, components] */
  readonly transform: (state: ComponentState, x: Features) => BaseArray;
  /** [rows, columns]: what rows of components stand for. */
  readonly inverseTransform: (state: ComponentState, x: Features) => BaseArray;
}

/**
 * Principal components of columns as they are. Options: nComponents (2), whiten (false: whether what rows become has variance 1). The state is { mean, components, variance }: components are
 * [components, columns], of length 1, their element of largest size positive. Errors are some 2^-17 over the distance between eigenvalues, in
 * shares of their mean. Rounds grow with the square of the columns (np.linalg.eigh). Throws INVALID_ARGUMENT for more components than columns.
 * @example
 * const { pca } = await sf.models();
 * const { fit, transform } = pca({ nComponents: 1 });
 * const x = [np.array([[1, 2], [2, 4], [3, 6]])];
 * transform(fit(x), x) // [[-2.2361], [0], [2.2361]]
 */
export const pca = (options?: Partial<PcaOptions>): Pca => {
  const { nComponents, whiten } = settings(
    'pca',
    options,
    { nComponents: 2, whiten: false },
    { nComponents: { least: 1, whole: true } },
  );
  return Object.freeze({
    fit: fitComponents(nComponents),
    toOnnx: toOnnx(whiten),
    transform: ({ mean, components, variance }: ComponentState, x: Features) => {
      const low = np.matmul(np.subtract(features(x), mean), components.T);
      return whiten ? np.multiply(low, np.rsqrt(variance)) : low;
    },
    inverseTransform: ({ mean, components, variance }: ComponentState, x: Features) => {
      const low = whiten ? np.multiply(features(x), np.sqrt(variance)) : features(x);
      return np.add(np.matmul(low, components), mean);
    },
  });
};
