/**
 * @file Operations that need no message: linear in the secrets, they act on c, on the shares of r and, at the
 * dealer, on r alike. One definition serves parties and dealer. Rounds 0, bytes 0.
 */

import { add as addInto, subtract as subtractInto } from '../dealer/group.ts';
import type { Scratch } from '../dealer/scratch.ts';
import type { AnyArray as Arr, Bits, RingArray } from '../ring/array.ts';
import { ringOf, type Value } from './gate.ts';
import { latticeOf } from './lattice.ts';
import { type MatmulShape, matmulInto } from './multiply.ts';
import type { Pausable } from './pausable.ts';

/** A local op, at once or in stretches. */
export type Local<A = object> = (s: Scratch, ins: readonly Value[], attrs: A) => Value | Pausable<Value>;

/** Whether a value has c here: always at a party; at the dealer only if it is public. */
const part = (c: Arr | undefined, r: Arr | undefined): Value => ({ ...(c && { c }), ...(r && { r }) });

const like = (s: Scratch, a: Arr): Arr =>
  a.kind === 'bits' ? s.bits(a.length, a.planes) : a.kind === 'ring' ? s.words(a.length) : s.bytes(a.length);

/** A linear map, applied to whatever parts are here. */
const linear =
  <A = object>(map: (s: Scratch, a: Arr, attrs: A) => Arr): Local<A> =>
  (s, [x], attrs) =>
    part(x!.c && map(s, x!.c, attrs), x!.r && map(s, x!.r, attrs));

/** Secret times public: the public operand's c acts on both parts. */
const byPublic =
  (map: (s: Scratch, a: RingArray, p: RingArray) => RingArray): Local =>
  (s, [x, p]) =>
    part(x!.c && map(s, ringOf(x!.c), ringOf(p!.c)), x!.r && map(s, ringOf(x!.r), ringOf(p!.c)));

const add: Local = (s, [x, y]) => {
  const sum = (a: Arr, b: Arr): Arr => {
    const out = like(s, a);
    addInto(s.ring, out, a, b);
    return out;
  };
  return part(x!.c && y!.c && sum(x!.c, y!.c), x!.r && y!.r ? sum(x!.r, y!.r) : (x!.r ?? y!.r));
};

const negated = (s: Scratch, a: Arr): Arr => {
  if (a.kind !== 'ring') return a;
  const out = s.words(a.length);
  s.ring.neg(out, a);
  return out;
};

const sub: Local = (s, [x, y]) => {
  const difference = (a: Arr, b: Arr): Arr => {
    const out = like(s, a);
    subtractInto(s.ring, out, a, b);
    return out;
  };
  const r = x!.r && y!.r ? difference(x!.r, y!.r) : (x!.r ?? (y!.r && negated(s, y!.r)));
  return part(x!.c && y!.c && difference(x!.c, y!.c), r);
};

export interface NumberAttrs {
  /** A public number, which is encoded with `fraction` bits. */
  readonly value: number;
  readonly fraction: number;
}

/** A public number in every place. */
const filled: Local<NumberAttrs & { readonly shape: readonly number[] }> = (s, _, attrs) => {
  const out = s.words(attrs.shape.reduce((x, y) => x * y, 1));
  s.ring.fill(out, attrs.value, attrs.fraction);
  return { c: out };
};

/** x + a public number. */
const addNumber: Local<NumberAttrs> = (s, [x], { value, fraction }) => {
  if (!x!.c) return x!;
  const out = s.words(x!.c.length);
  s.ring.addNumber(out, ringOf(x!.c), value, fraction);
  return part(out, x!.r);
};

/** x times a public whole number. */
const mulInteger = linear<{ readonly factor: number }>((s, a, { factor }) => {
  const out = s.words(a.length);
  s.ring.mulInteger(out, ringOf(a), factor);
  return out;
});

