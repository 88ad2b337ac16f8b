/**
 * @file Schemas of configurations. From one schema follow the check of what a user wrote, its errors, its type and its JSON
 * Schema (json-schema.ts). Values are checked by valibot. Keys may be written in camelCase or snake_case; a key that is not
 * known is an error that names the nearest known one, and every error gives the path in the spelling of the user.
 */
import * as v from 'valibot';
import { type ErrorCode, fail, TesseraError } from '../errors.ts';
import { camelKey, describe, snakeKey, suggestion } from '../names.ts';

declare const WRITTEN: unique symbol;
declare const READ: unique symbol;
declare const OPTIONAL: unique symbol;

/** What may stand at a place of a configuration. `W`: as it is written; `R`: as it is read. */
export interface Schema<W, R = W> {
  readonly [WRITTEN]?: W;
  readonly [READ]?: R;
}

/** A key that may be left out. */
export interface Optional<W, R> extends Schema<W, R> {
  readonly [OPTIONAL]: true;
}

/** The keys of an object, in their documented spelling. */
export type Entries = Readonly<Record<string, Schema<unknown>>>;

type WrittenAs<S> = S extends Schema<infer W, unknown> ? W : never;
type ReadAs<S> = S extends Schema<unknown, infer R> ? R : never;

/** The other spelling of a key: `jobName` and `job_name` name each other. */
type Respelled<K extends string> = K extends `${string}_${string}` ? Camel<K> : Snake<K>;
type Camel<K extends string> = K extends `${infer A}_${infer B}` ? `${A}${Capitalize<Camel<B>>}` : K;
type Snake<K extends string> = K extends `${infer A}${infer B}`
  ? `${A extends Lowercase<A> ? A : `_${Lowercase<A>}`}${Snake<B>}`
  : K;

/** Keys that have to be given and have one spelling only. */
type Required<E extends Entries> = {
  [K in keyof E & string]: E[K] extends Optional<unknown, unknown>
    ? never
    : Respelled<K> extends K
      ? K
      : never;
}[keyof E & string];

type Pick_<E extends Entries, K extends keyof E> = { readonly [P in K]: WrittenAs<E[P]> };

/** An object as it may be written, each key in either spelling. */
export type Written<E extends Entries> = { readonly [K in keyof E]?: WrittenAs<E[K]> | undefined } & Pick_<
  E,
  Required<E>
> & {
    readonly [K in keyof E & string as Exclude<Respelled<K>, K>]?: WrittenAs<E[K]> | undefined;
  };

/** The same object as it is read. */
export type Read<E extends Entries> = { readonly [K in keyof E]: ReadAs<E[K]> };

/** The schema of such an object: its declarations have the keys once. */
export interface Fields<E extends Entries> extends Schema<Written<E>, Read<E>> {}
/** A key of such a schema that may be left out. */
export interface OptionalOf<S> extends Optional<WrittenAs<S>, ReadAs<S> | undefined> {}
/** Objects by name. */
export interface ByName<S>
  extends Schema<Readonly<Record<string, WrittenAs<S>>>, Readonly<Record<string, ReadAs<S>>>> {}

/** The type of what a schema accepts, and of what it is read as. */
export type Input<S> = WrittenAs<S>;
export type Output<S> = ReadAs<S>;

/** What a check says, in place of the path of the value in the configuration. */
export const PATH = '{path}';

/** The parts of valibot's schemas of which use is made here, and what this file adds to them. */
interface Any extends v.GenericSchema {
  readonly wrapped?: Any;
  readonly item?: Any;
  readonly value?: Any;
  readonly entries?: Readonly<Record<string, Any>>;
  readonly getter?: (input: unknown) => Any;
  readonly also?: readonly string[];
}

/** As the type that users of this file see. */
const typed = <W, R = W>(schema: v.GenericSchema): Schema<W, R> => schema as unknown as Schema<W, R>;
/** As valibot sees it. */
const inner = (schema: Schema<unknown>): v.GenericSchema => schema as unknown as v.GenericSchema;

const isRecord = (x: unknown): x is Record<string, unknown> =>
  typeof x === 'object' && x !== null && !Array.isArray(x);

const wanted =
  (what: string) =>
  ({ input }: { readonly input: unknown }): string =>
    `${what} is wanted, not ${describe(input)}`;

export const text: Schema<string> = typed(
  v.pipe(v.string(wanted('text')), v.nonEmpty('text is wanted, not an empty one')),
);

