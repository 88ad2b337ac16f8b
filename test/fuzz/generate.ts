/** @file Random programs: inputs of every dtype, shape and magnitude, and steps whose references stay in range. */
import type { FieldName } from '../../src/ring/field.ts';
import {
  bitsOf,
  type DType,
  isInt,
  isUnsigned,
  type Num,
  Outside,
  outside,
  type Ref,
  type Spec,
  sizeOf,
  specOf,
} from './arrays.ts';
import { type Writer, writeIdiom } from './idioms.ts';
import type { Arg, Input, Kind, Lambda, Options, Program, Step } from './program.ts';
import { exact, type Given, stepReference, type Wanted } from './reference.ts';
import { Rng } from './rng.ts';
import { TABLE } from './table.ts';

const INTS = ['int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'uint64'] as const;

const FRACTIONS: Readonly<Record<FieldName, readonly number[]>> = {
  FM32: [8, 8, 6, 10],
  FM64: [18, 18, 18, 12, 20],
  FM128: [26, 26, 26, 26, 16, 20, 32, 40, 48, 8],
};

const optionsFrom = (rng: Rng, guarded = false): Options => {
  const field = rng.pick(['FM128', 'FM128', 'FM128', 'FM64', 'FM64', 'FM32'] as const);
  const fraction = rng.pick(FRACTIONS[field]);
  const costMode = rng.pick(['bandwidth', 'bandwidth', 'latency', 'auto'] as const);
  return {
    field,
    parties: rng.pick([2, 2, 2, 3, 3, 5]),
    fraction,
    costMode,
    ...(costMode === 'auto' && {
      link: { rttMs: rng.pick([0.1, 10, 100]), bandwidth: rng.pick([1e6, 1e8]) },
    }),
    ...((rng.chance(0.1) || guarded) && { rangeGuard: true }),
    ...(field === 'FM128' && rng.chance(0.2) && { truncAllowMsbError: false }),
    ...(rng.chance(0.15) && { memoryLimit: rng.pick([2000, 8000, 40000]) }),
  };
};

export const specFor = (o: Options): Spec =>
  specOf(o.field, fractionOf(o), o.rangeGuard, o.truncAllowMsbError === false || undefined);

export const fractionOf = (o: Options): number => o.fraction ?? { FM32: 8, FM64: 18, FM128: 26 }[o.field];

const matches = (dtype: DType, want: Wanted['dtype']): boolean =>
  want === undefined || want === 'any'
    ? true
    : want === 'int'
      ? isInt(dtype)
      : want === 'number'
        ? dtype !== 'bool'
        : dtype === want;

/** Elements of a lane away from each other and from 0. */
const isApart = (r: Ref): boolean => r.v.every((x) => Math.abs(Number(x)) >= 1e-3);

const fits = (r: Ref, want: Wanted): boolean =>
  matches(r.dtype, want.dtype) &&
  (want.shape === undefined || String(r.shape) === String(want.shape)) &&
  (want.rank === undefined || (r.shape.length >= want.rank[0] && r.shape.length <= want.rank[1])) &&
  (want.least === undefined || r.shape.every((n) => n >= want.least!)) &&
  (want.most === undefined || r.v.length <= want.most) &&
  (!want.whole || r.v.every((x) => Number.isInteger(Number(x)))) &&
  (!want.apart || isApart(r)) &&
  r.e.every((e) => e !== Number.POSITIVE_INFINITY) &&
  r.v.every(
    (x, i) =>
      Number(x) - r.e[i]! >= (want.lo ?? Number.NEGATIVE_INFINITY) &&
      Number(x) + r.e[i]! <= (want.hi ?? Number.POSITIVE_INFINITY),
  );

const shapeOf = (rng: Rng, want: Wanted): number[] => {
  if (want.shape) return [...want.shape];
  const [lo, hi] = want.rank ?? [0, 5];
  const least = want.least ?? 0;
  const rank = Math.min(hi, Math.max(lo, rng.pick([0, 1, 1, 1, 2, 2, 3, 4, 5])));
  const sizes = least > 0 ? [1, 2, 2, 3, 4, 5] : [0, 1, 1, 2, 2, 3, 3, 4, 5];
  const most = want.most ?? 40;
  for (let tries = 0; ; tries++) {
    const long = rank === 1 && rng.chance(0.1) ? 40 : 0;
    const shape = Array.from({ length: rank }, () =>
      Math.max(least, long || rng.pick(rank > 2 ? sizes.slice(0, -3) : sizes)),
    );
    // Empty arrays are of interest now and then.
    if (sizeOf(shape) <= most && (sizeOf(shape) > 0 || rng.chance(0.3))) return shape;
    if (tries > 20) return Array.from({ length: rank }, () => Math.max(1, least));
  }
};

const DIGITS = 2 ** 26;

/** Numbers as users have them: a few sorts of magnitude, ties, ends, zeros. */
const reals = (rng: Rng, n: number, want: Wanted, spec: Spec): number[] => {
  const [lo, hi] = [Math.max(want.lo ?? -spec.top, -spec.top), Math.min(want.hi ?? spec.top, spec.top)].map(
    (x) => x * (1 - 2 ** -20),
  ) as [number, number];
  const [least, most] = [Math.max(spec.ulp, 1e-6), Math.min(1e12, Math.max(Math.abs(lo), Math.abs(hi)))];
  const whole = rng.chance(0.1) || want.whole;
  const style = rng.int(0, 5);
  const scale = least * (most / least) ** rng.next();
  const inside = (x: number): number => {
    const y = whole ? Math.round(x) : Math.round(x / spec.ulp) * spec.ulp;
    if (y >= lo && y <= hi) return y;
    const z = Math.ceil(lo / spec.ulp) * spec.ulp;
    return -y >= lo && -y <= hi
      ? -y
      : whole
        ? Math.ceil(lo)
        : Math.min(Math.max(z + Math.round((rng.next() * Math.min(hi - z, 1)) / spec.ulp) * spec.ulp, z), hi);
  };
  const one = (): number => {
    const sign = rng.chance(0.5) ? -1 : 1;
    if (style === 0) return rng.pick([0, 1, -1, 0.5, 2, -0.5, 3, lo, hi, spec.ulp, 1.5, 2.5]);
    if (style === 1) return sign * least * (most / least) ** rng.next();
    if (style === 2) return sign * scale * (0.5 + rng.next());
    if (style === 3) return scale * (1 + 0.2 * rng.next());
    return -8 + 16 * rng.next();
  };
  return Array.from({ length: n }, () => {
    const x = inside(one());
    // float64 holds 53 bits: no reference has more.
    const y = Math.abs(x) > DIGITS ? Math.round(x) : x;
    // Secrets know one zero.
    return want.apart && Math.abs(y) < 1e-2 ? inside(Math.max(1, lo)) : y + 0;
  });
};

const wholes = (rng: Rng, n: number, dtype: DType, want: Wanted, spec: Spec): bigint[] => {
  const bits = BigInt(bitsOf(dtype));
  const [down, up] = isUnsigned(dtype)
    ? [0n, 2n ** bits - 1n]
    : [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n];
  const bound = (x: number | undefined, other: bigint): bigint =>
    x === undefined || Math.abs(x) > 2 ** 62 ? other : BigInt(Math.trunc(x));
  const least = (...xs: bigint[]): bigint => xs.reduce((a, b) => (a < b ? a : b));
  const most = (...xs: bigint[]): bigint => -least(...xs.map((x) => -x));
  const small = spec.bits === 32 ? [-(2n ** 31n), 2n ** 31n - 1n] : [down, up];
  const lo = most(bound(want.lo, down), down, small[0]!);
  const hi = least(bound(want.hi, up), up, small[1]!);
  const style = rng.int(0, 3);
  const one = (): bigint => {
    const span = hi - lo + 1n;
    if (style === 0) return [lo, hi, 0n, 1n, -1n][rng.int(0, 4)]!;
    if (style === 1 && span > 40n) return BigInt(rng.int(-10, 10));
    return lo + ((BigInt(rng.int(0, 2 ** 30)) * 2n ** 40n + BigInt(rng.int(0, 2 ** 30)) * 2n ** 10n) % span);
  };
  return Array.from({ length: n }, () => {
    const x = one();
    const y = x < lo ? lo : x > hi ? hi : x;
    return want.apart && y === 0n ? (hi > 0n ? 1n : -1n) : y;
  });
};

const dtypeFor = (rng: Rng, want: Wanted['dtype']): DType => {
  if (want === undefined || want === 'fxp') return 'fxp';
  if (want === 'int') return rng.pick(INTS);
  if (want === 'number') return rng.chance(0.6) ? 'fxp' : rng.pick(INTS);
  if (want === 'any') return rng.chance(0.5) ? 'fxp' : rng.chance(0.3) ? 'bool' : rng.pick(INTS);
  return want;
};

const inputFor = (rng: Rng, want: Wanted, spec: Spec, kind: Kind): Input => {
  const dtype = dtypeFor(rng, want.dtype);
  const shape = shapeOf(rng, want);
  const n = sizeOf(shape);
  const v: Num[] =
    dtype === 'fxp'
      ? reals(rng, n, want, spec)
      : dtype === 'bool'
        ? Array.from({ length: n }, () => rng.int(0, 1))
        : wholes(rng, n, dtype, want, spec);
  if (want.apart && want.kind === 'static') v.sort((a, b) => (a < b ? -1 : 1));
  return { shape, dtype, v, kind };
};

/** Values made so far, in the order in which they were made: inputs and steps. */
class Drawing implements Writer {
  readonly rng: Rng;
  readonly spec: Spec;
  readonly nodes: (Input | Step)[] = [];
  readonly refs: Ref[] = [];
  /** No new inputs: inside of a function. */
  readonly closed: boolean;

  constructor(rng: Rng, spec: Spec, closed = false) {
    this.rng = rng;
    this.spec = spec;
    this.closed = closed;
  }

  value(want: Wanted = {}): Given {
    const reuse = this.closed || this.rng.chance(0.6);
    if (reuse && want.kind !== 'static') {
      const found = this.refs.flatMap((r, i) => (fits(r, want) ? [i] : []));
      if (found.length > 0) {
        // What was made last most of all: programs are to be deep.
        const slot = this.rng.chance(0.5) ? found.at(-1)! : this.rng.pick(found);
        return { arg: { slot }, ref: this.refs[slot]! };
      }
    }
    if (this.closed) return outside('no such value');
    const kind =
      want.kind ??
      this.rng.pick(['secret', 'secret', 'secret', 'secret', 'secret', 'public', 'static'] as const);
    const input = inputFor(this.rng, want, this.spec, kind);
    this.nodes.push(input);
    this.refs.push({ ...exact(input), open: kind !== 'secret', raw: true });
    return { arg: { slot: this.refs.length - 1 }, ref: this.refs.at(-1)! };
  }

  lambda(params: readonly Ref[], steps: number): Lambda {
    const inner = new Drawing(this.rng, this.spec, true);
    inner.refs.push(...params);
    inner.nodes.push(...params.map(() => ({ fn: '', args: [] })));
    for (let tries = 0; tries < 30 && inner.nodes.length < params.length + steps; tries++) inner.step(SMOOTH);
    if (inner.nodes.length === params.length) outside('no function');
    return {
      params: params.length,
      steps: inner.nodes.slice(params.length) as Step[],
      out: inner.nodes.length - 1,
    };
  }

  write(step: Step): Arg {
    const ref = stepReference(TABLE, step, this.refs, [], this.spec);
    if (ref.v.length > 200) outside('too large');
    this.nodes.push(step);
    this.refs.push(ref);
    return { slot: this.refs.length - 1 };
  }

  /** Adds a step of one of these functions, if one that is tried stays in range. */
  step(from: readonly string[]): boolean {
    const fn = this.rng.pick(from);
    return this.#kept(() => this.write(TABLE[fn]!.make(this)));
  }

  /** Adds the steps of something written out. */
  idiom(): boolean {
    return this.#kept(() => writeIdiom(this));
  }

  /** Whether all that was added stays in range; else nothing was. */
  #kept(add: () => void): boolean {
    const [nodes, refs] = [this.nodes.length, this.refs.length];
    try {
      add();
      return this.nodes.length > nodes;
    } catch (e) {
      if (!(e instanceof Outside)) throw e;
      this.nodes.length = nodes;
      this.refs.length = refs;
      return false;
    }
  }

  isStep(i: number): boolean {
    return 'fn' in this.nodes[i]!;
  }
}

