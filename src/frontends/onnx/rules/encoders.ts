/** @file Labels and categories of ai.onnx.ml. A text is its number in the model's list of words. */
import type { BaseArray } from '../../../ir/trace/array.ts';
import { NDArray } from '../../../numpy/index.ts';
import { type Call, dtypeName, int64s, like, np, type Rule, type Rules, range } from '../call.ts';

/** Numbers of the attribute that is there, of floats, whole numbers, texts or a tensor. */
const listOf = (call: Call, what: string): NDArray | undefined => {
  const floats = call.floats(`${what}_floats`);
  if (floats && floats.length > 0) return new NDArray([floats.length], 'fxp', Float64Array.from(floats));
  const ints = call.ints(`${what}_int64s`);
  if (ints && ints.length > 0) return int64s(ints);
  const texts = call.texts(`${what}_strings`);
  if (texts && texts.length > 0) return int64s(texts.map((text) => call.run.word(text)));
  const tensor = call.attribute(`${what}_tensor`);
  const x = tensor?.kind === 'tensor' ? call.run.array(tensor.value) : undefined;
  return x instanceof NDArray ? x : undefined;
};

const otherwise = (call: Call, values: NDArray): BaseArray => {
  const tensor = call.attribute('default_tensor');
  if (tensor?.kind === 'tensor') return np.reshape(call.run.array(tensor.value), []);
  if (values.dtype === 'fxp') return np.asarray(call.float('default_float', 0));
  const isText = call.texts('values_strings') !== undefined;
  return int64s(
    [isText ? call.run.word(call.text('default_string', '_Unused')) : call.int('default_int64', -1)],
    [],
  );
};

/** Each key is compared with; what meets none is the default. */
const labelEncoder: Rule = (call) => {
  const x = call.input(0);
  // Before version 2 texts became their places, and places texts.
  const classes = call.texts('classes_strings');
  const keys = classes ? int64s(classes.map((text) => call.run.word(text))) : listOf(call, 'keys');
  const values = classes ? int64s(range(classes.length)) : listOf(call, 'values');
  if (!keys || !values || keys.size !== values.size) return call.malformed('its keys and values do not fit');
  const hits = np.equal(np.expandDims(x, x.ndim), like(keys, x));
  const any = np.any(hits, -1);
  const chosen = np.sum(np.where(hits, values, 0), -1);
  return np.astype(np.where(any, chosen, otherwise(call, values)), dtypeName(values));
};

const oneHot: Rule = (call) => {
  const x = call.input(0);
  const texts = call.texts('cats_strings');
  const categories =
    texts && texts.length > 0 ? texts.map((text) => call.run.word(text)) : (call.ints('cats_int64s') ?? []);
  if (categories.length === 0) return call.malformed('it has no categories');
  const list = like(int64s(categories), x);
  return np.astype(np.equal(np.expandDims(x, x.ndim), list), 'float64');
};

/** Texts and their numbers. */
const categoryMapper: Rule = (call) => {
  const x = call.input(0);
  const [texts, ints] = [call.texts('cats_strings') ?? [], call.ints('cats_int64s') ?? []];
  const words = int64s(texts.map((text) => call.run.word(text)));
  const numbers = int64s(ints);
  // Both are whole numbers here: which way it goes is told by the default that is given.
  const toText = call.attribute('default_string') !== undefined;
  const [from, to] = toText ? [numbers, words] : [words, numbers];
  const hits = np.equal(np.expandDims(np.astype(x, 'int64'), x.ndim), from);
  const other = toText ? call.run.word(call.text('default_string')) : call.int('default_int64', -1);
  return np.where(np.any(hits, -1), np.sum(np.where(hits, to, 0), -1), int64s([other], []));
};

export const encoders: Rules = {
  'ai.onnx.ml.CategoryMapper': categoryMapper,
  'ai.onnx.ml.LabelEncoder': labelEncoder,
  'ai.onnx.ml.OneHotEncoder': oneHot,
  // Probabilities stay an array: a column for each class.
  'ai.onnx.ml.ZipMap': (call) => call.input(0),
};
