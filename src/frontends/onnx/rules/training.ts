/** @file A step of training (ai.onnx.preview.training): the rate, the turn, then arrays, their gradients and what is kept of them. */
import type { BaseArray } from '../../../ir/trace/array.ts';
import { pow } from '../../../ring/math/index.ts';
import { type Call, np, type Rule, type Rules, range } from '../call.ts';

interface Step {
  readonly rate: BaseArray;
  readonly turn: number;
  /** Lists of the arrays, the gradients, and each thing that is kept. */
  readonly lists: readonly (readonly BaseArray[])[];
}

const stepOf = (call: Call, kept: number): Step => {
  const [rate, turn] = [call.input(0), call.places(1, 'its turn')?.[0] ?? 0];
  const rest = call.all().slice(2);
  const n = rest.length / (2 + kept);
  if (!Number.isInteger(n)) call.malformed('arrays and gradients that do not fit');
  return {
    rate: np.reshape(rate, []),
    turn,
    lists: range(2 + kept).map((i) => rest.slice(i * n, (i + 1) * n)),
  };
};

const each = (
  step: Step,
  f: (x: BaseArray, g: BaseArray, kept: readonly BaseArray[]) => readonly BaseArray[],
): BaseArray[] => {
  const [xs, gs, ...kept] = step.lists as [
    readonly BaseArray[],
    readonly BaseArray[],
    ...(readonly BaseArray[])[],
  ];
  const results = xs.map((x, i) =>
    f(
      x,
      gs[i] as BaseArray,
      kept.map((list) => list[i] as BaseArray),
    ),
  );
  return range(1 + kept.length).flatMap((k) => results.map((r) => r[k] as BaseArray));
};

const decayed = (call: Call, g: BaseArray, x: BaseArray): BaseArray => {
  const norm = call.float('norm_coefficient', 0);
  return norm === 0 ? g : np.add(g, np.multiply(x, norm));
};

const adagrad: Rule = (call) => {
  const step = stepOf(call, 1);
  const rate = np.divide(step.rate, 1 + step.turn * call.float('decay_factor', 0));
  return each(step, (x, g, [h]) => {
    const own = decayed(call, g, x);
    const squares = np.add(h as BaseArray, np.square(own));
    const root = np.add(np.sqrt(squares), call.float('epsilon', 1e-6));
    return [np.subtract(x, np.divide(np.multiply(rate, own), root)), squares];
  });
};

const adam: Rule = (call) => {
  const step = stepOf(call, 2);
  const [alpha, beta] = [call.float('alpha', 0.9), call.float('beta', 0.999)];
  const scale = step.turn > 0 ? Math.sqrt(1 - pow(beta, step.turn)) / (1 - pow(alpha, step.turn)) : 1;
  const after = 1 - call.float('norm_coefficient_post', 0);
  return each(step, (x, g, [v, h]) => {
    const own = decayed(call, g, x);
    const mean = np.add(np.multiply(v as BaseArray, alpha), np.multiply(own, 1 - alpha));
    const squares = np.add(np.multiply(h as BaseArray, beta), np.multiply(np.square(own), 1 - beta));
    const root = np.add(np.sqrt(squares), call.float('epsilon', 1e-6));
    const next = np.subtract(x, np.divide(np.multiply(np.multiply(step.rate, scale), mean), root));
    return [after === 1 ? next : np.multiply(next, after), mean, squares];
  });
};

const momentum: Rule = (call) => {
  const step = stepOf(call, 1);
  const alpha = call.float('alpha');
  const beta = step.turn > 0 ? call.float('beta') : 1;
  const isNesterov = call.text('mode') === 'nesterov';
  return each(step, (x, g, [v]) => {
    const own = decayed(call, g, x);
    const next = np.add(np.multiply(v as BaseArray, alpha), np.multiply(own, beta));
    const way = isNesterov ? np.add(own, np.multiply(next, alpha)) : next;
    return [np.subtract(x, np.multiply(way, step.rate)), next];
  });
};

export const training: Rules = {
  'ai.onnx.preview.training.Adagrad': adagrad,
  'ai.onnx.preview.training.Adam': adam,
  'ai.onnx.preview.training.Momentum': momentum,
};
