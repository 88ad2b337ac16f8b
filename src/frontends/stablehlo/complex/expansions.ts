/**
 * @file What operations on complex numbers are in real ones. Quotients divide by the length twice, in place of once by its square, of which
 * little is left near 0; roots take the larger of the two half-angle forms first, which does not cancel. The inverse functions are those of
 * Hull, Fairgrieve and Tang ("Implementing the complex arcsine and arccosine functions using exception handling", 1997).
 */
import type { Attribute, Operation, Value } from '../module.ts';
import { input, text } from '../rules/rule.ts';
import { type Builder, type Pair, partOf } from './builder.ts';

/** The parts of a complex result; of a real one, its real part alone. */
export type Expansion = (b: Builder, op: Operation) => Pair;

const realOnly = (real: Value): Pair => ({ real, imaginary: undefined });

/** i z. */
const turned = (b: Builder, z: Pair): Pair => ({ real: b.negate(b.imaginary(z)), imaginary: z.real });
/** z / i, which is -i z. */
const turnedBack = (b: Builder, z: Pair): Pair => ({ real: b.imaginary(z), imaginary: b.negate(z.real) });

const added =
  (name: 'add' | 'subtract') =>
  (b: Builder, x: Pair, y: Pair): Pair => {
    const [p, q] = [x.imaginary, y.imaginary];
    const real = b.each(name, x.real, y.real);
    if (p && q) return { real, imaginary: b.each(name, p, q) };
    return { real, imaginary: p ?? (q && (name === 'add' ? q : b.negate(q))) };
  };
const sum = added('add');
const difference = added('subtract');

/** A product of any kind that distributes over sums. */
const bilinear = (b: Builder, x: Pair, y: Pair, times: (p: Value, q: Value) => Value): Pair => {
  const real = times(x.real, y.real);
  const crossed = y.imaginary && times(x.real, y.imaginary);
  if (!x.imaginary) return { real, imaginary: crossed };
  const across = times(x.imaginary, y.real);
  if (!y.imaginary) return { real, imaginary: across };
  return {
    real: b.subtract(real, times(x.imaginary, y.imaginary)),
    imaginary: b.add(across, crossed as Value),
  };
};
const product = (b: Builder, x: Pair, y: Pair): Pair =>
  x === y && x.imaginary
    ? {
        real: b.multiply(b.add(x.real, x.imaginary), b.subtract(x.real, x.imaginary)),
        imaginary: b.scaled(b.multiply(x.real, x.imaginary), 2),
      }
    : bilinear(b, x, y, (p, q) => b.multiply(p, q));

const length = (b: Builder, { real, imaginary }: Pair): Value =>
  imaginary ? b.each('hypot', real, imaginary) : b.each('abs', real);

/** 1 where x is 0. */
const nonZero = (b: Builder, x: Value): Value =>
  b.select(b.compared('EQ', x, b.number(0, x)), b.number(1, x), x);

const over = (b: Builder, { real, imaginary }: Pair, by: Value): Pair => ({
  real: b.divide(real, by),
  imaginary: imaginary && b.divide(imaginary, by),
});
const conjugate = (b: Builder, { real, imaginary }: Pair): Pair => ({
  real,
  imaginary: imaginary && b.negate(imaginary),
});
const quotient = (b: Builder, x: Pair, y: Pair): Pair => {
  if (!y.imaginary) return over(b, x, y.real);
  const size = length(b, y);
  return over(b, product(b, x, conjugate(b, over(b, y, size))), size);
};

const exponential = (b: Builder, { real, imaginary }: Pair): Pair => {
  const size = b.each('exponential', real);
  if (!imaginary) return realOnly(size);
  return {
    real: b.multiply(size, b.each('cosine', imaginary)),
    imaginary: b.multiply(size, b.each('sine', imaginary)),
  };
};
/** f and g of the real part by cos and sin of the other: sinh and cosh; sin and cos with the parts exchanged. */
const mixed = (b: Builder, f: string, g: string, z: Pair): Pair => {
  const q = b.imaginary(z);
  return {
    real: b.multiply(b.each(f, z.real), b.each('cosine', q)),
    imaginary: b.multiply(b.each(g, z.real), b.each('sine', q)),
  };
};
const sinh = (b: Builder, z: Pair): Pair => mixed(b, 'chlo.sinh', 'chlo.cosh', z);
const cosh = (b: Builder, z: Pair): Pair => mixed(b, 'chlo.cosh', 'chlo.sinh', z);

/** The principal value: the sign of the imaginary part where the real one is below 0. */
const logarithm = (b: Builder, z: Pair): Pair => ({
  real: b.each('log', length(b, z)),
  imaginary: b.each('atan2', b.imaginary(z), z.real),
});

