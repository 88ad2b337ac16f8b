/** @file Features of ai.onnx.ml: scaled, normalised, filled in, put together, picked. */
import type { BaseArray } from '../../../ir/trace/array.ts';
import { type Call, isPublic, np, type Rule, type Rules } from '../call.ts';

const real = (call: Call): BaseArray => np.astype(call.input(0), 'float64');

const scaler: Rule = (call) => {
  const x = real(call);
  const [offset, scale] = [call.learned('offset'), call.learned('scale')];
  const away = offset && offset.size > 0 ? np.subtract(x, offset) : x;
  return scale && scale.size > 0 ? np.multiply(away, scale) : away;
};

/** A row of zeros stays one. */
const normalizer: Rule = (call) => {
  const x = real(call);
  const how = { axis: x.ndim - 1, keepdims: true };
  const norm = call.text('norm', 'MAX');
  const nonZero = (y: BaseArray): BaseArray => np.where(np.equal(y, 0), 1, y);
  if (norm === 'L1') return np.divide(x, nonZero(np.sum(np.abs(x), how)));
  if (norm === 'MAX') return np.divide(x, nonZero(np.max(np.abs(x), how)));
  if (norm !== 'L2') return call.malformed(`a norm ${norm}`);
  const squares = np.sum(np.square(x), how);
  return np.where(np.equal(squares, 0), 0, np.multiply(x, np.rsqrt(nonZero(squares))));
};

/** No secret number is missing, so that only others are replaced. */
const imputer: Rule = (call) => {
  const x = call.input(0);
  const whole = call.ints('imputed_value_int64s');
  const values = call.learned('imputed_value_floats') ?? (whole ? np.asarray([...whole]) : undefined);
  if (!values) return call.malformed('it has nothing to fill in');
  const replaced = whole ? call.int('replaced_value_int64', 0) : call.float('replaced_value_float', 0);
  const missing = Number.isNaN(replaced)
    ? isPublic(x)
      ? np.isnan(x)
      : np.zeros([...x.shape], 'bool')
    : np.equal(x, replaced);
  return np.where(missing, values, x);
};

/** Columns at places; one row of a vector. */
const extractor: Rule = (call) => {
  const [x, at] = [call.input(0), call.input(1)];
  const picked = np.take(x, np.ravel(at), x.ndim - 1);
  return x.ndim === 1 ? np.reshape(picked, [1, at.size]) : picked;
};

export const vectors: Rules = {
  'ai.onnx.ml.ArrayFeatureExtractor': extractor,
  'ai.onnx.ml.Binarizer': (call) =>
    np.astype(np.greater(call.input(0), call.float('threshold', 0)), 'float64'),
  'ai.onnx.ml.FeatureVectorizer': (call) =>
    np.concatenate(
      call.all().map((x) => np.astype(x.ndim === 1 ? np.reshape(x, [1, -1]) : x, 'float64')),
      1,
    ),
  'ai.onnx.ml.Imputer': imputer,
  'ai.onnx.ml.Normalizer': normalizer,
  'ai.onnx.ml.Scaler': scaler,
};