/** Elementwise functions that are defined everywhere. */
const SMOOTH = [
  'add',
  'multiply',
  'subtract',
  'sigmoid',
  'tanh',
  'abs',
  'maximum',
  'square',
  'negative',
  'sin',
  'nn.relu',
  'where',
  'less',
  'floor',
  'arctan',
  'sum',
  'mean',
  'sort',
  'cumsum',
  'max',
];

/** An argument with its slots renamed. */
const renamed = (arg: Arg, to: (slot: number) => number, inside = false): Arg => {
  if (Array.isArray(arg)) return arg.map((x) => renamed(x as Arg, to, inside));
  if (typeof arg !== 'object' || arg === null) return arg;
  if ('slot' in arg) return inside ? arg : { slot: to(arg.slot) };
  if ('up' in arg) return { up: to(arg.up) };
  if ('options' in arg)
    return {
      options: Object.fromEntries(Object.entries(arg.options).map(([k, x]) => [k, renamed(x, to, inside)])),
    };
  const { lambda } = arg as { lambda: Lambda };
  return { lambda: { ...lambda, steps: lambda.steps.map((s) => renamedStep(s, to, true)) } };
};

export const renamedStep = (s: Step, to: (slot: number) => number, inside = false): Step => ({
  ...s,
  args: s.args.map((a) => renamed(a, to, inside)),
  ...(s.applied && { applied: s.applied.map((a) => renamed(a, to, inside)) }),
});