/** Bitwise not: flips c alone (a public bit in both roles). */
const not: Local = (s, [x]) => {
  if (!x!.c) return { r: x!.r! };
  const c = s.bits(x!.c.length);
  s.ring.not(c, x!.c as Bits);
  return part(c, x!.r);
};

/** Arithmetic shift of a public value; masked ones are truncated by a gate. */
const shiftPublic: Local<{ readonly trunc: number }> = (s, [x], { trunc }) => {
  const out = s.words(x!.c!.length);
  s.ring.sar(out, ringOf(x!.c), trunc);
  return { c: out };
};

export interface ViewAttrs {
  readonly shape: readonly number[];
  /** Of the source, in elements; 0 repeats, negative reverses. */
  readonly strides: readonly number[];
  readonly offset: number;
}

const contiguous = (shape: readonly number[]): number[] => {
  const strides = new Array<number>(shape.length);
  for (let i = shape.length - 1, step = 1; i >= 0; step *= shape[i]!, i--) strides[i] = step;
  return strides;
};

/** Broadcast, transpose, slice, reverse: a strided copy. */
const view = linear<ViewAttrs>((s, a, { shape, strides, offset }) => {
  const n = shape.reduce((x, y) => x * y, 1);
  const out = a.kind === 'bits' ? s.bits(n, a.planes) : s.words(n);
  if (n > 0) s.ring.strided(out, 0, contiguous(shape), a as RingArray, offset, strides, shape);
  return out;
});

export interface ConcatAttrs {
  readonly outer: number;
  readonly widths: readonly number[];
}

/** Concatenation: every operand is [outer, its width], the result [outer, sum of widths]. */
const concat: Local<ConcatAttrs> = (s, ins, { outer, widths }) => {
  const total = widths.reduce((a, b) => a + b, 0);
  const join = (parts: readonly (Arr | undefined)[]): Arr => {
    const bits = parts.find((a) => a)!.kind === 'bits';
    const out = bits ? s.bits(outer * total) : s.words(outer * total);
    if (parts.includes(undefined)) s.ring.zero(out);
    let at = 0;
    parts.forEach((a, i) => {
      const w = widths[i]!;
      if (a && w * outer > 0) s.ring.strided(out, at, [total, 1], a as RingArray, 0, [w, 1], [outer, w]);
      at += w;
    });
    return out;
  };
  const cs = ins.map((v) => v.c);
  const rs = ins.map((v) => v.r);
  return part(cs.every((c) => c) ? join(cs) : undefined, rs.some((r) => r) ? join(rs) : undefined);
};

export interface GatherAttrs {
  readonly outer: number;
  readonly axis: number;
  readonly inner: number;
  readonly indices: readonly number[];
}

/** dst[o, i, :] = src[o, indices[i], :] for src of shape [outer, axis, inner]. */
const gather = linear<GatherAttrs>((s, a, { outer, axis, inner, indices }) => {
  const n = outer * indices.length * inner;
  const out = a.kind === 'bits' ? s.bits(n, a.planes) : s.words(n);
  const { starts, sizes, steps } = latticeOf(indices);
  const each = sizes.reduce((all, size) => all * size, inner);
  const shape = [outer, ...sizes, inner];
  const to = [indices.length * inner, ...contiguous([...sizes, inner])];
  const from = [axis * inner, ...steps.map((step) => step * inner), 1];
  starts.forEach((start, i) => {
    s.ring.strided(out, i * each, to, a as RingArray, start * inner, from, shape);
  });
  return out;
});

export interface UpdateAttrs {
  readonly shape: readonly number[];
  readonly size: readonly number[];
  readonly start: readonly number[];
}

