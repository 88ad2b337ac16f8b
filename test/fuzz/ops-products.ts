/** @file Sums of products: matrices, contractions, convolutions. References are loops. */
import {
  type Arr,
  castArr,
  type DType,
  type Num,
  outside,
  promote,
  type Spec,
  sizeOf,
  wrap,
} from './arrays.ts';
import type { Gen, Row, Table } from './reference.ts';
import { ADDED, arr, call, fxp, numbers, PRODUCT, real } from './rows.ts';

const few = (s: Spec): number => Math.sqrt(s.products) / 8;

/** Einstein's summation by its definition. Labels of operands; what is not in `out` is summed. */
const contracted = (labels: readonly string[], out: string, arrays: readonly Arr[], s: Spec): Arr => {
  const dtype = arrays.map((a) => a.dtype).reduce(promote);
  const held = arrays.map((a) => castArr(a, dtype));
  const sizes = new Map<string, number>();
  for (const [k, l] of labels.entries())
    for (const [i, c] of [...l].entries()) {
      const n = held[k]!.shape[i]!;
      if ((sizes.get(c) ?? n) !== n) outside('sizes of labels');
      sizes.set(c, n);
    }
  const inner = [...sizes.keys()].filter((c) => !out.includes(c));
  const order = [...out, ...inner];
  const shape = [...out].map((c) => sizes.get(c)!);
  const [outer, within] = [sizeOf(shape), sizeOf(inner.map((c) => sizes.get(c)!))];
  const v: Num[] = [];
  for (let o = 0; o < outer; o++) {
    let sum: Num = dtype === 'fxp' || dtype === 'bool' ? 0 : 0n;
    for (let n = 0; n < within; n++) {
      const at = new Map<string, number>();
      let rest = o * within + n;
      for (const c of [...order].reverse()) {
        at.set(c, rest % sizes.get(c)!);
        rest = Math.floor(rest / sizes.get(c)!);
      }
      const factors = held.map((a, k) => {
        const place = [...labels[k]!].reduce((p, c, i) => p * a.shape[i]! + at.get(c)!, 0);
        return a.v[place]!;
      });
      if (dtype === 'fxp') {
        const term = (factors as number[]).reduce((p, q) => p * q, 1);
        (sum as number) += term;
        if (Math.abs(term) >= s.products || Math.abs(sum as number) >= s.products)
          outside('a sum of products');
      } else if (dtype === 'bool') sum = Math.max(sum as number, Math.min(...(factors as number[])));
      else sum = (sum as bigint) + (factors as bigint[]).reduce((p, q) => p * q, 1n);
    }
    v.push(dtype === 'fxp' || dtype === 'bool' ? sum : wrap(sum as bigint, dtype));
  }
  return { shape, dtype, v };
};

const kindOf = (g: Gen): DType =>
  g.rng.chance(0.8) ? 'fxp' : g.rng.pick(['int8', 'int16', 'int32', 'int64', 'uint8', 'uint32'] as const);

/** Two operands whose shapes are given by labels. */
const labelled = (
  name: string,
  forms: readonly (readonly [string, string, string])[],
  more: readonly (string | number)[] = [],
): Row => ({
  weight: 1.5,
  make: (g) => {
    const [p, q] = g.rng.pick(forms);
    const size = new Map<string, number>();
    const shape = (l: string): number[] =>
      [...l].map((c) => {
        if (!size.has(c)) size.set(c, g.rng.int(1, 4));
        return size.get(c)!;
      });
    const dtype = kindOf(g);
    const bound = dtype === 'fxp' ? { lo: -few(g.spec), hi: few(g.spec) } : {};
    const a = g.value({ dtype, shape: shape(p), ...bound });
    return call(name, a.arg, g.value({ dtype, shape: shape(q), ...bound }).arg, ...more);
  },
  plain: ([x, y], s) => {
    const [a, b] = [arr(x), arr(y)];
    const form = forms.find(([p, q]) => p.length === a.shape.length && q.length === b.shape.length);
    if (!form) return outside('ranks');
    return contracted([form[0], form[1]], form[2], [a, b], s);
  },
  own: PRODUCT,
  // Products of float64 are rounded, and may cancel.
  noise: () => 2 ** -50,
});

const EINSUM: readonly (readonly [string, string])[] = [
  ['ij,jk', 'ik'],
  ['ij,kj', 'ik'],
  ['ij,ij', 'i'],
  ['ij,ij', ''],
  ['i,j', 'ij'],
  ['ijk,ikl', 'ijl'],
  ['ij', 'ji'],
  ['ij', 'j'],
  ['ij,j,i', ''],
];

const products = (x: readonly number[], y: readonly number[], s: Spec): number => {
  const terms = x.map((v, i) => v * y[i]!);
  if (terms.some((t) => Math.abs(t) >= s.products)) outside('a product');
  return terms.reduce((a, b) => a + b, 0);
};

