/** @file Trees of arguments and results: finding the device objects in them, and reading arrays out of plain data. */
import { fail, TesseraError } from '../errors.ts';
import type { Tensor, Type } from '../ir/ops/graph.ts';
import { type ArrayInput, BaseArray } from '../ir/trace/array.ts';
import { isTensor, NDArray } from '../ir/trace/ndarray.ts';
import { flatten, type TreeDef } from '../ir/trace/pytree.ts';
import { describe } from '../names.ts';
import type { Field } from '../ring/field.ts';
import * as math from '../ring/math/index.ts';
import { checkCalled, checkFields, type Found, isPlainObject, isPromise } from './arguments.ts';
import { placeOf, unravel } from './element-place.ts';
import { DeviceObject } from './objects.ts';

const MAX_DEPTH = 256;

/** The device objects of a tree, with where they stand. Throws INVALID_ARGUMENT where they cannot be found, or are none yet. */
export const deviceObjects = (tree: unknown): Found[] => {
  const found: Found[] = [];
  mapDevice(tree, (object, path) => {
    found.push({ object, path });
    return object;
  });
  return found;
};

const nameOf = (path: string): string => (path === '' ? 'this' : path);

/**
 * The tree with each device object replaced, also in Map and Set. Containers are new, so that they may change afterwards;
 * other values are not copied. `more`: handles that stand behind what is none itself.
 */
export const mapDevice = (
  tree: unknown,
  change: (object: DeviceObject, path: string) => unknown,
  more: (x: object) => readonly DeviceObject[] | undefined = () => undefined,
): unknown => {
  const walk = (x: unknown, path: string, depth: number): unknown => {
    if (typeof x === 'function') checkCalled(x, nameOf(path));
    if (typeof x !== 'object' || x === null) return x;
    if (x instanceof DeviceObject) return change(x, path);
    const others = more(x);
    if (others) return others.map((o) => change(o, path));
    if (depth > MAX_DEPTH) fail('INVALID_ARGUMENT', `a tree is nested deeper than ${MAX_DEPTH} (a cycle?)`);
    if (Array.isArray(x)) {
      const out = new Array<unknown>(x.length);
      for (let i = 0; i < x.length; i++) {
        const item: unknown = x[i];
        const leaf = (typeof item !== 'object' || item === null) && typeof item !== 'function';
        out[i] = leaf ? item : walk(item, `${path}[${i}]`, depth + 1);
      }
      return out;
    }
    if (x instanceof BaseArray || ArrayBuffer.isView(x)) return x;
    if (isPlainObject(x))
      return Object.fromEntries(Object.entries(x).map(([k, v]) => [k, walk(v, `${path}.${k}`, depth + 1)]));
    if (x instanceof Map)
      return new Map(
        Array.from(x as Map<unknown, unknown>, ([k, v], i) => [
          walk(k, `${path}.key${i}`, depth + 1),
          walk(v, `${path}.value${i}`, depth + 1),
        ]),
      );
    if (x instanceof Set)
      return new Set(Array.from(x as Set<unknown>, (v, i) => walk(v, `${path}.member${i}`, depth + 1)));
    if (isPromise(x)) fail('INVALID_ARGUMENT', `${nameOf(path)} is a Promise: await it first`);
    checkFields(x, nameOf(path));
    return x;
  };
  return walk(tree, '', 0);
};

const isPrimitive = (x: unknown): boolean =>
  typeof x === 'number' || typeof x === 'boolean' || typeof x === 'bigint';

/** A nested list of numbers is one array; a list that holds arrays or objects is a tree. */
const isNumberList = (x: unknown): boolean =>
  Array.isArray(x) && x.every((item) => isPrimitive(item) || isNumberList(item));

const isArrayLike = (x: unknown): boolean =>
  x instanceof BaseArray || isTensor(x) || ArrayBuffer.isView(x) || isNumberList(x);

/** A list of numbers as an array; anything else as it is. */
export const arrayOf = (x: unknown): unknown => (isNumberList(x) ? NDArray.from(x as ArrayInput) : x);

