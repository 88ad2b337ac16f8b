/** @file What an entry of the catalogue of ops says: how many operands an op takes and which attributes. What it means stands above it, and costs a page no bytes. */
import type { UserDType } from './dtypes.ts';
import type { Attr, Tensor } from './graph.ts';

/** What an attribute may be: `words` for the message of who gives it something else. */
export interface AttrKind<T extends Attr> {
  readonly words: string;
  readonly test: (x: unknown) => x is T;
  /** The attribute may be left out. */
  readonly optional?: true;
}

const kind = <T extends Attr>(words: string, test: (x: unknown) => boolean): AttrKind<T> => ({
  words,
  test: test as (x: unknown) => x is T,
});

const isNumber = (x: unknown): boolean => typeof x === 'number' && !Number.isNaN(x);
const isWholeList = (x: unknown): boolean => Array.isArray(x) && x.every(Number.isInteger);

export const whole = kind<number>('a whole number', Number.isInteger);
export const wholes = kind<readonly number[]>('a list of whole numbers', isWholeList);
/** A number, which may be infinite. */
export const real = kind<number>('a number', isNumber);
export const reals = kind<readonly number[]>(
  'a list of numbers',
  (x) => Array.isArray(x) && x.every(isNumber),
);
export const flag = kind<boolean>('true or false', (x) => typeof x === 'boolean');
/** A dtype in the graph's spelling. */
export const dtype = kind<UserDType>('a dtype', (x) => typeof x === 'string');
export const tensor = kind<Tensor>(
  'an array',
  (x) =>
    typeof x === 'object' &&
    x !== null &&
    'shape' in x &&
    isWholeList(x.shape) &&
    'dtype' in x &&
    typeof x.dtype === 'string' &&
    'data' in x &&
    ArrayBuffer.isView(x.data) &&
    !(x.data instanceof DataView),
);
export const oneOf = <const W extends string | number>(...words: readonly W[]): AttrKind<W> =>
  kind<W>(`one of ${words.join(', ')}`, (x) => (words as readonly unknown[]).includes(x));

export const optional = <T extends Attr>(of: AttrKind<T>): AttrKind<T> & { readonly optional: true } => ({
  ...of,
  optional: true,
});

export type AttrSchema = Readonly<Record<string, AttrKind<Attr>>>;

/** So many operands; `[n]`: n or more. */
export type Arity = 0 | 1 | 2 | 3 | readonly [0] | readonly [1] | readonly [2];

export interface OpEntry {
  readonly arity: Arity;
  /** Result i depends on element i of each operand alone, and all shapes are equal. */
  readonly elementwise: boolean;
  readonly attrs: AttrSchema;
}

type Tuple<A extends Arity, T> = A extends 0
  ? readonly []
  : A extends 1
    ? readonly [T]
    : A extends 2
      ? readonly [T, T]
      : A extends 3
        ? readonly [T, T, T]
        : A extends readonly [1]
          ? readonly [T, ...T[]]
          : A extends readonly [2]
            ? readonly [T, T, ...T[]]
            : readonly T[];

type Value<A> = A extends AttrKind<infer T> ? T : never;
type Needed<S> = { [N in keyof S as S[N] extends { readonly optional: true } ? never : N]: Value<S[N]> };
type Allowed<S> = { [N in keyof S as S[N] extends { readonly optional: true } ? N : never]?: Value<S[N]> };
type Flat<T> = { readonly [N in keyof T]: T[N] };

/** No attribute at all. */
export type NoAttrs = Readonly<Record<string, never>>;

/** Operands of an entry, each a T. */
export type OperandsOf<E extends OpEntry, T> = Tuple<E['arity'], T>;
/** Attributes of an entry. */
export type AttrsFor<E extends OpEntry> = keyof E['attrs'] extends never
  ? NoAttrs
  : Flat<Needed<E['attrs']> & Allowed<E['attrs']>>;

/** Entries of elementwise ops without attributes. */
export const unary = { arity: 1, elementwise: true, attrs: {} } as const;
export const binary = { arity: 2, elementwise: true, attrs: {} } as const;
