/**
 * @file What calls on devices are given, as it is at the call: one walk finds the handles, copies data, so that later changes
 * do not matter, and refuses what cannot be copied. A function works on its party's own copy.
 */
import { fail } from '../errors.ts';
import type { TensorData } from '../ir/ops/graph.ts';
import { NDArray } from '../ir/trace/ndarray.ts';
import { currentTrace, Traced } from '../ir/trace/tracer.ts';
import { sharedTypes, typeId } from '../link/types.ts';
import { describe } from '../names.ts';
import { DeviceObject } from './objects.ts';
import { checkThere, keep } from './take.ts';

const MAX_DEPTH = 256;

/** A handle among arguments, and where it stands. */
export interface Found {
  readonly object: DeviceObject;
  readonly path: string;
}

export interface Given {
  readonly args: readonly unknown[];
  readonly found: readonly Found[];
  /** Nothing stands within anything: each argument is a handle or a value by itself. */
  readonly flat: boolean;
}

/** Functions that `alice(fn)` and `spu(fn)` gave, which are meant to be called. */
const uncalled = new WeakMap<object, string>();

export const markUncalled = <F extends object>(fn: F, name: string): F => {
  uncalled.set(fn, name);
  return fn;
};

/** Throws INVALID_ARGUMENT for a call on a device that was not made, and for devices. `what`: where it stands. */
export const checkCalled = (x: object, what: string): void => {
  const name = uncalled.get(x);
  if (name !== undefined)
    fail('INVALID_ARGUMENT', `${what} is ${name}(fn), which was not called: write ${name}(fn)(...)`);
  if ('kind' in x && (x.kind === 'PYU' || x.kind === 'SPU'))
    fail('INVALID_ARGUMENT', `${what} is a device, ${String(x)}, where a handle or data is wanted`);
};

export const isPromise = (x: unknown): x is PromiseLike<unknown> =>
  x instanceof Promise || typeof (x as { then?: unknown } | undefined | null)?.then === 'function';

export const isPlainObject = (x: object): x is Record<string, unknown> => {
  const proto: unknown = Object.getPrototypeOf(x);
  return proto === Object.prototype || proto === null;
};

/** Values that nobody can change. */
const isFixed = (x: object): boolean =>
  (typeof Blob === 'function' && x instanceof Blob) ||
  (typeof CryptoKey === 'function' && x instanceof CryptoKey);

/** The first handle among the fields of an object that is no data. */
const heldIn = (x: object): string | undefined => {
  for (const [key, value] of Object.entries(x)) if (value instanceof DeviceObject) return key;
  return undefined;
};

/** Throws INVALID_ARGUMENT for a handle in a place where handles are not looked for. */
export const checkFields = (x: object, what: string): void => {
  const key = heldIn(x);
  if (key !== undefined)
    fail(
      'INVALID_ARGUMENT',
      `${what} is ${describe(x)} with a handle in it (.${key}): handles are found in lists, plain objects, Map and Set`,
    );
};

/** A container of a class that a program has made. */
const isOfClass = (x: object): boolean => {
  const kind = Array.isArray(x) ? Array : x instanceof Map ? Map : x instanceof Set ? Set : undefined;
  return kind !== undefined && Object.getPrototypeOf(x) !== kind.prototype;
};

/** The entries of a plain object as an object of its own. */
const record = (entries: readonly (readonly [string, unknown])[]): Record<string, unknown> =>
  Object.fromEntries(entries);

class Walk {
  readonly found: Found[] = [];
  readonly #copies: boolean;
  readonly #what: string;
  /** What is no data stays as it is, and bytes stay what they are. */
  readonly #lenient: boolean;

  constructor(copies: boolean, what: string, lenient = false) {
    this.#copies = copies;
    this.#what = what;
    this.#lenient = lenient;
  }