/** Throws DTYPE for a gap (null, undefined) in a list of numbers, which no array has a place for. */
export const checkGaps = (x: unknown, path = '', what = place): void => {
  if (!Array.isArray(x)) {
    if (typeof x === 'object' && x !== null && isPlainObject(x))
      for (const [k, v] of Object.entries(x)) checkGaps(v, `${path}.${k}`, what);
    return;
  }
  const gap = x.findIndex((item) => item === null || item === undefined);
  if (
    gap >= 0 &&
    x.every((item) => item === null || item === undefined || isPrimitive(item) || Array.isArray(item))
  )
    fail(
      'DTYPE',
      `${what(`${path}[${gap}]`)} is ${x[gap] === null ? 'null' : 'undefined'}, not a number: clean the data first ` +
        '(drop it, or put a number in its place)',
      { path: `${path}[${gap}]` },
    );
  for (let i = 0; i < x.length; i++) if (typeof x[i] === 'object') checkGaps(x[i], `${path}[${i}]`, what);
};

const place = (path: string): string => (path === '' ? 'the value' : `the value at ${path}`);

/** The arrays of a tree of plain data. Throws SHAPE, DTYPE or INVALID_ARGUMENT with the path of what is none. */
export const arraysOf = (tree: unknown): { def: TreeDef; arrays: NDArray[]; paths: string[] } => {
  checkGaps(tree);
  const { leaves, paths, def } = flatten(tree, isArrayLike);
  const arrays = leaves.map((leaf, i) => {
    const path = paths[i]!;
    if (!isArrayLike(leaf) && !isPrimitive(leaf))
      fail('DTYPE', `${place(path)} is ${describe(leaf)}: an SPU takes numbers and arrays of numbers`, {
        path,
      });
    if (isTensor(leaf) || leaf instanceof NDArray || !(leaf instanceof BaseArray)) return located(leaf, path);
    return fail('INVALID_ARGUMENT', `${place(path)} is an array of a program that is being recorded`, {
      path,
    });
  });
  return { def, arrays, paths };
};

/** What enters an SPU is secret; an array without elements hides nothing. */
export const entering = ({ shape, dtype, size }: NDArray): Type => ({ shape, dtype, secret: size > 0 });

const located = (leaf: unknown, path: string): NDArray => {
  try {
    return NDArray.from(leaf as ArrayInput);
  } catch (e) {
    if (!(e instanceof TesseraError) || path === '') throw e;
    throw new TesseraError(e.code, `${place(path)}: ${e.message}`, { ...e.info, path }, e);
  }
};

/**
 * Throws RANGE when a number of `t` has no place in the field, or raw ones reach 2^bits: before anything is sent, and without showing the number.
 */
export const checkRange = (
  t: Tensor,
  field: Field,
  fraction: number,
  what: string,
  bits = field.bits - 1,
): void => {
  const bad = t.dtype === 'fxp' ? badReal(t, field, fraction, bits) : badInteger(t, field);
  if (bad === undefined) return;
  const index = unravel(bad.index, t.shape);
  fail(
    'RANGE',
    `${what}: cannot encode ${bad.kind}${placeOf(bad.index, t.shape)}: ${bad.holds}; clean or scale the data first`,
    {
      index,
      field: field.name,
      fraction,
    },
  );
};

interface Bad {
  readonly index: number;
  readonly kind: string;
  readonly holds: string;
}

const badReal = ({ data }: Tensor, field: Field, fraction: number, bits: number): Bad | undefined => {
  const exponent = bits - fraction;
  const limit = math.pow2(exponent);
  const guard = bits < field.bits - 2 ? ' and a range guard' : '';
  const holds = `${field.name} with ${fraction} fraction bits${guard} holds finite numbers x with |x| < 2^${exponent}`;
  const values = data as Float64Array;
  for (let index = 0; index < values.length; index++) {
    const x = values[index]!;
    if (Math.abs(x) < limit) continue;
    const kind = Number.isNaN(x) ? 'NaN' : Number.isFinite(x) ? 'a number out of range' : 'an infinity';
    return { index, kind, holds };
  }
  return undefined;
};

const badInteger = ({ data, dtype }: Tensor, field: Field): Bad | undefined => {
  if (dtype === 'bool' || field.bits !== 32 || data.BYTES_PER_ELEMENT < 4) return undefined;
  for (let index = 0; index < data.length; index++) {
    const x = Number(data[index]);
    if (x < -math.pow2(31) || x >= math.pow2(31))
      return {
        index,
        kind: 'an integer out of range',
        holds: 'FM32 holds integers x with -2^31 <= x < 2^31',
      };
  }
  return undefined;
};