export const flag: Schema<boolean> = typed(v.boolean(wanted('true or false')));

export const number = (lo: number, hi: number): Schema<number> => {
  const message = wanted(`a number from ${lo} to ${hi}`);
  return typed(v.pipe(v.number(message), v.minValue(lo, message), v.maxValue(hi, message)));
};

export const integer = (lo: number, hi: number): Schema<number> => {
  const message = wanted(`a whole number from ${lo} to ${hi}`);
  return typed(
    v.pipe(v.number(message), v.integer(message), v.minValue(lo, message), v.maxValue(hi, message)),
  );
};

export const list = <W, R>(item: Schema<W, R>): Schema<readonly W[], readonly R[]> =>
  typed(v.array(inner(item), wanted('a list')));

/** A value of a type that JSON does not have: a function, bytes, a signal. */
export const instance = <T>(is: (x: unknown) => boolean, what: string): Schema<T> =>
  typed(v.custom<T>(is, wanted(what)));

export const isFunction = (x: unknown): boolean => typeof x === 'function';

/** How JSON Schema describes what `custom` reads. */
export type JsonType = Readonly<Record<string, unknown>>;

const JSON_TYPES = new WeakMap<object, JsonType>();
export const jsonTypeOf = (schema: object): JsonType | undefined => JSON_TYPES.get(schema);

/** A value that `read` makes of what was written, or refuses with a TesseraError, which may speak of the PATH. */
export const custom = <W, R = W>(json: JsonType, read: (value: unknown) => R): Schema<W, R> => {
  const anything = v.unknown();
  JSON_TYPES.set(anything, json);
  const schema = v.pipe(
    anything,
    v.rawTransform<unknown, R>(({ dataset, addIssue, NEVER }) => {
      try {
        return read(dataset.value);
      } catch (e) {
        if (!(e instanceof TesseraError)) throw e;
        addIssue({ message: e.message, expected: e.code });
        return NEVER;
      }
    }),
  );
  return typed(schema);
};

/** What `schema` reads, read on: `then` gives the meaning, or refuses as `custom` does. */
export const refine = <W, S, R = S>(schema: Schema<W, S>, then: (value: S) => R): Schema<W, R> => {
  const meaning = inner(custom({}, then as (value: unknown) => R));
  return typed(v.pipe(inner(schema) as v.GenericSchema<unknown, S>, meaning as v.GenericSchema<S, R>));
};

/** A name of an enumeration, which editors complete; what was computed or read from a file is known by the check alone. */
export type Name<T extends string> = T | (string & {});

/** One of the names of an enumeration, in any case of letters, or its number there (as in SPU's protobuf files). */
export const choice = <T extends string>(
  what: string,
  names: Readonly<Record<T, number>>,
): Schema<Name<T> | number, T> => {
  const known = Object.keys(names) as T[];
  return custom({ enum: [...known, ...Object.values(names)] }, (value) => {
    const found =
      typeof value === 'number'
        ? known.find((k) => names[k] === value)
        : known.find((k) => typeof value === 'string' && k.toLowerCase() === value.toLowerCase());
    return found ?? fail('CONFIG', `unknown ${what} ${describe(value)}: ${suggestion(String(value), known)}`);
  });
};

/** A key that may be left out. `also`: more spellings of it than camelCase and snake_case. */
export function optional<S extends Schema<unknown>>(schema: S): OptionalOf<S>;
export function optional<W, R>(
  schema: Schema<W, R>,
  otherwise: NoInfer<W>,
  also?: readonly string[],
): Optional<W, R>;
export function optional<W, R>(
  schema: Schema<W, R>,
  otherwise: undefined,
  also: readonly string[],
): Optional<W, R | undefined>;
export function optional<W, R>(
  schema: Schema<W, R>,
  otherwise?: W,
  also?: readonly string[],
): Optional<W, R | undefined> {
  const key = v.optional(inner(schema), otherwise as never);
  return Object.assign(key, also && { also }) as unknown as Optional<W, R | undefined>;
}

/** An object with these keys and no others. */
export const object = <E extends Entries>(entries: E, what = 'an object'): Fields<E> =>
  typed(v.strictObject(entries as unknown as v.ObjectEntries, wanted(what)));

/** An object from names of parties to values. */
export const byParty = <S extends Schema<unknown>>(
  value: S,
  what = 'an object from names to settings',
): ByName<S> =>
  typed(v.record(inner(partyName) as v.GenericSchema<string, string>, inner(value), wanted(what)));

