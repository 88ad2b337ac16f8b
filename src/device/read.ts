/**
 * @file Reading configurations strictly: keys in camelCase or snake_case, unknown keys are errors that name the nearest
 * known key, and every message says where in the configuration it is.
 */
import { fail } from '../errors.ts';
import { describe, suggestion } from '../names.ts';

export { describe, nearest, noMore, suggestion } from '../names.ts';

/** Checks `value`, found at `path`, and gives back what it means. */
export type Reader<T> = (value: unknown, path: string) => T;

export interface Key<T> {
  readonly read: Reader<T>;
  /** More spellings than camelCase and snake_case. */
  readonly also?: readonly string[];
  /** What a missing key means; without it, the key must be there. */
  readonly otherwise?: { readonly value: T };
}

export type Keys<T> = { readonly [K in keyof T]-?: Key<T[K]> };

const at = (path: string): string => (path === '' ? '' : `${path}: `);

export const configError = (path: string, message: string): never =>
  fail('CONFIG', `${at(path)}${message}`, { path });

/** How the one who wrote this object spells its keys: as in the guide, or in camelCase. */
export const spellingOf = (value: object, path: string): ((name: string) => string) =>
  [...Object.keys(value), path].some((key) => key.includes('_')) ? snake : (name) => name;

const snake = (name: string): string => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);

const isRecord = (x: unknown): x is Record<string, unknown> =>
  typeof x === 'object' && x !== null && !Array.isArray(x);

/** The other spelling of a key. */
const also = (name: string, shown: (name: string) => string): string =>
  shown(name) === name ? '' : ` (or ${JSON.stringify(name)})`;

/** An object with these keys and no others. */
export const object =
  <T>(keys: Keys<T>): Reader<T> =>
  (value, path) => {
    if (!isRecord(value)) return configError(path, `an object is wanted, not ${describe(value)}`);
    const shown = spellingOf(value, path);
    const spellings = new Map<string, keyof T & string>();
    for (const name of Object.keys(keys) as (keyof T & string)[])
      for (const known of [name, snake(name), ...(keys[name].also ?? [])]) spellings.set(known, name);
    const given = new Map<keyof T & string, string>();
    for (const spelling of Object.keys(value)) {
      const name = spellings.get(spelling);
      if (name === undefined)
        return configError(
          path,
          `unknown key ${JSON.stringify(spelling)}: ${suggestion(spelling, Object.keys(keys).map(shown))}`,
        );
      if (value[spelling] === undefined) continue;
      if (given.has(name))
        return configError(
          path,
          `${JSON.stringify(given.get(name))} and ${JSON.stringify(spelling)} are the same key`,
        );
      given.set(name, spelling);
    }
    const out: Partial<Record<keyof T, unknown>> = {};
    for (const name of Object.keys(keys) as (keyof T & string)[]) {
      const spelling = given.get(name);
      const { read, otherwise } = keys[name] as Key<unknown>;
      if (spelling !== undefined)
        out[name] = read(value[spelling], path === '' ? spelling : `${path}.${spelling}`);
      else if (otherwise !== undefined) out[name] = otherwise.value;
      else configError(path, `${JSON.stringify(shown(name))}${also(name, shown)} is missing`);
    }
    return out as T;
  };

export const list =
  <T>(read: Reader<T>): Reader<readonly T[]> =>
  (value, path) =>
    Array.isArray(value)
      ? value.map((x: unknown, i) => read(x, `${path}[${i}]`))
      : configError(path, `a list is wanted, not ${describe(value)}`);

export const text: Reader<string> = (value, path) =>
  typeof value === 'string' && value !== ''
    ? value
    : configError(path, `text is wanted, not ${value === '' ? 'an empty one' : describe(value)}`);

export const flag: Reader<boolean> = (value, path) =>
  typeof value === 'boolean' ? value : configError(path, `true or false is wanted, not ${describe(value)}`);

export const number =
  (lo: number, hi: number): Reader<number> =>
  (value, path) =>
    typeof value === 'number' && value >= lo && value <= hi
      ? value
      : configError(path, `a number from ${lo} to ${hi} is wanted, not ${describe(value)}`);

export const integer =
  (lo: number, hi: number): Reader<number> =>
  (value, path) =>
    Number.isInteger(value) && (value as number) >= lo && (value as number) <= hi
      ? (value as number)
      : configError(path, `a whole number from ${lo} to ${hi} is wanted, not ${describe(value)}`);

/** One of the names of an enumeration, or its number there (as in SPU's protobuf files). */
export const choice =
  <T extends string>(what: string, names: Readonly<Record<T, number>>): Reader<T> =>
  (value, path) => {
    const known = Object.keys(names) as T[];
    const found =
      typeof value === 'number'
        ? known.find((k) => names[k] === value)
        : known.find(
            (k) => k === value || (typeof value === 'string' && k.toLowerCase() === value.toLowerCase()),
          );
    if (found !== undefined) return found;
    return configError(path, `unknown ${what} ${describe(value)}: ${suggestion(String(value), known)}`);
  };

/** A key that may be left out. */
export const optional = <T>(read: Reader<T>, value: T, also?: readonly string[]): Key<T> => ({
  read,
  otherwise: { value },
  ...(also && { also }),
});

export const required = <T>(read: Reader<T>, also?: readonly string[]): Key<T> => ({
  read,
  ...(also && { also }),
});

const PARTY = /^[\p{L}\p{N}][\p{L}\p{N}_.-]{0,63}$/u;

/** A party's name: letters, digits, `_`, `.`, `-`; it starts with a letter or digit. */
export const partyName: Reader<string> = (value, path) =>
  typeof value === 'string' && PARTY.test(value)
    ? value
    : configError(
        path,
        `${describe(value)} is no party name: use 1 to 64 letters, digits, "_", "." or "-", the first a letter or digit`,
      );

/** Names of at least two different parties. */
export const partyList: Reader<readonly string[]> = (value, path) => {
  const names = list(partyName)(value, path);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) configError(path, `party ${JSON.stringify(twice)} is named twice`);
  if (names.length < 2)
    configError(
      path,
      `at least two parties are wanted, not ${names.length === 0 ? 'none' : `only ${names[0]}`}`,
    );
  return names;
};