/** A copy of x with a block of it replaced by u. */
const update: Local<UpdateAttrs> = (s, [x, u], { shape, size, start }) => {
  const strides = contiguous(shape);
  const at = start.reduce((sum, i, axis) => sum + i * strides[axis]!, 0);
  const put = (a: Arr | undefined, b: Arr | undefined): Arr | undefined => {
    const model = a ?? b;
    if (!model) return undefined;
    const n = shape.reduce((p, q) => p * q, 1);
    const m = size.reduce((p, q) => p * q, 1);
    const out = model.kind === 'bits' ? s.bits(n) : s.words(n);
    if (a) s.ring.copy(out, a);
    else s.ring.zero(out);
    const zeros = (): Arr => {
      const z = model.kind === 'bits' ? s.bits(m) : s.words(m);
      s.ring.zero(z);
      return z;
    };
    if (m > 0) s.ring.strided(out, at, strides, (b ?? zeros()) as RingArray, 0, contiguous(size), size);
    return out;
  };
  return part(x!.c && u!.c ? put(x!.c, u!.c) : undefined, put(x!.r, u!.r));
};

export type SumAttrs = Omit<GatherAttrs, 'indices'>;

const sum = linear<SumAttrs>((s, a, { outer, axis, inner }) => {
  const out = s.words(outer * inner);
  s.ring.sumAxis(out, ringOf(a), outer, axis, inner);
  return out;
});

const scalarOrFull = (s: Scratch, a: RingArray, p: RingArray): RingArray => {
  const out = s.words(a.length);
  if (p.length === 1 && a.length !== 1) s.ring.mulScalar(out, a, p);
  else s.ring.mul(out, a, p);
  return out;
};

/** A product of matrices, one of them public. */
const matmulBy = (
  multiply: (s: Scratch, out: RingArray, a: RingArray, p: RingArray, shape: MatmulShape) => Pausable<void>,
): Local<MatmulShape> =>
  function* (s, [x, p], shape) {
    const parts: { c?: RingArray; r?: RingArray } = {};
    for (const part of ['c', 'r'] as const) {
      const a = x![part];
      if (!a) continue;
      const out = s.words(shape.batch * shape.m * shape.n);
      if (a.zero) s.ring.zero(out);
      else yield* multiply(s, out, ringOf(a), ringOf(p!.c), shape);
      parts[part] = out;
    }
    return parts;
  };

/** Bits and a public bit plane. */
const andPublic: Local = (s, [x, p]) => {
  const masked = (a: Arr): Arr => {
    const out = s.bits(a.length);
    s.ring.and(out, a as Bits, p!.c as Bits);
    return out;
  };
  return part(x!.c && masked(x!.c), x!.r && masked(x!.r));
};

/** The same elements in another shape. */
const reshape: Local<{ readonly shape?: readonly number[] }> = (_, [x]) => x!;

/** All local ops by name. */
const locals = {
  add,
  sub,
  not,
  filled,
  addNumber,
  mulInteger,
  shiftPublic,
  view,
  concat,
  gather,
  update,
  sum,
  neg: linear<object>(negated),
  /** Secret times public, the public one of the same length or one element. */
  mulPublic: byPublic(scalarOrFull),
  /** Secret (m,k) times public (k,n). */
  matmulPublic: matmulBy((s, out, a, p, shape) => matmulInto(s, out, a, p, shape, false)),
  /** Public (m,k) times secret (k,n). */
  publicMatmul: matmulBy((s, out, a, p, shape) => matmulInto(s, out, p, a, shape, false)),
  andPublic,
  reshape,
} as const satisfies Readonly<Record<string, Local<never>>>;

/** Names of local ops, and the attributes of each. */
export type LocalName = keyof typeof locals;
export type LocalAttrs<K extends LocalName> = Parameters<(typeof locals)[K]>[2];

/** All names. */
export const LOCAL_NAMES = Object.keys(locals) as readonly LocalName[];

/** The local op of a node of a lowered graph; undefined for another op. */
export const localOf = (op: string): Local<object> | undefined =>
  Object.hasOwn(locals, op) ? (locals[op as LocalName] as Local<never> as Local<object>) : undefined;