  #name(path: string): string {
    return `${this.#what}${path}`;
  }

  value(x: unknown, path: string, depth: number): unknown {
    if (typeof x === 'function') {
      checkCalled(x, this.#name(path));
      return x;
    }
    return typeof x === 'object' && x !== null ? this.#object(x, path, depth) : x;
  }

  #object(x: object, path: string, depth: number): unknown {
    if (x instanceof DeviceObject) {
      this.found.push({ object: x, path });
      return x;
    }
    if (depth > MAX_DEPTH) fail('INVALID_ARGUMENT', `a tree is nested deeper than ${MAX_DEPTH} (a cycle?)`);
    if (this.#lenient && isOfClass(x)) return x;
    if (Array.isArray(x)) return this.#list(x, path, depth);
    if (ArrayBuffer.isView(x)) return this.#view(x, path);
    if (isPlainObject(x))
      return record(
        Object.entries(x).map(([k, v]) => [k, this.value(v, `${path}.${k}`, depth + 1)] as const),
      );
    if (x instanceof NDArray) {
      const { shape, dtype, data } = x;
      const own = this.#view(data, path);
      return own === data ? x : new NDArray(shape, dtype, own as TensorData);
    }
    if (x instanceof Map)
      return new Map(
        Array.from(x as Map<unknown, unknown>, ([k, v], i) => [
          this.value(k, `${path}.key${i}`, depth + 1),
          this.value(v, `${path}.value${i}`, depth + 1),
        ]),
      );
    if (x instanceof Set)
      return new Set(Array.from(x as Set<unknown>, (v, i) => this.value(v, `${path}.member${i}`, depth + 1)));
    return this.#other(x, path, depth);
  }

  #list(x: readonly unknown[], path: string, depth: number): unknown[] {
    const out = new Array<unknown>(x.length);
    for (let i = 0; i < x.length; i++) {
      const item = x[i];
      // Paths are for messages; a number has none.
      out[i] =
        (typeof item === 'object' && item !== null) || typeof item === 'function'
          ? this.value(item, `${path}[${i}]`, depth + 1)
          : item;
    }
    return out;
  }

  #view(x: ArrayBufferView, path: string): ArrayBufferView {
    checkThere(x, this.#name(path));
    if (!this.#copies) return x;
    const kept = keep(x, this.#name(path));
    if (kept !== undefined) return kept;
    if (x instanceof DataView) return new DataView(x.buffer.slice(x.byteOffset, x.byteOffset + x.byteLength));
    // A Buffer's own `slice` shares its memory; and parties get bytes as Uint8Array, wherever they come from.
    if (!(x instanceof Uint8Array)) return (x as TensorData).slice();
    return this.#lenient ? (Uint8Array.prototype.slice.call(x) as Uint8Array) : new Uint8Array(x);
  }

  #other(x: object, path: string, depth: number): unknown {
    const what = this.#name(path);
    if (x instanceof Date) return new Date(x.getTime());
    if (x instanceof ArrayBuffer) return x.slice(0);
    if (x instanceof RegExp) return new RegExp(x);
    if (isFixed(x) || this.#lenient) return x;
    if (isPromise(x)) fail('INVALID_ARGUMENT', `${what} is a Promise: await it before the call`);
    if (x instanceof Traced)
      fail(
        'INVALID_ARGUMENT',
        `${what} is an array of a program that is ${currentTrace() ? 'being' : ''} recorded (${x.toString()})`,
      );
    const type = sharedTypes().find(x);
    if (type !== undefined)
      return type.decode(this.value(type.encode(x), `${path}<${typeId(type)}>`, depth + 1));
    checkFields(x, what);
    return fail(
      'SERIALIZATION',
      `${what} is ${describe(x)}, which is no registered type: give data, make it known with registerType, or make it ` +
        'where it is used (sf.proxy for objects with state)',
      { path },
    );
  }
}

const isFlat = (x: unknown): boolean =>
  x instanceof DeviceObject || x === null || (typeof x !== 'object' && typeof x !== 'function');

/** Reads arguments at a call. `copies`: whether they are used here. `what`: such as `argument `. */
export const readArguments = (args: readonly unknown[], copies: boolean, what = 'argument '): Given => {
  if (args.every(isFlat)) {
    const found: Found[] = [];
    for (const [i, object] of args.entries())
      if (object instanceof DeviceObject) found.push({ object, path: `[${i}]` });
    return { args, found, flat: true };
  }
  const walk = new Walk(copies, what);
  const read = args.map((x, i) => walk.value(x, `[${i}]`, 0));
  return { args: read, found: walk.found, flat: false };
};

/** A value as it is now, whatever happens to that later; objects of classes stay the objects that they are. */
export const snapshot = (value: unknown, what: string): unknown =>
  typeof value === 'object' && value !== null ? new Walk(true, what, true).value(value, '', 0) : value;
