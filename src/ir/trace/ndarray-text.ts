/** @file Arrays as text, like NumPy's `str`: brackets, aligned columns, eight digits, long axes shortened. */
import { kindOf } from '../ops/dtypes.ts';
import { sizeOf, type Tensor } from '../ops/graph.ts';
import { stridesOf } from '../ops/shapes.ts';

const THRESHOLD = 1000;
const EDGE = 3;
const DIGITS = 8;

const floatText = (x: number): string => {
  if (Number.isNaN(x)) return 'nan';
  if (!Number.isFinite(x)) return x < 0 ? '-inf' : 'inf';
  if (Number.isInteger(x) && Math.abs(x) < 1e16) return `${Object.is(x, -0) ? '-0' : x}.`;
  const size = Math.abs(x);
  return size < 1e-4 || size >= 1e16
    ? x.toExponential(DIGITS).replace(/\.?0+e/, 'e')
    : String(Number(x.toFixed(DIGITS)));
};

const elementText = (t: Tensor, i: number): string => {
  const kind = kindOf(t.dtype);
  const x = t.data[i]!;
  if (kind === 'bool') return x === 0 ? 'False' : 'True';
  return kind === 'float' ? floatText(Number(x)) : String(x);
};

/** `[[1. 2.]\n [3. 4.]]`; a scalar prints as its value. */
export const arrayText = (t: Tensor): string => {
  const short = sizeOf(t.shape) > THRESHOLD;
  const strides = stridesOf(t.shape);
  const indices = (n: number): (number | undefined)[] =>
    short && n > 2 * EDGE
      ? [
          ...Array.from({ length: EDGE }, (_, i) => i),
          undefined,
          ...Array.from({ length: EDGE }, (_, i) => n - EDGE + i),
        ]
      : Array.from({ length: n }, (_, i) => i);
  let width = 0;
  const measure = (axis: number, offset: number): void => {
    if (axis === t.shape.length) width = Math.max(width, elementText(t, offset).length);
    else
      for (const i of indices(t.shape[axis]!))
        if (i !== undefined) measure(axis + 1, offset + i * strides[axis]!);
  };
  measure(0, 0);
  const build = (axis: number, offset: number): string => {
    if (axis === t.shape.length) return elementText(t, offset).padStart(width);
    const last = axis === t.shape.length - 1;
    const parts = indices(t.shape[axis]!).map((i) =>
      i === undefined ? '...' : build(axis + 1, offset + i * strides[axis]!),
    );
    return `[${parts.join(last ? ' ' : `${'\n'.repeat(t.shape.length - 1 - axis)}${' '.repeat(axis + 1)}`)}]`;
  };
  return build(0, 0);
};
