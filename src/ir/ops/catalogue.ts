/**
 * @file The catalogue of ops: everything that a user's program may consist of. An op has one entry here, and one in the table of each
 * facet, in the folder of its subject: `infer` (types), `plain` (meaning on data in the clear), `lower` (protocol), `grad` and `batch`
 * (transformations). These tables are complete, and tsc refuses one without an entry for an op. What single passes know of some ops
 * stands in tables of those passes, typed by the names here.
 */
import { fail } from '../../errors.ts';
import { ELEMENTWISE } from './elementwise/catalogue.ts';
import { type AttrsFor, flag, type OpEntry, type OperandsOf, optional, whole } from './entry.ts';
import type { Attrs } from './graph.ts';
import { INTEGER } from './integer/catalogue.ts';
import { OBLIVIOUS } from './oblivious/catalogue.ts';
import { SHAPING } from './shape/catalogue.ts';
import { SMOOTH } from './smooth/catalogue.ts';

export const CATALOGUE = { ...ELEMENTWISE, ...INTEGER, ...SHAPING, ...OBLIVIOUS, ...SMOOTH } as const;

/**
 * The one op with a body, a graph of its own, which whoever walks through graphs says what to do with: the body for index {lo} .. {hi} - 1;
 * ins carry, captured; outs carry. The body takes index (public int64), carry, captured, and gives carry. With {while} it ends as soon as
 * the first carry, a public bool, is false, and fails if it has not by {hi}.
 */
export const LOOP = {
  arity: [0],
  elementwise: false,
  attrs: { lo: whole, hi: whole, while: optional(flag) },
} as const satisfies OpEntry;

export type OpName = keyof typeof CATALOGUE;

/** Operands of an op, each a T. */
export type Operands<K extends OpName, T> = K extends OpName ? OperandsOf<(typeof CATALOGUE)[K], T> : never;
/** Attributes of an op. */
export type AttrsOf<K extends OpName> = K extends OpName ? AttrsFor<(typeof CATALOGUE)[K]> : never;
export type LoopAttrs = AttrsFor<typeof LOOP>;

/** The attributes as a last argument, which may be left out where none is needed. */
export type AttrArgs<K extends OpName> =
  Record<never, never> extends AttrsOf<K> ? [attrs?: AttrsOf<K>] : [attrs: AttrsOf<K>];

/** Ops of so many operands that need no attributes. */
export type OpsOf<T extends readonly unknown[]> = {
  [K in OpName]: Record<never, never> extends AttrsOf<K> ? (T extends Operands<K, T[0]> ? K : never) : never;
}[OpName];
export type UnaryOp = OpsOf<readonly [unknown]>;
export type BinaryOp = OpsOf<readonly [unknown, unknown]>;

export const isOp = (name: string): name is OpName => Object.hasOwn(CATALOGUE, name);

/** What is checked of a node: number of operands, and attributes by name. */
interface Check {
  readonly arity: OpEntry['arity'];
  readonly attrs: ReadonlyMap<string, OpEntry['attrs'][string]>;
  /** Attributes that may not be left out. */
  readonly needed: readonly string[];
}

const checkOf = ({ arity, attrs }: OpEntry): Check => ({
  arity,
  attrs: new Map(Object.entries(attrs)),
  needed: Object.keys(attrs).filter((name) => attrs[name]!.optional !== true),
});

const CHECKS = new Map(
  Object.entries<OpEntry>({ ...CATALOGUE, loop: LOOP }).map(([op, entry]) => [op, checkOf(entry)]),
);

/**
 * A node by its entry in the catalogue: graphs may come from elsewhere. Throws UNSUPPORTED for a name that is none, INVALID_ARGUMENT
 * for another number of operands, and for an attribute that is missing, of another kind, or that the op does not have.
 */
export const checkNode = (op: string, operands: number, attrs: Attrs): void => {
  const check = CHECKS.get(op) ?? fail('UNSUPPORTED', `unknown op ${JSON.stringify(op)}`);
  const { arity } = check;
  if (typeof arity === 'number' ? operands !== arity : operands < arity[0])
    fail('INVALID_ARGUMENT', `${op} does not take ${operands} operands`);
  for (const name of Object.keys(attrs)) {
    const kind = check.attrs.get(name) ?? fail('INVALID_ARGUMENT', `${op} has no attribute ${name}`);
    if (!kind.test(attrs[name])) fail('INVALID_ARGUMENT', `${op}: attribute ${name} is to be ${kind.words}`);
  }
  for (const name of check.needed)
    if (!Object.hasOwn(attrs, name))
      fail('INVALID_ARGUMENT', `${op}: attribute ${name} is to be ${check.attrs.get(name)?.words}`);
};

/** A set of ops by name; the loop may be one of them. */
export const opSet = (...names: readonly (OpName | 'loop')[]): ReadonlySet<string> => new Set(names);

/** What a table over some ops says of one; undefined if it has no entry. */
export const entryOf = <T>(table: { readonly [op: string]: T | undefined }, op: string): T | undefined =>
  Object.hasOwn(table, op) ? table[op] : undefined;
