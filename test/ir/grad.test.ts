/** @file Gradients against finite differences: every op, loops, trees, and gradients of gradients. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { optimize } from '../../src/ir/compile/passes/optimize.ts';
import { run } from '../../src/ir/ops/evaluate.ts';
import { isMissing } from '../../src/ir/ops/missing.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { GRAD } from '../../src/ir/trace/grad.ts';
import { NDArray } from '../../src/ir/trace/ndarray.ts';
import { apply, trace } from '../../src/ir/trace/tracer.ts';
import * as np from '../../src/numpy/index.ts';
import { throws } from '../numpy/both.ts';

type Fn = (x: BaseArray) => BaseArray;

const numbers = (x: BaseArray): number[] => [...((x as NDArray).data as Float64Array)];

/** d loss / d x by central differences. */
const differences = (loss: Fn, x: NDArray, h = 1e-5): number[] => {
  const at = (i: number, by: number): number => {
    const data = (x.data as Float64Array).slice();
    data[i]! += by;
    return loss(new NDArray(x.shape, 'fxp', data)).item() as number;
  };
  return numbers(x).map((_, i) => (at(i, h) - at(i, -h)) / (2 * h));
};

const close = (got: readonly number[], want: readonly number[], name: string, tolerance = 1e-5): void => {
  assert.is(got.length, want.length, name);
  for (const [i, w] of want.entries())
    assert.ok(
      Math.abs(got[i]! - w) <= tolerance * Math.max(1, Math.abs(w)),
      `${name}[${i}]: ${got[i]}, not ${w}`,
    );
};

/** The gradient computed at once, and recorded in a program before and after the passes. */
const check = (name: string, fn: Fn, x: NDArray): void => {
  // Weights that differ tell elements apart.
  const loss: Fn = (v) => {
    const y = fn(v);
    return np.sum(y.mul(np.reshape(np.arange(1, y.size + 1), [...y.shape])).mul(0.5));
  };
  const want = differences(loss, x);
  close(numbers(np.grad(loss)(x)), want, name);
  const { graph } = trace(
    (v: BaseArray) => np.grad(loss)(v),
    [{ shape: x.shape, dtype: 'fxp', secret: true }],
  );
  for (const g of [graph, optimize(graph)])
    close([...(run(g, [x])[0]!.data as Float64Array)], want, `${name}, recorded`);
};

const X = np.array([
  [0.5, -1.25, 2],
  [1.75, 0.375, -0.625],
]) as NDArray;
const P = np.array([
  [0.5, 1.25, 2],
  [1.75, 0.375, 0.625],
]) as NDArray;
/** No whole number, where floor would jump. */
const F = X.add(0.1) as NDArray;
const C = np.array([
  [1, -2],
  [0.5, 3],
  [-1, 0.25],
]);

