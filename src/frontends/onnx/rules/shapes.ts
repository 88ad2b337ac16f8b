/** @file Shapes as arrays, and arrays made of shapes: public arithmetic. */
import type { BaseArray } from '../../../ir/trace/array.ts';
import { NDArray } from '../../../numpy/index.ts';
import {
  type Call,
  dtypeName,
  dtypeOfElement,
  int64s,
  isPublic,
  np,
  product,
  type Rule,
  type Rules,
} from '../call.ts';
import { elementName } from '../elements.ts';
import type { Tensor } from '../model.ts';

/** Elements of an array that a shape makes. */
const MOST = 1 << 28;

/** Shapes come as numbers of the model. */
export const checkedShape = (call: Call, shape: readonly number[]): number[] => {
  if (shape.some((n) => !(n >= 0)) || !(product(shape) <= MOST))
    call.malformed(`a shape of (${shape.join(', ')})`);
  return [...shape];
};

const constant: Rule = (call) => {
  for (const [name, a] of call.node.attributes)
    switch (a.kind) {
      case 'tensor':
        return call.run.array(a.value);
      case 'float':
        return np.asarray(a.value);
      case 'floats':
        return new NDArray([a.value.length], 'fxp', Float64Array.from(a.value));
      case 'int':
        return int64s([a.value], []);
      case 'ints':
        return int64s(a.value);
      case 'string':
        return int64s([call.run.word(a.value)], []);
      case 'strings':
        return int64s(a.value.map((text) => call.run.word(text)));
      default:
        return call.unsupported(`a constant of form ${name}`);
    }
  return call.malformed('it has no value');
};

const shapeOf: Rule = (call) => {
  const { shape } = call.input(0);
  const at = (name: string, otherwise: number): number => {
    const i = call.int(name, otherwise);
    return Math.min(Math.max(i < 0 ? i + shape.length : i, 0), shape.length);
  };
  return int64s(shape.slice(at('start', 0), at('end', shape.length)));
};

const filled: Rule = (call) => {
  const shape = checkedShape(call, call.places(0, 'its shape') ?? []);
  const a = call.attribute('value');
  const value = a?.kind === 'tensor' ? call.run.array(a.value as Tensor) : np.asarray(0);
  return np.broadcastTo(np.reshape(value, []), shape);
};

const counted: Rule = (call) => {
  const like = call.input(0);
  const [start, limit, step] = [0, 1, 2].map((i) => call.places(i, 'its range')?.[0] ?? 0) as [
    number,
    number,
    number,
  ];
  const n = Math.max(0, Math.ceil((limit - start) / step));
  checkedShape(call, [n]);
  const list = Array.from({ length: n }, (_, i) => start + i * step);
  return np.astype(
    like.dtype === 'fxp' ? new NDArray([n], 'fxp', Float64Array.from(list)) : int64s(list),
    dtypeName(like),
  );
};

const eyeLike: Rule = (call) => {
  const x = call.input(0);
  const [n, m] = x.shape as [number, number];
  const dtype = call.attribute('dtype') ? dtypeOfElement(call, elementName(call.int('dtype'))) : dtypeName(x);
  return np.eye(n, m, call.int('k', 0), dtype);
};

/** Places of what is not 0, which only public arrays tell. */
const nonZero: Rule = (call) => {
  const x = call.input(0);
  if (!isPublic(x)) return call.unsupported('how many numbers are not 0 depends on secrets');
  const steps = x.shape.map((_, i) => product(x.shape.slice(i + 1)));
  const found = Array.from(x.data as ArrayLike<number | bigint>, Number).flatMap((v, i) =>
    v === 0 ? [] : [i],
  );
  return int64s(
    steps.flatMap((step, axis) => found.map((i) => Math.floor(i / step) % (x.shape[axis] as number))),
    [x.ndim, found.length],
  );
};

/** Numbers of a window of n: coefficients of cosines. */
const windowed =
  (weights: readonly number[]): Rule =>
  (call) => {
    const n = call.places(0, 'its length')?.[0] ?? 0;
    checkedShape(call, [n]);
    const whole = call.flag('periodic', true) ? n : n - 1;
    const k = np.multiply(np.arange(n), (2 * Math.PI) / whole);
    const sum = weights.reduce<BaseArray>(
      (total, w, i) => np.add(total, np.multiply(np.cos(np.multiply(k, i)), i % 2 === 0 ? w : -w)),
      np.zeros([n]),
    );
    return np.astype(sum, dtypeOfElement(call, elementName(call.int('output_datatype', 1))));
  };

export const shapes: Rules = {
  BlackmanWindow: windowed([0.42, 0.5, 0.08]),
  Constant: constant,
  ConstantOfShape: filled,
  EyeLike: eyeLike,
  HammingWindow: windowed([25 / 46, 21 / 46]),
  HannWindow: windowed([0.5, 0.5]),
  NonZero: nonZero,
  Range: counted,
  Shape: shapeOf,
  Size: (call) => int64s([call.input(0).size], []),
};