const ALTERNATIVES = new WeakMap<object, readonly object[]>();
export const alternativesOf = (schema: object): readonly object[] | undefined => ALTERNATIVES.get(schema);

/** One of two forms; `first` tells by the value which one is meant, so that errors speak of that one. */
export const either = <W1, R1, W2, R2>(
  first: (value: unknown) => boolean,
  yes: Schema<W1, R1>,
  no: Schema<W2, R2>,
): Schema<W1 | W2, R1 | R2> => {
  const [a, b] = [inner(yes), inner(no)];
  const schema = v.lazy((value) => (first(value) ? a : b));
  ALTERNATIVES.set(schema, [a, b]);
  return typed(schema);
};

const PARTY = /^[\p{L}\p{N}][\p{L}\p{N}_.-]{0,63}$/u;

/** A party's name: letters, digits, `_`, `.`, `-`; it starts with a letter or digit. */
export const partyName: Schema<string> = custom({ type: 'string', pattern: PARTY.source }, (value) =>
  typeof value === 'string' && PARTY.test(value)
    ? value
    : fail(
        'CONFIG',
        `${describe(value)} is no party name: use 1 to 64 letters, digits, "_", "." or "-", the first a letter or digit`,
      ),
);

/** Throws CONFIG for a name that stands twice. */
const differ = (names: readonly string[]): readonly string[] => {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  return twice === undefined ? names : fail('CONFIG', `party ${JSON.stringify(twice)} is named twice`);
};

/** Names of different parties; `few` says what is wrong with none. */
const parties = (few: string): Schema<readonly string[]> =>
  refine(list(partyName), (names) => (names.length > 0 ? differ(names) : fail('CONFIG', few)));

/** Names of at least two different parties. */
export const partyList: Schema<readonly string[]> = refine(list(partyName), (names) =>
  differ(names).length > 1
    ? names
    : fail(
        'CONFIG',
        `at least two parties are wanted, not ${names.length === 0 ? 'none' : `only ${names[0]}`}`,
      ),
);

/** Names of the different parties of a session: one at least, which may stand by itself. */
export const sessionParties: Schema<string | readonly string[], readonly string[]> = either(
  (value) => typeof value === 'string',
  refine(partyName, (name): readonly string[] => [name]),
  parties('at least one party is wanted, not none'),
);

/** All ways to write a key: as documented, the other spelling, and further ones. */
export const spellingsOf = (name: string, schema: object): readonly string[] => [
  ...new Set([name, camelKey(name), snakeKey(name), ...((schema as Any).also ?? [])]),
];

/** How the user who wrote this object spells its keys: as in the guide, or in camelCase. */
export const spellingOf = (value: object, path = ''): ((name: string) => string) =>
  [...Object.keys(value), path].some((key) => key.includes('_')) ? snakeKey : camelKey;

/** Whether the objects of a schema have a key of that spelling. */
const isKeyWithin = ({ wrapped, entries = {} }: Any, spelling: string): boolean =>
  wrapped !== undefined
    ? isKeyWithin(wrapped, spelling)
    : Object.entries(entries).some(([name, schema]) => spellingsOf(name, schema).includes(spelling));

const pathTo = (path: string, key: string | number): string =>
  typeof key === 'number' ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;

const problem = (path: string, message: string, code: ErrorCode = 'CONFIG'): TesseraError => {
  const text = message.includes(PATH)
    ? message.replaceAll(PATH, path)
    : path === ''
      ? message
      : `${path}: ${message}`;
  return new TesseraError(code, text, { path });
};

export const configError = (path: string, message: string): never => {
  throw problem(path, message);
};

/** Values under the documented keys, where each of them was written, and what is wrong with keys. */
class Spelled {
  readonly paths = new Map<string, string>();
  readonly problems: TesseraError[] = [];

  of(schema: Any, value: unknown, at: string, path: string): unknown {
    this.paths.set(at, path);
    const { wrapped, getter, item, entries, value: each } = schema;
    if (value === undefined) return value;
    if (wrapped) return this.of(wrapped, value, at, path);
    if (getter) return this.of(getter(value), value, at, path);
    const go = (next: Any, x: unknown, key: string | number, written: string | number): unknown =>
      this.of(next, x, pathTo(at, key), pathTo(path, written));
    if (item) return Array.isArray(value) ? value.map((x, i) => go(item, x, i, i)) : value;
    if (!isRecord(value)) return value;
    if (entries) return this.#keys(entries, value, path, go);
    return schema.type === 'record' ? this.#names(value, path, (x, name) => go(each!, x, name, name)) : value;
  }