/** By op: functions of a 2 x 3 matrix that use it, on each of its operands. */
const CASES: Readonly<Record<string, readonly (readonly [Fn, NDArray])[]>> = {
  add: [[(x) => x.add(x.at(0)), X]],
  sub: [[(x) => np.subtract(1, x).sub(x.at(0)), X]],
  mul: [[(x) => x.mul(x.at(1)), X]],
  div: [
    [(x) => x.div(x.at(0)), X],
    [(x) => np.divide(2, x), X],
  ],
  neg: [[(x) => x.neg(), X]],
  maximum: [[(x) => np.maximum(x, np.flip(x)), X]],
  minimum: [[(x) => np.minimum(np.flip(x, 1), x), X]],
  pow: [
    [(x) => np.power(x, 2.5), P],
    [(x) => np.power(x, np.flip(x)), P],
    [(x) => np.power(x, 3), X],
  ],
  abs: [[(x) => x.abs(), X]],
  exp: [[(x) => x.exp(), X]],
  log: [[(x) => x.log(), P]],
  sqrt: [[(x) => x.sqrt(), P]],
  rsqrt: [[(x) => np.rsqrt(x), P]],
  reciprocal: [[(x) => np.reciprocal(x), X]],
  sigmoid: [[(x) => x.sigmoid(), X]],
  tanh: [[(x) => x.tanh(), X]],
  sin: [[(x) => np.sin(x), X]],
  cos: [[(x) => np.cos(x), X]],
  erf: [[(x) => np.erf(x), X]],
  softplus: [[(x) => np.nn.softplus(x), X]],
  sort: [[(x) => np.sort(x), X]],
  sortBy: [[(x) => apply('sortBy', [np.multiply(x, -1), np.square(x)], { axis: 1, descending: false }), X]],
  argsort: [[(x) => x.mul(np.astype(np.argsort(x), 'float64')), X]],
  silu: [[(x) => np.nn.silu(x), X]],
  gelu: [
    [(x) => np.nn.gelu(x, true), X],
    [(x) => np.nn.gelu(x, false), X],
  ],
  within: [[(x) => np.sigmoid(np.within(x, -9, 9)), X]],
  interp: [
    [(x) => np.interp(x, [-1.5, 0.1, 0.45, 3], [1, -2, 3, 0.5]), X],
    [(x) => np.interp(x, [0], [2]).mul(x), X],
  ],
  arcsin: [[(x) => np.arcsin(np.multiply(x, 0.2)), X]],
  hypot: [
    [(x) => np.hypot(x, np.add(x, 2)), X],
    [(x) => np.hypot(0.5, x), X],
  ],
  mish: [[(x) => np.nn.mish(x), X]],
  arcsinh: [[(x) => np.arcsinh(np.multiply(x, 4)), X]],
  cbrt: [[(x) => np.cbrt(np.add(x, 5)), X]],
  arctan: [[(x) => np.arctan(x), X]],
  arctan2: [
    [(x) => np.arctan2(x, np.add(x, 2)), X],
    [(x) => np.arctan2(0.5, x), X],
  ],
  clip: [[(x) => np.clip(x, -1, 1), X]],
  select: [[(x) => np.where(x.less(0.4), x.mul(2), x.square()), X]],
  convert: [[(x) => x.mul(np.astype(np.astype(x, 'int64'), 'float64')), F]],
  mantissa: [[(x) => np.multiply(np.frexp(np.add(x!, 0.03))[0], x!), X]],
  exponent: [[(x) => np.multiply(np.frexp(np.add(x!, 0.03))[1], x!), X]],
  nextafter: [[(x) => np.multiply(np.nextafter(x, 5), x), X]],
  powWhole: [
    [(x) => np.power(x, np.add(np.array([2, 1, 3], 'int8'), np.astype(np.multiply(x, 0), 'int8'))), X],
  ],
  reveal: [[(x) => np.multiply(np.reveal(x), x), X]],
  hide: [[(x) => np.fori(0, 2, (_i, c) => np.add(c, x), np.zeros([2, 3])), X]],
  less: [[(x) => np.where(x.less(np.flip(x)), x, 0), X]],
  equal: [[(x) => np.where(x.equal(99), x, x.square()), X]],
  floor: [[(x) => x.sub(np.floor(x)), F]],
  sign: [[(x) => x.mul(np.sign(x)), X]],
  stopGradient: [],
  remainder: [
    [(x) => np.remainder(x.square().add(5), x.square().add(1.3)), X],
    [(x) => np.remainder(x.mul(3).add(0.1), 0.7), X],
  ],
  argmax: [[(x) => x.mul(np.astype(np.argmax(x), 'float64')), X]],
  argmin: [[(x) => x.mul(np.astype(np.argmin(x), 'float64')), X]],
  matmul: [
    [(x) => np.matmul(x, C), X],
    [(x) => np.matmul(x, x.T), X],
    [(x) => np.matmul(np.stack([x, x.mul(2)]), np.stack([x.T, x.T.sub(1)])), X],
  ],
  sum: [
    [(x) => np.sum(x.square(), 0), X],
    [(x) => np.sum(x.mul(x), { axis: [0, 1], keepdims: true }), X],
  ],
  max: [[(x) => np.max(x, 0), X]],
  min: [[(x) => np.min(x, 1), X]],
  broadcast: [[(x) => np.broadcastTo(x.reshape(2, 1, 3), [2, 4, 3]), X]],
  reshape: [[(x) => x.reshape(3, 2).square(), X]],
  transpose: [[(x) => np.transpose(np.stack([x, x.square()]), [1, 2, 0]), X]],
  slice: [
    [(x) => x.slice(':', '1:'), X],
    [(x) => x.slice(-1, '::-2'), X],
    [(x) => np.concatenate([x, x], 1).slice(':', '1::2'), X],
  ],
  gather: [[(x) => np.take(x, [2, 0, 2, 2], 1), X]],
  concat: [[(x) => np.concatenate([x.square(), x, np.ones([2, 1])], 1), X]],
  pad: [
    [
      (x) =>
        np
          .pad(
            x,
            [
              [1, 0],
              [2, 1],
            ],
            3,
          )
          .square(),
      X,
    ],
  ],
  dynamicSlice: [[(x) => np.fori(0, 2, (i, c) => c.add(x.at(i)).mul(1.5), np.zeros([3])), X]],
  dynamicUpdateSlice: [
    [
      (x) =>
        np.fori(
          0,
          2,
          (i, c) => np.dynamicUpdateSlice(c, np.dynamicSlice(x, [i, 0], [1, 2]).square(), [i, 1]),
          x.mul(3),
        ),
      X,
    ],
  ],
};

