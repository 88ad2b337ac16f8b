/** @file Moving, joining, reducing and multiplying whole plain arrays. */
import { alloc, isBig, kindOf } from '../dtypes.ts';
import { type Element, elements, type Shape, sizeOf, type Tensor, type Type } from '../graph.ts';
import type { One, Plain, PlainTable } from '../plain-kernel.ts';
import { stridesOf } from '../shapes.ts';
import type { ShapeOp } from './catalogue.ts';

/** Calls `visit(flat, offset)` for each index of `shape` in row-major order; offset = base + sum index * stride. */
const walk = (
  shape: Shape,
  strides: readonly number[],
  base: number,
  visit: (flat: number, offset: number) => void,
): void => {
  const n = sizeOf(shape);
  if (n === 0) return;
  const index = new Array<number>(shape.length).fill(0);
  let offset = base;
  for (let flat = 0; flat < n; flat++) {
    visit(flat, offset);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      offset += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      offset -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
};

/** out[i] = x[base + i . strides] */
const view = (x: Tensor, out: Type, strides: readonly number[], base = 0): Tensor => {
  const data = alloc(out.dtype, sizeOf(out.shape));
  const [to, from] = [elements(data), elements(x.data)];
  walk(out.shape, strides, base, (flat, offset) => {
    to[flat] = from[offset]!;
  });
  return { shape: out.shape, dtype: out.dtype, data };
};

/** Writes `part` into `data` (of strides `strides`) from `base` on. */
const put = (data: Tensor['data'], strides: readonly number[], base: number, part: Tensor): void => {
  const [to, from] = [elements(data), elements(part.data)];
  walk(part.shape, strides, base, (flat, offset) => {
    to[offset] = from[flat]!;
  });
};

const dotOffset = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((s, x, i) => s + x * b[i]!, 0);

/** Indices clamped so that a block of `size` fits. */
const clampIndex = (shape: Shape, size: Shape, index: readonly Tensor[]): number[] =>
  index.map((t, i) => Math.min(Math.max(Number(t.data[0]!), 0), shape[i]! - size[i]!));

const matmul: Plain<'matmul'> = ([a, b], _attrs, out) => {
  const [m, k] = a.shape.slice(-2) as [number, number];
  const n = b.shape.at(-1)!;
  const data = alloc(out.dtype, sizeOf(out.shape));
  const [x, y, z] = [elements(a.data), elements(b.data), elements(data)];
  const isFloat = kindOf(out.dtype) === 'float';
  const add = (isBig(out.dtype)
    ? (s: bigint, p: bigint, q: bigint) => s + p * q
    : (s: number, p: number, q: number) => (s + Math.imul(p, q)) | 0) as unknown as (
    s: Element,
    p: Element,
    q: Element,
  ) => Element;
  const [p, q, s] = [x, y, z] as unknown as readonly [Float64Array, Float64Array, Float64Array];
  // Row by row: each element's terms come in their order. Floats are added without a call for each.
  for (let row = 0; row * n < data.length; row++)
    for (let l = 0; l < k; l++) {
      const [to, at, from] = [row * n, row * k + l, (Math.floor(row / m) * k + l) * n];
      if (isFloat) for (let j = 0; j < n; j++) s[to + j]! += p[at]! * q[from + j]!;
      else for (let j = 0; j < n; j++) z[to + j] = add(z[to + j]!, x[at]!, y[from + j]!);
    }
  return { shape: out.shape, dtype: out.dtype, data };
};

const sum: Plain<'sum'> = ([x], { axes }, out) => {
  const data = alloc(out.dtype, sizeOf(out.shape));
  const [to, from] = [elements(data), elements(x.data)];
  const kept = stridesOf(out.shape);
  let next = 0;
  const strides = x.shape.map((_, axis) => (axes.includes(axis) ? 0 : kept[next++]!));
  const add = ((a: number, b: number) => a + b) as unknown as (a: Element, b: Element) => Element;
  walk(x.shape, strides, 0, (flat, offset) => {
    to[offset] = add(to[offset]!, from[flat]!);
  });
  return { shape: out.shape, dtype: out.dtype, data };
};

/** Along {axis}: keeps the element that `better` prefers (the first among equals; NaN wins), or its position. */
const extreme =
  (better: (x: Element, y: Element) => boolean, position: boolean) =>
  ([x]: One, { axis }: { readonly axis: number }, out: Type): Tensor => {
    const n = x.shape[axis]!;
    const inner = sizeOf(x.shape.slice(axis + 1));
    const data = alloc(out.dtype, sizeOf(out.shape));
    const [to, from] = [elements(data), elements(x.data)];
    for (let flat = 0; flat < data.length; flat++) {
      const base = Math.floor(flat / inner) * n * inner + (flat % inner);
      let best = 0;
      for (let i = 1; i < n; i++) {
        const [candidate, held] = [from[base + i * inner]!, from[base + best * inner]!];
        if (Number.isNaN(held)) break;
        if (better(candidate, held) || Number.isNaN(candidate)) best = i;
      }
      to[flat] = position ? BigInt(best) : from[base + best * inner]!;
    }
    return { shape: out.shape, dtype: out.dtype, data };
  };

const larger = (x: Element, y: Element): boolean => x > y;
const smaller = (x: Element, y: Element): boolean => x < y;

const pad: Plain<'pad'> = ([x, value], { lo }, out) => {
  const data = alloc(out.dtype, sizeOf(out.shape));
  const to = elements(data);
  const fill = elements(value.data)[0]!;
  for (let i = 0; i < data.length; i++) to[i] = fill;
  const strides = stridesOf(out.shape);
  put(data, strides, dotOffset(lo, strides), x);
  return { shape: out.shape, dtype: out.dtype, data };
};

const concat: Plain<'concat'> = (ins, { axis }, out) => {
  const data = alloc(out.dtype, sizeOf(out.shape));
  const strides = stridesOf(out.shape);
  let at = 0;
  for (const part of ins) {
    put(data, strides, at * strides[axis]!, part);
    at += part.shape[axis]!;
  }
  return { shape: out.shape, dtype: out.dtype, data };
};

const gather: Plain<'gather'> = ([x], { axis, indices }, out) => {
  const n = x.shape[axis]!;
  const inner = sizeOf(x.shape.slice(axis + 1));
  const data = alloc(out.dtype, sizeOf(out.shape));
  const [to, from] = [elements(data), elements(x.data)];
  for (let flat = 0; flat < data.length; flat++) {
    const i = Math.floor(flat / inner);
    const outer = Math.floor(i / indices.length);
    to[flat] = from[(outer * n + indices[i % indices.length]!) * inner + (flat % inner)]!;
  }
  return { shape: out.shape, dtype: out.dtype, data };
};

export const PLAIN_SHAPE: PlainTable<ShapeOp> = {
  matmul,
  sum,
  max: extreme(larger, false),
  min: extreme(smaller, false),
  argmax: extreme(larger, true),
  argmin: extreme(smaller, true),
  broadcast: ([x], _attrs, out) => {
    const own = stridesOf(x.shape);
    const lead = out.shape.length - x.shape.length;
    const strides = out.shape.map((_, i) => (i < lead || x.shape[i - lead] === 1 ? 0 : own[i - lead]!));
    return view(x, out, strides);
  },
  reshape: ([x], _attrs, out) => ({ shape: out.shape, dtype: out.dtype, data: x.data }),
  transpose: ([x], { perm }, out) => {
    const own = stridesOf(x.shape);
    return view(
      x,
      out,
      perm.map((p) => own[p]!),
    );
  },
  slice: ([x], { start, step }, out) => {
    const own = stridesOf(x.shape);
    const strides = own.map((s, i) => s * step[i]!);
    return view(x, out, strides, dotOffset(start, own));
  },
  concat,
  gather,
  pad,
  dynamicSlice: ([x, ...index], { size }, out) => {
    const own = stridesOf(x.shape);
    return view(x, out, own, dotOffset(clampIndex(x.shape, size, index), own));
  },
  dynamicUpdateSlice: ([x, update, ...index], _attrs, out) => {
    const data = x.data.slice() as Tensor['data'];
    const own = stridesOf(x.shape);
    put(data, own, dotOffset(clampIndex(x.shape, update.shape, index), own), update);
    return { shape: out.shape, dtype: out.dtype, data };
  },
  const: (_ins, { value }) => value,
};
