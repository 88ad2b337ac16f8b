/** @file Options objects of functions: an unknown key is an error that names the key it may have been, also where no compiler looks. */
import { fail } from '../errors.ts';
import { BaseArray } from '../ir/array.ts';
import { describe, suggestion } from '../names.ts';

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
  given: T | undefined,
  defaults: D,
): Filled<T, D> => {
  const known = Object.keys(defaults);
  const whole: unknown = given ?? {};
  if (typeof whole !== 'object' || Array.isArray(whole) || whole instanceof BaseArray)
    return fail(
      'INVALID_ARGUMENT',
      `${name}: options {${known.join(', ')}} are wanted, not ${describe(whole)}`,
    );
  const out: Record<string, unknown> = { ...defaults };
  for (const [key, value] of Object.entries(whole as object)) {
    if (!known.includes(key))
      fail('INVALID_ARGUMENT', `${name}: unknown option ${JSON.stringify(key)}: ${suggestion(key, known)}`);
    if (value !== undefined) out[key] = value;
  }
  return out as Filled<T, D>;
};