/** Ops of order and secret places have tests of their own (grad-secret.test.ts), except where they are like the others. */
const OTHERS = ['const', 'epsilon', 'randomBits', 'lookup', 'scatterAdd', 'sliceAt', 'updateAt'];

test('there is a case for every rule', () => {
  const ruled = Object.entries(GRAD).flatMap(([op, rule]) =>
    isMissing(rule) || OTHERS.includes(op) ? [] : [op],
  );
  assert.equal(Object.keys(CASES).sort(), ruled.sort());
});

for (const [op, cases] of Object.entries(CASES))
  test(`gradient of ${op}`, () => {
    for (const [i, [fn, x]] of cases.entries()) check(`${op} ${i}`, fn, x);
  });

test('loops: carries, captured values, an index, a loop within a loop, integer carries', () => {
  check('power', (x) => np.fori(0, 4, (_i, c) => c.mul(x), x), X);
  check(
    'two carries',
    (x) => np.fori(1, 4, (i, c) => ({ a: c.b, b: c.a.mul(x).add(i) }), { a: x, b: x.square() }).a,
    X,
  );
  check(
    'nested',
    (x) =>
      np.fori(
        0,
        2,
        (i, c) => np.fori(0, 3, (j, d) => np.tanh(d.mul(x).add(j).sub(i)), c.add(x)),
        np.zeros([2, 3]),
      ),
    X,
  );
  check(
    'integer carry',
    (x) =>
      np.fori(0, 3, (_i, [n, c]) => [np.add(n, 1), np.multiply(c, n).add(x)], [np.array(1, 'int64'), x])[1],
    X,
  );
  check('not active', (x) => np.fori(0, 3, (_i, c) => c.mul(2), np.ones([2, 3])).mul(x), X);
  check('no turns', (x) => np.fori(3, 3, (_i, c) => c.mul(c), x).mul(2), X);
});

test('training by gradient descent through a loop of gradients', () => {
  const data = np.array([
    [1, 2],
    [3, -1],
    [0.5, 0.25],
    [-2, 1],
  ]);
  const labels = np.array([1, 0, 1, 0]);
  const loss = (w: BaseArray): BaseArray =>
    np.mean(np.square(np.subtract(np.sigmoid(np.matmul(data, w)), labels)));
  const by = (step: (w: BaseArray) => BaseArray): BaseArray =>
    np.fori(0, 5, (_i, w) => np.subtract(w, step(w)), np.zeros([2]));
  const manual = (w: BaseArray): BaseArray => {
    const p = np.sigmoid(np.matmul(data, w));
    return np.matmul(data.T, p.sub(labels).mul(p).mul(np.subtract(1, p)).mul(0.5));
  };
  close(numbers(by((w) => np.grad(loss)(w))), numbers(by(manual)), 'trained', 1e-12);
});

