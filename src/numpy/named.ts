/**
 * @file `np` as programs have it: an unknown name is an error that says the nearest known one, arguments are held against parameters, and
 * what is asked for by name is told from what np's own functions make on their way, so that an unused condition is found (ir/trace/conditions.ts).
 */
import { fail } from '../errors.ts';
import { condition } from '../ir/trace/tracer.ts';
import { nearest } from '../names.ts';
import { mayBeMissing } from '../unknown-names.ts';
import { checkerOf } from './arguments.ts';

type AnyFunction = (...args: unknown[]) => unknown;

const told = (path: string, fn: AnyFunction): AnyFunction => {
  const check = checkerOf(path);
  return Object.defineProperties(
    (...args: unknown[]) => {
      check(args);
      const result = fn(...args);
      condition(path, result, args);
      return result;
    },
    { name: { value: fn.name }, length: { value: fn.length } },
  );
};

/** A class, by which nothing is called. */
const isClass = (name: string, value: AnyFunction): boolean => /^[A-Z]/.test(name) && 'prototype' in value;
/** A namespace within a namespace, as an engine makes it or a bundler. */
const isFolder = (x: unknown): x is object =>
  typeof x === 'object' &&
  x !== null &&
  [null, Object.prototype].includes(Object.getPrototypeOf(x) as object);

/** A namespace of functions. `path`: what it is called in messages, such as `np.linalg`. */
export const named = <T extends object>(path: string, functions: T): T => {
  const members: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(functions) as [string, unknown][]) {
    const full = `${path}.${name}`;
    if (typeof value === 'function' && !isClass(name, value as AnyFunction))
      members[name] = told(full, value as AnyFunction);
    else members[name] = isFolder(value) ? named(full, value) : value;
  }
  return new Proxy(Object.freeze(members), {
    get: (target, key) => {
      if (mayBeMissing(target, key)) return Reflect.get(target, key) as unknown;
      const near = nearest(key, Object.keys(target));
      return fail(
        'INVALID_ARGUMENT',
        `${path} has no ${JSON.stringify(key)}${near === undefined ? '' : `: did you mean ${path}.${near}?`} ` +
          '(FEATURES.md lists all functions)',
        { name: key },
      );
    },
  }) as T;
};