const root = (b: Builder, z: Pair): Pair => {
  const q = b.imaginary(z);
  const large = b.each('sqrt', b.scaled(b.add(length(b, z), b.each('abs', z.real)), 0.5));
  const small = b.divide(q, b.scaled(nonZero(b, large), 2));
  const isLeft = b.compared('LT', z.real, b.number(0, q));
  const isBelow = b.compared('LT', q, b.number(0, q));
  return {
    real: b.select(isLeft, b.each('abs', small), large),
    imaginary: b.select(isLeft, b.select(isBelow, b.negate(large), large), small),
  };
};

/** With t = tanh p, c = cos q, s = sin q: (t + i s c (1 - t^2)) / (c^2 + t^2 s^2). */
const tanh = (b: Builder, z: Pair): Pair => {
  const t = b.each('tanh', z.real);
  if (!z.imaginary) return realOnly(t);
  const [c, s] = [b.each('cosine', z.imaginary), b.each('sine', z.imaginary)];
  const square = b.multiply(t, t);
  const below = b.add(b.multiply(c, c), b.multiply(square, b.multiply(s, s)));
  const rest = b.subtract(b.number(1, t), square);
  return { real: b.divide(t, below), imaginary: b.divide(b.multiply(b.multiply(s, c), rest), below) };
};

/** Of x + i y: sin's inverse has the real part asin(b), both have the other part log(a + sqrt(a^2 - 1)), with y's sign. */
const inverseParts = (
  b: Builder,
  z: Pair,
): { readonly ratio: Value; readonly size: Value; readonly signed: (x: Value) => Value } => {
  const y = b.imaginary(z);
  const one = b.number(1, y);
  const [r, s] = [b.add(z.real, one), b.subtract(z.real, one)].map((x) => b.each('hypot', x, y)) as [
    Value,
    Value,
  ];
  const a = b.each('maximum', b.scaled(b.add(r, s), 0.5), one);
  const ratio = b.each('clamp', b.number(-1, y), b.divide(z.real, a), one);
  const rest = b.each('sqrt', b.multiply(b.subtract(a, one), b.add(a, one)));
  const isBelow = b.compared('LT', y, b.number(0, y));
  return {
    ratio,
    size: b.each('log', b.add(a, rest)),
    signed: (x) => b.select(isBelow, b.negate(x), x),
  };
};
const arcsine = (b: Builder, z: Pair): Pair => {
  const { ratio, size, signed } = inverseParts(b, z);
  return { real: b.each('chlo.asin', ratio), imaginary: signed(size) };
};
const arccosine = (b: Builder, z: Pair): Pair => {
  const { ratio, size, signed } = inverseParts(b, z);
  return { real: b.each('chlo.acos', ratio), imaginary: b.negate(signed(size)) };
};
const arcosh = (b: Builder, z: Pair): Pair => {
  const { ratio, size, signed } = inverseParts(b, z);
  return { real: size, imaginary: signed(b.each('chlo.acos', ratio)) };
};
/** log((1 + z) / (1 - z)) / 2. */
const artanh = (b: Builder, z: Pair): Pair => {
  const y = b.imaginary(z);
  const one = b.number(1, y);
  const [above, below] = [b.add(one, z.real), b.subtract(one, z.real)];
  const logs = [above, below].map((x) => b.each('log', b.each('hypot', x, y))) as [Value, Value];
  const angle = b.each('atan2', b.scaled(y, 2), b.subtract(b.multiply(above, below), b.multiply(y, y)));
  return { real: b.scaled(b.subtract(...logs), 0.5), imaginary: b.scaled(angle, 0.5) };
};

/** f(z) is g(i z) / i. */
const throughTurn =
  (g: (b: Builder, z: Pair) => Pair) =>
  (b: Builder, z: Pair): Pair =>
    turnedBack(b, g(b, turned(b, z)));

const one =
  (f: (b: Builder, z: Pair) => Pair): Expansion =>
  (b, op) =>
    f(b, b.pair(input(op.operands, 0, op)));
const two =
  (f: (b: Builder, x: Pair, y: Pair) => Pair): Expansion =>
  (b, op) =>
    f(b, b.pair(input(op.operands, 0, op)), b.pair(input(op.operands, 1, op)));

const equal =
  (direction: 'EQ' | 'NE', both: 'and' | 'or') =>
  (b: Builder, x: Pair, y: Pair): Pair =>
    realOnly(
      b.each(
        both,
        b.compared(direction, x.real, y.real),
        b.compared(direction, b.imaginary(x), b.imaginary(y)),
      ),
    );