const full = (x: readonly number[], y: readonly number[], s: Spec): number[] =>
  Array.from({ length: x.length + y.length - 1 }, (_, k) => {
    const pairs = x.map((v, i) => [v, y[k - i]] as const).filter(([, w]) => w !== undefined);
    return products(
      pairs.map(([v]) => v),
      pairs.map(([, w]) => w!),
      s,
    );
  });

/** The middle of the full result, as NumPy cuts it. */
const cut = (all: readonly number[], n: number, m: number, mode: unknown): number[] => {
  if (mode === 'full') return [...all];
  const [long, short] = [Math.max(n, m), Math.min(n, m)];
  const size = mode === 'same' ? long : long - short + 1;
  const from = mode === 'same' ? Math.floor((short - 1) / 2) : short - 1;
  return all.slice(from, from + size);
};

const vectors = (g: Gen): [ReturnType<Gen['value']>, ReturnType<Gen['value']>] => {
  const bound = { dtype: 'fxp', lo: -few(g.spec), hi: few(g.spec), rank: [1, 1], least: 1 } as const;
  const a = g.value({ ...bound });
  return [a, g.value({ ...bound, shape: [g.rng.int(1, a.ref.shape[0]!)] })];
};

const sliding = (name: string, turned: boolean): Row => ({
  make: (g) => {
    const [a, b] = vectors(g);
    return call(name, a.arg, b.arg, g.rng.pick(['full', 'same', 'valid']));
  },
  plain: ([x, y, mode], s) => {
    const [a, b] = [numbers(x), numbers(y)];
    if (a.length < b.length) outside('a longer filter');
    const all = cut(full(a, turned ? b.reverse() : b, s), a.length, b.length, mode);
    return fxp([all.length], all);
  },
  own: PRODUCT,
  // Products of float64 are rounded, and may cancel.
  noise: () => 2 ** -50,
});

const matrixOf = (x: unknown): { a: Arr; n: number } => {
  const a = real(x);
  return { a, n: a.shape[0]! };
};

const POWER = 3;

