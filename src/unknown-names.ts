/**
 * @file Names that an object does not have. JavaScript gives undefined for them, and a program goes on with a wrong result;
 * here they are errors that say what was meant.
 */

import { fail } from './errors.ts';

/** Answers for a name that is not there, by throwing; found on the prototypes of what is guarded. */
export const UNKNOWN_NAME: unique symbol = Symbol('tessera.unknownName');

/** By this mark lower layers know a handle of a device. */
export const HANDLE: unique symbol = Symbol('tessera.handle');

export const isHandle = (x: unknown): boolean => typeof x === 'object' && x !== null && HANDLE in x;

/** What runtimes, consoles and tests ask of any object, to find out what it is. */
const ASKED: ReadonlySet<string> = new Set([
  'then',
  'toJSON',
  'inspect',
  'nodeType',
  'asymmetricMatch',
  '$$typeof',
  '@@__IMMUTABLE_ITERABLE__@@',
  '@@__IMMUTABLE_RECORD__@@',
]);

const INDEX = /^\d+$/;

/** May this name be missing? */
export const mayBeMissing = (target: object, key: string | symbol): key is symbol =>
  typeof key === 'symbol' || ASKED.has(key) || (!INDEX.test(key) && Reflect.has(target, key));

type Told = { readonly [UNKNOWN_NAME]?: (name: string) => never };

const neverAssigned = (key: string): never =>
  fail(
    'INVALID_ARGUMENT',
    `[${JSON.stringify(key)}] of an array or handle cannot be assigned or asked for by in: it stays as it is; see np.where, np.stack, ` +
      'np.dynamicUpdateSlice',
    { name: key },
  );

/** What is not assigned to from outside. */
const closed = (base: object) =>
  ({
    set: (_: object, key: string | symbol, value: unknown, receiver: object): boolean =>
      typeof key === 'symbol' ? Reflect.set(base, key, value, receiver) : neverAssigned(key),
    // `0 in a`
    has: (_: object, key: string | symbol): boolean =>
      typeof key === 'string' && INDEX.test(key) ? neverAssigned(key) : Reflect.has(base, key),
    getPrototypeOf: () => base,
  }) satisfies ProxyHandler<object>;

/** For the end of a chain of prototypes: an assignment of a name that no prototype has is an error. */
export const unassignable: object = new Proxy(
  Object.create(Object.prototype) as object,
  closed(Object.prototype),
);

/**
 * A prototype that passes everything on to `base`, except that a name which is not there is told to the object's
 * UNKNOWN_NAME, and what is assigned from outside is an error. Names on prototypes before it cost nothing.
 */
export const guardedPrototype = (base: object): object =>
  new Proxy(Object.create(base) as object, {
    get: (_, key, receiver: Told) =>
      mayBeMissing(base, key) ? (Reflect.get(base, key, receiver) as unknown) : receiver[UNKNOWN_NAME]?.(key),
    ...closed(base),
  });