const compare: Expansion = (b, op) => {
  const direction = text(op, 'comparison_direction');
  return two(direction === 'EQ' ? equal('EQ', 'and') : equal('NE', 'or'))(b, op);
};

/** Products of matrices and convolutions. */
const linear: Expansion = (b, op) => {
  const type = partOf(op.results[0]?.type) ?? input(op.results, 0, op).type;
  return two((inner, x, y) =>
    bilinear(inner, x, y, (p, q) => b.put(op.name, [p, q], [type], op.attributes)[0] as Value),
  )(b, op);
};

const convert: Expansion = (b, op) => {
  const { real, imaginary } = b.pair(input(op.operands, 0, op));
  const type = partOf(op.results[0]?.type);
  const to = (x: Value): Value => b.put('convert', [x], [type ?? input(op.results, 0, op).type])[0] as Value;
  return { real: to(real), imaginary: type && imaginary && to(imaginary) };
};

const constant: Expansion = (b, op) => {
  const value = op.attributes.get('value');
  const type = partOf(op.results[0]?.type);
  if (typeof value !== 'object' || !('kind' in value) || value.kind !== 'dense' || !type)
    return realOnly(b.put(op.name, [], [input(op.results, 0, op).type], op.attributes)[0] as Value);
  const part = (k: 0 | 1): Value => {
    const data = Float64Array.from({ length: value.data.length / 2 }, (_, i) =>
      Number(value.data[2 * i + k]),
    );
    const dense: Attribute = { kind: 'dense', type, data, splat: value.splat };
    return b.put('constant', [], [type], new Map([['value', dense]]))[0] as Value;
  };
  const isReal = Array.from(value.data as Float64Array).every((v, i) => i % 2 === 0 || v === 0);
  return { real: part(0), imaginary: isReal ? undefined : part(1) };
};

/** A transform gives pairs, or takes them. */
const fft: Expansion = (b, op) => {
  const { real, imaginary } = b.pair(input(op.operands, 0, op));
  const type = partOf(op.results[0]?.type);
  const [first, second] = b.put(
    'fft',
    imaginary ? [real, imaginary] : [real],
    type ? [type, type] : [input(op.results, 0, op).type],
    op.attributes,
  );
  return { real: first as Value, imaginary: second };
};

export const EXPANSIONS: Readonly<Record<string, Expansion>> = {
  abs: one((b, z) => realOnly(length(b, z))),
  add: two(sum),
  compare,
  complex: (b, op) => ({
    real: b.pair(input(op.operands, 0, op)).real,
    imaginary: b.pair(input(op.operands, 1, op)).real,
  }),
  constant,
  convert,
  convolution: linear,
  cosine: one((b, z) => cosh(b, turned(b, z))),
  divide: two(quotient),
  dot: linear,
  dot_general: linear,
  exponential: one(exponential),
  exponential_minus_one: one((b, z) => difference(b, exponential(b, z), realOnly(b.number(1, z.real)))),
  fft,
  imag: one((b, z) => realOnly(b.imaginary(z))),
  log: one(logarithm),
  log_plus_one: one((b, z) => logarithm(b, { ...z, real: b.add(z.real, b.number(1, z.real)) })),
  // (1 + tanh(z / 2)) / 2
  logistic: one((b, z) => {
    const { real, imaginary } = tanh(b, {
      real: b.scaled(z.real, 0.5),
      imaginary: z.imaginary && b.scaled(z.imaginary, 0.5),
    });
    return {
      real: b.scaled(b.add(real, b.number(1, real)), 0.5),
      imaginary: imaginary && b.scaled(imaginary, 0.5),
    };
  }),
  multiply: two(product),
  power: two((b, x, y) => exponential(b, product(b, y, logarithm(b, x)))),
  real: one((_, z) => realOnly(z.real)),
  rsqrt: one((b, z) => over(b, conjugate(b, root(b, z)), length(b, z))),
  sign: one((b, z) => over(b, z, nonZero(b, length(b, z)))),
  sine: one(throughTurn(sinh)),
  sqrt: one(root),
  subtract: two(difference),
  tan: one(throughTurn(tanh)),
  tanh: one(tanh),
  'chlo.acos': one(arccosine),
  'chlo.acosh': one(arcosh),
  'chlo.asin': one(arcsine),
  'chlo.asinh': one(throughTurn(arcsine)),
  'chlo.atan': one(throughTurn(artanh)),
  'chlo.atanh': one(artanh),
  'chlo.conj': one(conjugate),
  'chlo.cosh': one(cosh),
  'chlo.sinh': one(sinh),
  'chlo.square': one((b, z) => product(b, z, z)),
  'chlo.tan': one(throughTurn(tanh)),
};
