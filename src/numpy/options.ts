/** @file Options objects of functions: an unknown key is an error that names the key it may have been, also where no compiler looks. */
import { fail } from '../errors.ts';
import { BaseArray } from '../ir/trace/array.ts';
import { isTensor } from '../ir/trace/ndarray.ts';
import { camelKey, describe, suggestion } from '../names.ts';

/** What an options object may hold, each with what it means when it is left out. */
type Defaults<T> = { readonly [K in keyof T]-?: T[K] | undefined };
type Filled<T, D> = {
  readonly [K in keyof D]: K extends keyof T
    ? D[K] extends undefined
      ? T[K] | undefined
      : Exclude<T[K], undefined>
    : never;
};

/** The options given to `name`. Throws INVALID_ARGUMENT for what is no object, and for unknown keys. */
export const optionsOf = <T extends object, D extends Defaults<T>>(
  name: string,
  options: T | undefined,
  defaults: D,
): Filled<T, D> => {
  const known = Object.keys(defaults);
  const whole: unknown = options ?? {};
  if (typeof whole !== 'object' || Array.isArray(whole) || whole instanceof BaseArray)
    return fail(
      'INVALID_ARGUMENT',
      `${name}: options {${known.join(', ')}} are wanted, not ${describe(whole)}`,
    );
  const out: Record<string, unknown> = { ...defaults };
  for (const [given, value] of Object.entries(whole as object)) {
    const key = known.includes(given) ? given : camelKey(given);
    if (!known.includes(key))
      fail(
        'INVALID_ARGUMENT',
        `${name}: unknown option ${JSON.stringify(given)}: ${suggestion(given, known)}`,
      );
    if (value !== undefined) out[key] = value;
  }
  return out as Filled<T, D>;
};

/** An object that is no array of any kind. */
export const isOptions = (x: unknown): x is object =>
  typeof x === 'object' &&
  x !== null &&
  !Array.isArray(x) &&
  !(x instanceof BaseArray) &&
  !ArrayBuffer.isView(x) &&
  !isTensor(x);

/**
 * Arguments by place or by name: f(x, 2, 0), f(x, 2, { axis: 0 }) and f(x, { n: 2, axis: 0 }) say the same. `given` has them in their
 * order; an options object in the place of one may name it and those that come later. Throws INVALID_ARGUMENT as optionsOf, and for
 * what is said twice.
 */
export const argumentsOf = <T extends object>(
  name: string,
  given: { readonly [K in keyof T]-?: unknown },
  defaults: { readonly [K in keyof T]-?: T[K] | undefined },
): Required<T> => {
  const keys = Object.keys(defaults) as (keyof T & string)[];
  const said = new Map<string, unknown>();
  const say = (key: string, value: unknown): void => {
    if (value === undefined) return;
    if (said.has(key)) fail('INVALID_ARGUMENT', `${name}: ${key} is said twice`);
    said.set(key, value);
  };
  for (const [i, key] of keys.entries()) {
    const value = given[key];
    if (!isOptions(value)) say(key, value);
    else {
      const nothing = Object.fromEntries(keys.slice(i).map((k) => [k, undefined]));
      for (const [k, v] of Object.entries(optionsOf(name, value, nothing))) say(k, v);
    }
  }
  return { ...defaults, ...Object.fromEntries(said) } as Required<T>;
};

/** One of a list of words. Throws INVALID_ARGUMENT. */
export const wordOf = <W extends string>(name: string, what: string, word: W, known: readonly W[]): W =>
  known.includes(word)
    ? word
    : fail('INVALID_ARGUMENT', `${name}: ${what} ${describe(word)}: ${suggestion(String(word), known)}`);
