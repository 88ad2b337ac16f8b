/** @file Functions of functions: loops, branches, batches, gradients. References run the function's own references. */
import { lanesOf, type Num, outside, type Ref, type Spec, sizeOf } from './arrays.ts';
import type { Arg, Lambda, Step } from './program.ts';
import { exact, type Gen, type RefFn, type Row, type Table } from './reference.ts';
import { call, numbers } from './rows.ts';

const one = (fn: unknown, ...xs: Ref[]): Ref => (fn as RefFn)(...xs)[0]!;

/** Parts along the first axis. */
const rows = (r: Ref): Ref[] => {
  const shape = r.shape.slice(1);
  const n = sizeOf(shape);
  return Array.from({ length: r.shape[0]! }, (_, i) => ({
    shape,
    dtype: r.dtype,
    v: r.v.slice(i * n, (i + 1) * n),
    e: r.e.slice(i * n, (i + 1) * n),
  }));
};

const stacked = (list: readonly Ref[]): Ref => {
  const [first] = list;
  if (first === undefined) return outside('no rows');
  if (list.some((r) => String(r.shape) !== String(first.shape) || r.dtype !== first.dtype))
    outside('rows differ');
  return {
    shape: [list.length, ...first.shape],
    dtype: first.dtype,
    v: list.flatMap((r) => r.v),
    e: list.flatMap((r) => r.e),
  };
};

const number = (v: Num, dtype: Ref['dtype'] = 'fxp'): Ref => exact({ shape: [], dtype, v: [v] });

const lambda = (l: Lambda): Arg => ({ lambda: l });

/** Real arrays of moderate size, whose powers stay in range. */
const moderate = { dtype: 'fxp', lo: -4, hi: 4 } as const;
const vector = { ...moderate, rank: [1, 2], least: 1, most: 6 } as const;

/** A smooth function of a scalar, made by hand: one name each for gradients to chain. */
const SMOOTH: readonly (readonly [fn: string, f: (x: number) => number, d: (x: number) => number])[] = [
  ['sigmoid', (x) => 1 / (1 + Math.exp(-x)), (x) => Math.exp(-x) / (1 + Math.exp(-x)) ** 2],
  ['tanh', Math.tanh, (x) => 1 - Math.tanh(x) ** 2],
  ['exp', Math.exp, Math.exp],
  ['square', (x) => x * x, (x) => 2 * x],
  ['sin', Math.sin, Math.cos],
  ['cos', Math.cos, (x) => -Math.sin(x)],
  ['nn.softplus', (x) => Math.log1p(Math.exp(x)), (x) => 1 / (1 + Math.exp(-x))],
  ['negative', (x) => -x, () => -1],
  ['arctan', Math.atan, (x) => 1 / (1 + x * x)],
  ['arcsinh', Math.asinh, (x) => 1 / Math.sqrt(1 + x * x)],
];

/** d/dx of sum(w f(g(x))), where w is captured. */
const gradOf = (g: Gen): { l: Lambda; x: Arg } => {
  const x = g.value(vector);
  const w = g.value({ ...moderate, shape: x.ref.shape });
  const [f, inner] = [g.rng.pick(SMOOTH), g.rng.pick(SMOOTH)];
  const steps: Step[] = [
    call(inner[0], { slot: 0 }),
    call(f[0], { slot: 1 }),
    call('multiply', { slot: 2 }, { up: w.arg.slot }),
    call('sum', { slot: 3 }),
  ];
  return { l: { params: 1, steps, out: 4 }, x: x.arg };
};

/** The value and the slope of a function of references, by differences of its plain values: central, and halved once. */
const slopes = (fn: RefFn, x: Ref, s: Spec): { value: Ref; slope: Ref } => {
  const at = (i: number, by: number): number => {
    const v = x.v.map((y, k) => (k === i ? (y as number) + by : y));
    return fn(exact({ ...x, v }))[0]!.v[0] as number;
  };
  const difference = (i: number, h: number): number => (at(i, h) - at(i, -h)) / (2 * h);
  const h = 1e-3;
  const made = x.v.map((_, i) => {
    const [coarse, fine] = [difference(i, h), difference(i, h / 2)];
    const step = Math.max(x.e[i]!, 4 * s.ulp);
    // How the slope moves with x.
    const bend = Math.abs(at(i, h) - 2 * at(i, 0) + at(i, -h)) / (h * h);
    return { slope: (4 * fine - coarse) / 3, e: Math.abs(fine - coarse) + 4 * bend * step };
  });
  const others = x.e.reduce((a, b) => Math.max(a, b), 0);
  return {
    value: fn(x)[0]!,
    slope: {
      ...x,
      v: made.map((m) => m.slope),
      e: made.map((m) => m.e + 64 * (s.goal + s.ulp + others) * Math.max(1, Math.abs(m.slope)) * 64),
    },
  };
};