  #wrong(path: string, message: string): void {
    this.problems.push(problem(path, message));
  }

  #names(
    value: Readonly<Record<string, unknown>>,
    path: string,
    go: (x: unknown, name: string) => unknown,
  ): object {
    const out: Record<string, unknown> = {};
    for (const [name, x] of Object.entries(value)) {
      // What every object has is no name of a party; valibot would pass it over.
      if (name in Object.prototype || name === 'prototype')
        this.#wrong(path, `${JSON.stringify(name)} cannot be a name here`);
      else out[name] = go(x, name);
    }
    return out;
  }

  #keys(
    entries: Readonly<Record<string, Any>>,
    value: Readonly<Record<string, unknown>>,
    path: string,
    go: (schema: Any, x: unknown, key: string, written: string) => unknown,
  ): object {
    const shown = spellingOf(value, path);
    const known = new Map(
      Object.entries(entries).flatMap(([name, schema]) =>
        spellingsOf(name, schema).map((spelling) => [spelling, name] as const),
      ),
    );
    const given = new Map<string, string>();
    for (const spelling of Object.keys(value)) {
      const name = known.get(spelling);
      const other = name === undefined ? undefined : given.get(name);
      if (name === undefined) {
        const holder = Object.keys(entries).find((name) => isKeyWithin(entries[name]!, spelling));
        const mend =
          holder === undefined
            ? suggestion(spelling, Object.keys(entries).map(shown))
            : `it is a key of ${shown(holder)}: { ${shown(holder)}: { ${spelling}: ... } }`;
        this.#wrong(path, `unknown key ${JSON.stringify(spelling)}: ${mend}`);
      } else if (value[spelling] === undefined) continue;
      else if (other === undefined) given.set(name, spelling);
      else this.#wrong(path, `${JSON.stringify(other)} and ${JSON.stringify(spelling)} are the same key`);
    }
    const out: Record<string, unknown> = {};
    for (const [name, schema] of Object.entries(entries)) {
      const spelling = given.get(name);
      if (spelling !== undefined) out[name] = go(schema, value[spelling], name, spelling);
      else if (schema.type !== 'optional') {
        const other = shown(name) === name ? '' : ` (or ${JSON.stringify(name)})`;
        this.#wrong(path, `${JSON.stringify(shown(name))}${other} is missing`);
      }
    }
    return out;
  }
}

/** What a configuration means, or all that is wrong with it. */
export interface Checked<R> {
  readonly problems: readonly TesseraError[];
  /** What was written, under the documented keys; nothing of it is checked. */
  readonly given: unknown;
  /** Where there are no problems. */
  readonly value: R | undefined;
}

type Issue = v.BaseIssue<unknown>;

const problemOf = ({ path, expected, message }: Issue, paths: ReadonlyMap<string, string>): TesseraError => {
  const steps = (path ?? []).map(({ key }) => key as string | number);
  const code = (/^[A-Z_]+$/.exec(expected ?? '')?.[0] ?? 'CONFIG') as ErrorCode;
  for (;;) {
    const where = paths.get(steps.reduce<string>(pathTo, ''));
    if (where !== undefined) return problem(where, message, code);
    steps.pop();
  }
};

/** Checks a configuration, and tells all problems of it. */
export const check = <W, R>(schema: Schema<W, R>, value: unknown, path = ''): Checked<R> => {
  const spelled = new Spelled();
  const given = spelled.of(inner(schema) as Any, value, '', path);
  const { issues, output } = v.safeParse(inner(schema), given, { abortPipeEarly: true });
  // What is missing is told once.
  const wrong = (issues ?? []).filter((issue) => issue.input !== undefined);
  const problems = [...spelled.problems, ...wrong.map((issue) => problemOf(issue, spelled.paths))];
  if (problems.length === 0 && issues) problems.push(problemOf(issues[0], spelled.paths));
  return { problems, given, value: problems.length === 0 ? (output as R) : undefined };
};

/** Reads a configuration. Throws CONFIG (or UNSUPPORTED) for the first thing that is wrong with it, with its path. */
export const read = <W, R>(schema: Schema<W, R>, value: unknown, path = ''): R => {
  const { problems, value: meaning } = check(schema, value, path);
  if (problems[0]) throw problems[0];
  return meaning as R;
};