test('trees, argnums, aux', () => {
  const f = (p: { w: BaseArray; b: BaseArray[] }, x: BaseArray) => [
    np.sum(p.w.mul(x)).add(p.b[0]!),
    { seen: x, n: 3 },
  ];
  const args = [{ w: np.array([1, 2]), b: [np.array(5)] }, np.array([3, 4])];
  const [[value, aux], [dp, dx]] = np.valueAndGrad<
    [[BaseArray, { seen: BaseArray }], [{ w: BaseArray; b: BaseArray[] }, BaseArray]]
  >(f, { argnums: [0, 1], hasAux: true })(...args);
  assert.is(value.item(), 16);
  assert.equal(aux.seen.toArray(), [3, 4]);
  assert.equal([dp.w.toArray(), dp.b[0]!.toArray(), dx.toArray()], [[3, 4], 1, [1, 2]]);
  assert.is(
    np
      .grad((x: BaseArray, n: number) => x.mul(n))(2, 3)
      .item(),
    3,
  );
  assert.is(
    np
      .grad((x: number, y: BaseArray) => y.mul(x), 1)(2, 3)
      .item(),
    2,
  );
  const [out, back] = np.vjp((x: BaseArray) => np.sin(x), X);
  assert.equal((out as BaseArray).toArray(), np.sin(X).toArray());
  assert.equal((back(np.ones([2, 3]))[0] as BaseArray).toArray(), np.cos(X).toArray());
});

test('gradients of gradients, and of what a program captured', () => {
  const third = np.grad((x: BaseArray) =>
    np.grad((y: BaseArray) => np.grad((z: BaseArray) => z.pow(4))(y))(x),
  );
  assert.is(third(2).item(), 48);
  const mixed = np.grad((x: BaseArray) => np.grad((y: BaseArray) => x.square().mul(y.square()))(3));
  assert.is(mixed(2).item(), 24);
  const inLoop = (x: BaseArray) =>
    np.fori(
      0,
      3,
      (_i, c) =>
        c.sub(
          np
            .grad((v: BaseArray) => v.square().mul(x))(c)
            .mul(0.1),
        ),
      x,
    );
  check('loop of gradients', (x) => inLoop(np.sum(x)), X);
});

test('stopGradient', () => {
  assert.is(
    np
      .grad((x: BaseArray) => x.mul(np.stopGradient(x)))(3)
      .item(),
    3,
  );
  assert.is(np.stopGradient(3).item(), 3);
  const { graph } = trace(
    (x: BaseArray) => np.grad((v: BaseArray) => np.stopGradient(v).mul(v))(np.stopGradient(x)),
    [{ shape: [], dtype: 'fxp', secret: true }],
  );
  assert.not.ok(graph.nodes.some((n) => n.op === 'stopGradient'));
});

test('gradient is linear: of a f + b g it is a grad f + b grad g', () => {
  const fs: readonly Fn[] = [
    (x) => np.sum(x.square()),
    (x) => np.sum(np.tanh(x)),
    (x) => np.max(x),
    (x) => x.at(0).mul(x.at(2)),
  ];
  const value = fc.double({ min: -4, max: 4, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 3, maxLength: 3 }),
      value,
      value,
      fc.nat(3),
      fc.nat(3),
      (xs, s, t, i, j) => {
        const x = np.array(xs);
        const both = np.grad((v: BaseArray) => fs[i]!(v).mul(s).add(fs[j]!(v).mul(t)))(x);
        const apart = np.grad(fs[i]!)(x).mul(s).add(np.grad(fs[j]!)(x).mul(t));
        close(numbers(both), numbers(apart), 'linear', 1e-12);
      },
    ),
  );
});

test('what cannot be differentiated says so', () => {
  throws(() => np.grad((x: BaseArray) => x)(X), 'SHAPE', 'reduce it with np.sum');
  throws(() => np.grad((x: BaseArray) => x)(np.array([1, 2], 'int64')), 'DTYPE', 'not by int64');
  throws(() => np.grad((x: BaseArray) => x, 1)(1), 'INVALID_ARGUMENT', 'argnums 1');
  throws(() => np.grad(() => ({ a: 1 }))(1), 'SHAPE', 'one real number');
});

test.run();