const steepest = 60;
const gradients = (name: string, results: (value: Ref, slope: Ref) => Ref[], pick: number): Row => ({
  make: (g) => {
    const { l, x } = gradOf(g);
    const step: Step = { fn: name, args: [lambda(l)], applied: [x] };
    return pick > 1 ? { ...step, pick: g.rng.int(0, pick - 1) } : step;
  },
  ref: ([fn, x], s) => {
    const { value, slope } = slopes(fn as RefFn, x as Ref, s);
    if (numbers(slope).some((v) => Math.abs(v) > steepest)) outside('too steep');
    return results(value, slope);
  },
});

const iterated = (name: string): Row => ({
  make: (g) => {
    const x = g.value({ ...moderate, rank: [0, 2], most: 6 });
    const turns = g.rng.int(0, 4);
    // The counter is the first parameter, and is not used by smooth steps.
    const body = g.lambda([number(0n, 'int64'), x.ref], g.rng.int(1, 2));
    return call(name, 0, turns, lambda(body), x.arg);
  },
  ref: ([from, to, fn, x]) => {
    let carry = x as Ref;
    for (let i = from as number; i < (to as number); i++) {
      const next = one(fn, number(BigInt(i), 'int64'), carry);
      if (String(next.shape) !== String(carry.shape) || next.dtype !== carry.dtype)
        outside('the carry changes');
      carry = next;
    }
    return carry;
  },
});

const chosen = (name: string, index: (g: Gen) => Arg, which: (r: Ref) => number, branches: number): Row => ({
  make: (g) => {
    const x = g.value({ ...moderate, rank: [0, 2], most: 6 });
    const list = Array.from({ length: branches }, () => lambda(g.lambda([x.ref], 1)));
    return name === 'cond' ? call(name, index(g), ...list, x.arg) : call(name, index(g), list, x.arg);
  },
  ref: (args) => {
    const condition = args[0] as Ref;
    if (condition.e[0] !== 0) outside('either branch');
    const x = args.at(-1) as Ref;
    const list = args.slice(1, -1).flat() as RefFn[];
    const all = list.map((fn) => one(fn, x));
    if (all.some((r) => String(r.shape) !== String(all[0]!.shape) || r.dtype !== all[0]!.dtype))
      outside('branches differ');
    return all[which(condition)]!;
  },
});

const lanes = (x: Ref, axis: number): Ref[] =>
  lanesOf(x.shape, [axis]).places.map((l) => ({
    shape: [l.length],
    dtype: x.dtype,
    v: l.map((i) => x.v[i]!),
    e: l.map((i) => x.e[i]!),
  }));

