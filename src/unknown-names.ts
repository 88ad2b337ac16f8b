/**
 * @file Names that an object does not have. JavaScript gives undefined for them, and a program goes on with a wrong result;
 * here they are errors that say what was meant.
 */

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

/** May this name be missing? */
export const mayBeMissing = (target: object, key: string | symbol): key is symbol =>
  typeof key === 'symbol' || ASKED.has(key) || Reflect.has(target, key);

type Told = { readonly [UNKNOWN_NAME]?: (name: string) => never };

/**
 * A prototype that passes everything on to `base`, except that a name which is not there is told to the object's
 * UNKNOWN_NAME. Names on prototypes before it cost nothing.
 */
export const guardedPrototype = (base: object): object =>
  new Proxy(Object.create(base) as object, {
    get: (_, key, receiver: Told) =>
      mayBeMissing(base, key) ? (Reflect.get(base, key, receiver) as unknown) : receiver[UNKNOWN_NAME]?.(key),
    getPrototypeOf: () => base,
  });
