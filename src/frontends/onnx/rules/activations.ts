/** @file Activations, and softmax over the axes that each opset means. */
import type { BaseArray } from '../../../ir/trace/array.ts';
import { axisIn, type Call, int64s, like, np, one, product, type Rule, type Rules } from '../call.ts';

/** f(x) where x > 0 and g(x) elsewhere. */
const bySign = (x: BaseArray, f: (x: BaseArray) => BaseArray, g: (x: BaseArray) => BaseArray): BaseArray =>
  np.where(np.greater(x, 0), f(x), g(x));

const elu = (x: BaseArray, alpha: number, scale: number): BaseArray => {
  // exp of what is above 0 is not asked for, and might not fit.
  const below = np.subtract(np.exp(np.minimum(x, 0)), 1);
  return bySign(
    x,
    (y) => (scale === 1 ? y : np.multiply(y, scale)),
    () => np.multiply(below, alpha * scale),
  );
};

/** Axes of a softmax: the one, or all from it on before opset 13. */
const normalised =
  (f: (x: BaseArray, axis: number) => BaseArray): Rule =>
  (call) => {
    const x = call.input(0);
    const recent = call.opset >= 13;
    const axis = axisIn(call, call.int('axis', recent ? -1 : 1), x.ndim);
    if (recent) return f(x, axis);
    const rows = [product(x.shape.slice(0, axis)), product(x.shape.slice(axis))];
    return np.reshape(f(np.reshape(x, rows), 1), [...x.shape]);
  };

const hardmax = (x: BaseArray, axis: number): BaseArray => {
  const n = x.shape[axis] as number;
  const lead = x.shape.map((_, i) => (i === axis ? n : 1));
  const places = np.reshape(int64s(Array.from({ length: n }, (_, i) => i)), lead);
  return like(np.equal(np.argmax(x, { axis, keepdims: true }), places), x);
};

const hardSigmoid = (x: BaseArray, alpha: number, beta: number): BaseArray =>
  np.clip(np.add(np.multiply(x, alpha), beta), 0, 1);

const gelu: Rule = (call) => np.nn.gelu(call.input(0), call.text('approximate', 'none') === 'tanh');

const swish = (call: Call): BaseArray => {
  const x = call.input(0);
  const alpha = call.float('alpha', 1);
  return alpha === 1 ? np.nn.silu(x) : np.multiply(x, np.sigmoid(np.multiply(x, alpha)));
};

const shrink: Rule = (call) => {
  const x = call.input(0);
  const [bias, lambd] = [call.float('bias', 0), call.float('lambd', 0.5)];
  const below = np.where(np.less(x, -lambd), np.add(x, bias), np.zerosLike(x));
  return np.where(np.greater(x, lambd), np.subtract(x, bias), below);
};

export const activations: Rules = {
  Celu: (call) => np.nn.celu(call.input(0), call.float('alpha', 1)),
  Elu: (call) => elu(call.input(0), call.float('alpha', 1), 1),
  Gelu: gelu,
  HardSigmoid: (call) => hardSigmoid(call.input(0), call.float('alpha', 0.2), call.float('beta', 0.5)),
  HardSwish: (call) => {
    const x = call.input(0);
    return np.multiply(x, hardSigmoid(x, 1 / 6, 0.5));
  },
  Hardmax: normalised(hardmax),
  LeakyRelu: (call) => np.nn.leakyRelu(call.input(0), call.float('alpha', 0.01)),
  LogSoftmax: normalised((x, axis) => np.nn.logSoftmax(x, axis)),
  Mish: one(np.nn.mish),
  PRelu: (call) => {
    const [x, slope] = [call.input(0), call.input(1)];
    return bySign(
      x,
      (y) => y,
      (y) => np.multiply(y, slope),
    );
  },
  Relu: one(np.nn.relu),
  Selu: (call) =>
    elu(call.input(0), call.float('alpha', 1.6732631921768188), call.float('gamma', 1.0507010221481323)),
  Shrink: shrink,
  Sigmoid: one(np.sigmoid),
  Softmax: normalised((x, axis) => np.nn.softmax(x, axis)),
  Softplus: one(np.nn.softplus),
  Softsign: one(np.nn.softSign),
  Swish: swish,
  ThresholdedRelu: (call) => {
    const x = call.input(0);
    return np.where(np.greater(x, call.float('alpha', 1)), x, np.zerosLike(x));
  },
};
