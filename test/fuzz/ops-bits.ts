/** @file Integers bit by bit: exact, by BigInts. */
import { bitsOf, castArr, type DType, type Num, outside, promote, wrap } from './arrays.ts';
import type { Gen, Row, Table } from './reference.ts';
import { arr, beside, call, each, ints, isArr, same } from './rows.ts';

const pair = (g: Gen): [ReturnType<Gen['value']>, ReturnType<Gen['value']>] => {
  const a = g.value({ dtype: g.rng.chance(0.1) ? 'bool' : 'int' });
  return [a, beside(g, a, { dtype: a.ref.dtype })];
};

const bitwise = (name: string, f: (x: bigint, y: bigint) => bigint): Row => ({
  elementwise: true,
  make: (g) => {
    const [a, b] = pair(g);
    return call(name, a.arg, b.arg);
  },
  plain: (args) => {
    const list = args.filter(isArr);
    const dtype = list.map((a) => a.dtype).reduce(promote);
    if (dtype === 'fxp') outside('bits of real numbers');
    return each(
      list.map((a) => castArr(a, dtype)),
      dtype,
      (x, y) => {
        const z = f(BigInt(x), BigInt(y));
        return dtype === 'bool' ? Number(z) : wrap(z, dtype);
      },
    );
  },
});

const shift = (name: string, f: (x: bigint, by: bigint) => bigint): Row => ({
  elementwise: true,
  make: (g) => {
    const a = g.value({ dtype: 'int' });
    const most = Math.min(bitsOf(a.ref.dtype) - 1, 30);
    if (g.rng.chance(0.5)) return call(name, a.arg, g.rng.int(0, most));
    return call(name, a.arg, beside(g, a, { dtype: a.ref.dtype, lo: 0, hi: most }).arg);
  },
  plain: ([x, y]) => {
    const a = arr(x);
    const g = (v: Num, by: Num): Num => {
      if (by < 0 || by >= bitsOf(a.dtype)) outside('shift');
      return wrap(f(v as bigint, BigInt(by)), a.dtype);
    };
    return isArr(y)
      ? each([a, castArr(y, a.dtype)], a.dtype, g)
      : each([a], a.dtype, (v) => g(v, y as number));
  },
});

const size = (x: bigint): bigint => (x < 0n ? -x : x);
const gcd = (x: bigint, y: bigint): bigint => (y === 0n ? size(x) : gcd(y, x % y));

const divisors = (name: string, f: (x: bigint, y: bigint) => bigint): Row => ({
  ...bitwise(name, f),
  weight: 0.05,
  make: (g) => {
    const dtype = g.rng.pick(['int8', 'uint8'] as const);
    return call(name, g.value({ dtype, most: 4 }).arg, g.value({ dtype, shape: [] }).arg);
  },
});

const ones = (x: bigint): number => {
  let n = 0;
  for (let rest = size(x); rest > 0n; rest >>= 1n) n += Number(rest & 1n);
  return n;
};

export const BITS: Table = {
  bitwiseAnd: bitwise('bitwiseAnd', (x, y) => x & y),
  bitwiseOr: bitwise('bitwiseOr', (x, y) => x | y),
  bitwiseXor: bitwise('bitwiseXor', (x, y) => x ^ y),
  ...same(
    {
      elementwise: true,
      make: (g) => call('bitwiseNot', g.value({ dtype: g.rng.chance(0.1) ? 'bool' : 'int' }).arg),
      plain: ([x]) => {
        const a = arr(x);
        if (a.dtype === 'fxp') outside('bits of real numbers');
        return each([a], a.dtype, (v) =>
          a.dtype === 'bool' ? 1 - (v as number) : wrap(~(v as bigint), a.dtype),
        );
      },
    },
    'bitwiseNot',
    'invert',
  ),
  ...same(
    shift('leftShift', (x, by) => x << by),
    'leftShift',
    'bitwise_left_shift',
  ),
  ...same(
    shift('rightShift', (x, by) => x >> by),
    'rightShift',
    'bitwise_right_shift',
  ),
  bitwiseCount: {
    elementwise: true,
    make: (g) =>
      call('bitwiseCount', g.value({ dtype: g.rng.pick(['int8', 'uint8', 'int16', 'int32'] as const) }).arg),
    plain: ([x]) =>
      ints(
        arr(x).shape,
        arr(x).v.map((v) => ones(BigInt(v))),
        'uint8' as DType,
      ),
  },
  gcd: divisors('gcd', gcd),
  lcm: divisors('lcm', (x, y) => (x === 0n || y === 0n ? 0n : size((x / gcd(x, y)) * y))),
  packbits: {
    make: (g) => call('packbits', g.value({ dtype: g.rng.chance(0.7) ? 'bool' : 'any' }).arg),
    plain: ([x]) => {
      const bits = castArr(arr(x), 'bool').v as number[];
      const bytes = Array.from({ length: Math.ceil(bits.length / 8) }, (_, i) =>
        Array.from({ length: 8 }, (_, k) => (bits[8 * i + k] ?? 0) << (7 - k)).reduce((a, b) => a + b, 0),
      );
      return ints([bytes.length], bytes, 'uint8');
    },
  },
  unpackbits: {
    make: (g) => call('unpackbits', g.value({ dtype: 'uint8', most: 8 }).arg),
    plain: ([x]) => {
      const a = arr(x);
      if (a.dtype !== 'uint8') outside('unpackbits');
      const bits = a.v.flatMap((v) => Array.from({ length: 8 }, (_, k) => (BigInt(v) >> BigInt(7 - k)) & 1n));
      return ints([bits.length], bits, 'uint8');
    },
  },
};