export const PRODUCTS: Table = {
  matmul: labelled('matmul', [
    ['ij', 'jk', 'ik'],
    ['j', 'jk', 'k'],
    ['ij', 'j', 'i'],
    ['j', 'j', ''],
    ['bij', 'bjk', 'bik'],
  ]),
  dot: labelled('dot', [
    ['ij', 'jk', 'ik'],
    ['j', 'j', ''],
    ['ij', 'j', 'i'],
  ]),
  inner: labelled('inner', [
    ['ij', 'kj', 'ik'],
    ['j', 'j', ''],
  ]),
  vdot: labelled('vdot', [
    ['i', 'i', ''],
    ['ij', 'ij', ''],
  ]),
  outer: labelled('outer', [['i', 'j', 'ij']]),
  matvec: labelled('matvec', [
    ['ij', 'j', 'i'],
    ['bij', 'bj', 'bi'],
  ]),
  vecmat: labelled('vecmat', [
    ['i', 'ij', 'j'],
    ['bi', 'bij', 'bj'],
  ]),
  vecdot: labelled('vecdot', [
    ['i', 'i', ''],
    ['ij', 'ij', 'i'],
  ]),
  tensordot: labelled(
    'tensordot',
    [
      ['ij', 'jk', 'ik'],
      ['bij', 'jk', 'bik'],
    ],
    [1],
  ),
  einsum: {
    weight: 2,
    make: (g) => {
      const [left, out] = g.rng.pick(EINSUM);
      const size = new Map<string, number>();
      const dtype = kindOf(g);
      const operands = left.split(',').map((l) => {
        const shape = [...l].map((c) => {
          if (!size.has(c)) size.set(c, g.rng.int(1, 4));
          return size.get(c)!;
        });
        const most = left.split(',').length > 2 ? Math.cbrt(g.spec.products) / 8 : few(g.spec);
        return g.value({ dtype, shape, ...(dtype === 'fxp' && { lo: -most, hi: most }) }).arg;
      });
      return call('einsum', `${left}->${out}`, ...operands);
    },
    plain: ([text, ...operands], s) => {
      const [left, out] = (text as string).split('->') as [string, string];
      return contracted(left.split(','), out, operands.map(arr), s);
    },
    own: (s, y, _, args) => {
      const size = Math.max(1, ...args.slice(1).flatMap((a) => numbers(a).map(Math.abs)));
      return PRODUCT(s, y, [], []) * (args.length > 3 ? 8 * size : 1);
    },
  },
  kron: {
    make: (g) => {
      const dtype = kindOf(g);
      const bound = dtype === 'fxp' ? { lo: -few(g.spec), hi: few(g.spec) } : {};
      const want = { dtype, rank: [0, 2], most: 6, ...bound } as const;
      return call('kron', g.value(want).arg, g.value(want).arg);
    },
    plain: ([x, y], s) => {
      const dtype = promote(arr(x).dtype, arr(y).dtype);
      const [a, b] = [castArr(arr(x), dtype), castArr(arr(y), dtype)];
      const rank = Math.max(a.shape.length, b.shape.length);
      const ones = (l: readonly number[]): number[] => [...new Array<number>(rank - l.length).fill(1), ...l];
      const [p, q] = [ones(a.shape), ones(b.shape)];
      const shape = p.map((n, i) => n * q[i]!);
      const v = Array.from({ length: sizeOf(shape) }, (_, flat) => {
        let [rest, i, j, si, sj] = [flat, 0, 0, 1, 1];
        for (let k = rank - 1; k >= 0; k--) {
          const at = rest % shape[k]!;
          rest = Math.floor(rest / shape[k]!);
          i += Math.floor(at / q[k]!) * si;
          j += (at % q[k]!) * sj;
          si *= p[k]!;
          sj *= q[k]!;
        }
        const [u, w] = [a.v[i]!, b.v[j]!];
        if (dtype !== 'fxp') return wrap((u as bigint) * (w as bigint), dtype);
        const z = (u as number) * (w as number);
        return Math.abs(z) < s.products ? z : outside('a product');
      });
      return { shape, dtype, v };
    },
    own: PRODUCT,
  },
  cross: {
    make: (g) => {
      const lead = g.rng.pick([[], [2]]);
      const want = { dtype: 'fxp', shape: [...lead, 3], lo: -few(g.spec), hi: few(g.spec) } as const;
      return call('cross', g.value(want).arg, g.value(want).arg);
    },
    plain: ([x, y], s) => {
      const [a, b] = [numbers(x), numbers(y)];
      const v = a.map((_, k) => {
        const base = k - (k % 3);
        const [i, j] = [base + ((k + 1) % 3), base + ((k + 2) % 3)];
        const [p, q] = [(((k % 3) + 1) % 3) + base, (((k % 3) + 2) % 3) + base];
        if (i === j) outside('');
        return products([a[p]!, a[q]!], [b[q]!, -b[p]!], s);
      });
      return fxp(arr(x).shape, v);
    },
    own: PRODUCT,
  },
  convolve: sliding('convolve', false),
  correlate: sliding('correlate', true),
  polymul: {
    make: (g) => {
      const [a, b] = vectors(g);
      return call('polymul', a.arg, b.arg);
    },
    plain: ([x, y], s) => {
      const all = full(numbers(x), numbers(y), s);
      return fxp([all.length], all);
    },
    own: PRODUCT,
    // Products of float64 are rounded, and may cancel.
    noise: () => 2 ** -50,
  },
  'linalg.matrixPower': {
    make: (g) => {
      const n = g.rng.int(1, 3);
      return call(
        'linalg.matrixPower',
        g.value({ dtype: 'fxp', shape: [n, n], lo: -4, hi: 4 }).arg,
        g.rng.int(0, POWER),
      );
    },
    plain: ([x, n], s) => {
      const { a, n: size } = matrixOf(x);
      let out: Arr = fxp(
        [size, size],
        Array.from({ length: size * size }, (_, i) => Number(i % (size + 1) === 0)),
      );
      for (let k = 0; k < (n as number); k++) out = contracted(['ij', 'jk'], 'ik', [out, a], s);
      return out;
    },
    own: (s, y, _, [x]) => 64 * PRODUCT(s, y, [], []) * Math.max(1, ...numbers(x).map(Math.abs)),
  },
  'linalg.multiDot': {
    make: (g) => {
      const [i, j, k, l] = [1, 2, 3, 4].map(() => g.rng.int(1, 3)) as [number, number, number, number];
      const of = (shape: number[]) => g.value({ dtype: 'fxp', shape, lo: -8, hi: 8 }).arg;
      return call('linalg.multiDot', [of([i, j]), of([j, k]), of([k, l])]);
    },
    plain: ([list], s) => contracted(['ij', 'jk', 'kl'], 'il', (list as Arr[]).map(real), s),
    own: (s, y) => 64 * PRODUCT(s, y, [], []),
  },
  trace: {
    make: (g) => call('trace', g.value({ dtype: 'number', rank: [2, 2] }).arg),
    plain: ([x]) => {
      const a = arr(x);
      const dtype: DType = a.dtype === 'fxp' ? 'fxp' : a.dtype.startsWith('u') ? 'uint64' : 'int64';
      const n = Math.min(a.shape[0]!, a.shape[1]!);
      const diagonal = Array.from({ length: n }, (_, i) => a.v[i * a.shape[1]! + i]!);
      if (dtype === 'fxp') return fxp([], [(diagonal as number[]).reduce((p, q) => p + q, 0)]);
      return {
        shape: [],
        dtype,
        v: [
          wrap(
            (diagonal as bigint[]).reduce((p, q) => p + q, 0n),
            dtype,
          ),
        ],
      };
    },
    own: ADDED,
  },
};
