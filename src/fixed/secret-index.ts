/** @file Reading and writing arrays at secret indexes. */

import { add, hidden, reshape, selectSum, sub, timesInteger, view } from './basic.ts';
import { type Circuit, count, type Wire } from './circuit.ts';

const stridesOf = (shape: readonly number[]): number[] => shape.map((_, i) => count(shape.slice(i + 1)));

/** x along an axis at the places; with `ends`, negative ones count from its end. Rounds 1, bytes k/8 per element read. */
export const lookup = (c: Circuit, x: Wire, places: Wire, axis: number, ends = false): Wire => {
  const [outer, n, inner] = [count(x.shape.slice(0, axis)), x.shape[axis]!, count(x.shape.slice(axis + 1))];
  const shape = [...x.shape.slice(0, axis), ...places.shape, ...x.shape.slice(axis + 1)];
  const attrs = { outer, n, inner, m: count(places.shape), ...(ends && { ends }) };
  return c.emit('lookup', [x, hidden(c, places)], attrs, [{ shape, kind: 'ring', secret: true }])[0]!;
};

/** Bits [.., n]: which of 0 .. n-1 each number is. Rounds 1, bits n. */
export const oneHot = (c: Circuit, x: Wire, n: number): Wire =>
  c.emit('oneHot', [hidden(c, x)], { n }, [{ shape: [...x.shape, n], kind: 'bit', secret: true }])[0]!;

/**
 * x + the parts, each at its place along the first axis; places are below `width`, and those beyond the axis go. Rounds 2; bytes
 * k/8 an element of x, width/8 a place.
 */
export const scatterAdd = (c: Circuit, x: Wire, places: Wire, parts: Wire, width: number): Wire => {
  const n = x.shape[0]!;
  const m = places.shape[0]!;
  const rest = x.shape.slice(1);
  const inner = count(rest);
  const at = oneHot(c, places, width);
  const terms = Array.from({ length: m }, (_, e): [Wire, Wire] => [
    view(c, at, [n, ...rest], [1, ...rest.map(() => 0)], e * width),
    view(c, parts, [n, ...rest], [0, ...stridesOf(rest)], e * inner),
  ]);
  return m === 0 ? x : add(c, x, selectSum(c, terms));
};

/** All corners at which a block fits, and the number of a corner among them. */
const corners = (c: Circuit, shape: readonly number[], size: readonly number[], corner: readonly Wire[]) => {
  const room = shape.map((n, i) => n - size[i]! + 1);
  const strides = stridesOf(room);
  const flat = corner
    .map((i, axis) => timesInteger(c, hidden(c, i), strides[axis]!))
    .reduce((a, b) => add(c, a, b));
  return { room, flat: reshape(c, flat, [1]) };
};

/** The block of `size` at a corner that is within range. Rounds 1, bytes k/8 an element of the block. */
export const sliceAt = (c: Circuit, x: Wire, size: readonly number[], corner: readonly Wire[]): Wire => {
  if (corner.length === 0) return x;
  const { room, flat } = corners(c, x.shape, size, corner);
  const strides = stridesOf(x.shape);
  const windows = view(c, x, [...room, ...size], [...strides, ...strides]);
  return reshape(c, lookup(c, reshape(c, windows, [count(room), ...size]), flat, 0), size);
};

/** x with the block at a corner within range replaced. Rounds 2, bytes k/8 an element of x. */
export const updateAt = (c: Circuit, x: Wire, u: Wire, corner: readonly Wire[]): Wire => {
  if (corner.length === 0) return u;
  const size = u.shape;
  const { room, flat } = corners(c, x.shape, size, corner);
  if (count(size) === 0) return x;
  const at = reshape(c, oneHot(c, flat, count(room)), room);
  const base = hidden(c, x);
  // The block's element `offset` meets x at corner + offset: the corners' code, moved by the offset.
  const terms: [Wire, Wire][] = [];
  const zero = view(
    c,
    at,
    x.shape,
    x.shape.map(() => 0),
  );
  const nothing = c.emit('add', [zero, zero], {}, [zero])[0]!;
  for (let e = 0; e < count(size); e++) {
    const offset = stridesOf(size).map((s, i) => Math.floor(e / s) % size[i]!);
    const here = c.emit('update', [nothing, at], { shape: x.shape, size: room, start: offset }, [
      nothing,
    ])[0]!;
    const part = view(
      c,
      u,
      x.shape,
      x.shape.map(() => 0),
      e,
    );
    terms.push([here, sub(c, part, base)]);
  }
  return add(c, base, selectSum(c, terms));
};