export const FUNCTIONS: Table = {
  vmap: {
    weight: 3,
    make: (g) => {
      const x = g.value(vector);
      const row = { ...x.ref, ...rows(x.ref)[0]! };
      return { fn: 'vmap', args: [lambda(g.lambda([row], g.rng.int(1, 3)))], applied: [x.arg] };
    },
    ref: ([fn, x]) => stacked(rows(x as Ref).map((r) => one(fn, r))),
  },
  vectorize: {
    make: (g) => {
      const x = g.value({ ...moderate, rank: [0, 2], least: 1, most: 6 });
      return {
        fn: 'vectorize',
        args: [lambda(g.lambda([number(x.ref.v[0]!)], g.rng.int(1, 2)))],
        applied: [x.arg],
      };
    },
    ref: ([fn, given]) => {
      const x = given as Ref;
      const all = x.v.map((v, i) => one(fn, { shape: [], dtype: x.dtype, v: [v], e: [x.e[i]!] }));
      if (all.some((r) => r.shape.length > 0)) outside('more than a number');
      return {
        ...x,
        dtype: all[0]?.dtype ?? x.dtype,
        v: all.map((r) => r.v[0]!),
        e: all.map((r) => r.e[0]!),
      };
    },
  },
  map: {
    make: (g) => {
      const x = g.value(vector);
      return call('map', lambda(g.lambda([rows(x.ref)[0]!], g.rng.int(1, 2))), x.arg);
    },
    ref: ([fn, x]) => stacked(rows(x as Ref).map((r) => one(fn, r))),
  },
  fori: iterated('fori'),
  foriLoop: iterated('foriLoop'),
  scan: {
    make: (g) => {
      const xs = g.value(vector);
      const carry = g.value({ ...moderate, shape: xs.ref.shape.slice(1) });
      const steps = [call('add', { slot: 0 }, { slot: 1 }), call('multiply', { slot: 1 }, { slot: 1 })];
      const fn: Lambda = {
        params: 2,
        steps,
        out: g.rng.pick([
          [2, 3],
          [2, 2],
          [1, 0],
        ]),
      };
      return { ...call('scan', lambda(fn), carry.arg, xs.arg), pick: g.rng.int(0, 1) };
    },
    ref: ([fn, init, xs]) => {
      let carry = init as Ref;
      const ys: Ref[] = [];
      for (const row of rows(xs as Ref)) {
        const [next, y] = (fn as RefFn)(carry, row);
        carry = next!;
        ys.push(y!);
      }
      return [carry, stacked(ys)];
    },
  },
  cond: chosen(
    'cond',
    (g) => g.value({ dtype: 'bool', shape: [] }).arg,
    (r) => (r.v[0] ? 0 : 1),
    2,
  ),
  switchCase: chosen(
    'switchCase',
    (g) => g.value({ dtype: 'int32', shape: [], lo: 0, hi: 2 }).arg,
    (r) => {
      const i = Number(r.v[0]);
      return i < 0 || i > 2 ? outside('no such branch') : i;
    },
    3,
  ),
  whileRevealed: {
    weight: 0.5,
    make: (g) => {
      const x = g.value({ dtype: 'fxp', shape: [], lo: 1, hi: 40 });
      const goes: Lambda = { params: 1, steps: [call('less', { slot: 0 }, g.rng.pick([8.3, 20.7]))], out: 1 };
      const body: Lambda = { params: 1, steps: [call('multiply', { slot: 0 }, 2)], out: [1] };
      return { ...call('whileRevealed', lambda(goes), lambda(body), [x.arg]), pick: 0 };
    },
    ref: ([goes, body, init]) => {
      let carry = (init as Ref[])[0]!;
      if ((carry.v[0] as number) < 0.5) outside('never ends');
      for (;;) {
        const holds = one(goes, carry);
        if (holds.e[0] !== 0) outside('either way');
        if (!holds.v[0]) return carry;
        carry = one(body, carry);
      }
    },
  },
  applyAlongAxis: {
    make: (g) => {
      const x = g.value({ ...moderate, rank: [1, 2], least: 1, most: 6 });
      const axis = g.rng.int(0, x.ref.shape.length - 1);
      return call('applyAlongAxis', lambda(g.lambda([lanes(x.ref, axis)[0]!], 1)), axis, x.arg);
    },
    ref: ([fn, axis, given]) => {
      const x = given as Ref;
      const at = axis as number;
      const all = lanes(x, at).map((l) => one(fn, l));
      if (all.some((r) => r.shape.length !== 1 || r.shape[0] !== x.shape[at]))
        outside('lanes of another length');
      const v: Num[] = Array(x.v.length);
      const e: number[] = Array(x.v.length);
      lanesOf(x.shape, [at]).places.forEach((l, k) => {
        for (const [j, i] of l.entries()) {
          v[i] = all[k]!.v[j]!;
          e[i] = all[k]!.e[j]!;
        }
      });
      return { ...x, dtype: all[0]?.dtype ?? x.dtype, v, e };
    },
  },
  applyOverAxes: {
    weight: 0.3,
    make: (g) => {
      const x = g.value({ ...moderate, rank: [2, 2], least: 1, most: 6 });
      return call(
        'applyOverAxes',
        lambda({ params: 1, steps: [call('multiply', { slot: 0 }, { slot: 0 })], out: 1 }),
        x.arg,
        [0, 1],
      );
    },
    ref: ([fn, x]) => one(fn, one(fn, x as Ref)),
  },
  piecewise: {
    make: (g) => {
      const x = g.value(vector);
      const c = g.value({ dtype: 'bool', shape: x.ref.shape });
      return call('piecewise', x.arg, [c.arg], [lambda(g.lambda([x.ref], 1)), 2]);
    },
    ref: ([given, conditions, choices]) => {
      const x = given as Ref;
      const c = (conditions as Ref[])[0]!;
      const y = one((choices as unknown[])[0], x);
      if (String(y.shape) !== String(x.shape) || y.dtype !== 'fxp') outside('another shape');
      return {
        ...y,
        v: y.v.map((v, i) => (c.v[i] ? v : 2)),
        e: y.e.map((e, i) => (c.e[i]! > 0 ? Number.POSITIVE_INFINITY : c.v[i] ? e : 0)),
      };
    },
  },
  grad: { ...gradients('grad', (_, slope) => [slope], 1), weight: 3 },
  valueAndGrad: gradients('valueAndGrad', (value, slope) => [value, slope], 2),
};