const weighed = (only?: readonly string[]): string[] =>
  Object.entries(TABLE).flatMap(([name, row]) =>
    only && !only.includes(name) ? [] : Array<string>(Math.round(20 * (row.weight ?? 1))).fill(name),
  );

const ALL = weighed();
/** How often a step is several, which write a function out. */
const IDIOM = 0.03;

/** The program of a seed. `only`: of these functions alone. `guarded`: with a range guard. */
export const generate = (seed: number, only?: readonly string[], guarded = false): Program | undefined => {
  const rng = new Rng(seed);
  const options = optionsFrom(rng, guarded);
  const d = new Drawing(rng, specFor(options));
  const want = rng.pick([1, 1, 2, 2, 3, 4, 5, 7]);
  const names = only ? weighed(only) : ALL;
  for (let made = 0, tries = 0; made < want && tries < 40; tries++)
    if (!only && rng.chance(IDIOM) ? d.idiom() : d.step(names)) made++;
  const steps = d.nodes.flatMap((_, i) => (d.isStep(i) ? [i] : []));
  if (steps.length === 0) return undefined;
  const inputs = d.nodes.flatMap((_, i) => (d.isStep(i) ? [] : [i]));
  const order = [...inputs, ...steps];
  const to = (slot: number): number => order.indexOf(slot);
  const shown = steps.filter((i) => i === steps.at(-1) || rng.chance(0.4));
  return {
    inputs: inputs.map((i) => d.nodes[i] as Input),
    steps: steps.map((i) => renamedStep(d.nodes[i] as Step, to)),
    outs: shown.map(to),
    options,
  };
};
