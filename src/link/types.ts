/**
 * @file Which types may cross between parties: plain data always, everything else by name. A name has two parts,
 * module and name, so that the allow-list has the form of SecretFlow's `cross_silo_serializing_allowed_list`.
 */
import { fail } from '../errors.ts';
import { noMore } from '../names.ts';

/** module -> names, or '*' for all of them: `{ "numpy.core.numeric": ["*"], "numpy": ["dtype"] }`. */
export type AllowedList = Readonly<Record<string, readonly string[] | '*' | null>>;

export interface TypeName {
  readonly module: string;
  readonly name: string;
}

/** How a class of values travels: as plain data that `encode` makes and `decode` turns back into a value. */
export interface TypeCodec<T = unknown> extends TypeName {
  /** True for the values of this type. */
  test(value: unknown): boolean;
  encode(value: T): unknown;
  /** Gets data from another party: check it. */
  decode(data: unknown): T;
  /** Other names under which an allow-list may mean this type. */
  readonly aliases?: readonly TypeName[];
}

const MAX_NAME = 200;

/** An ordered set of types. The last one registered is asked first. */
export class TypeRegistry {
  readonly #byName = new Map<string, TypeCodec>();
  #order: TypeCodec[] = [];

  register<T>(type: TypeCodec<T>): void {
    for (const part of [type.module, type.name]) {
      if (typeof part !== 'string' || part.length === 0 || part.length > MAX_NAME || part.includes(':')) {
        fail(
          'INVALID_ARGUMENT',
          `a type's module and name are non-empty strings without ":"; got ${String(part)}`,
        );
      }
    }
    for (const key of ['test', 'encode', 'decode'] as const) {
      if (typeof type[key] !== 'function')
        fail('INVALID_ARGUMENT', `registerType: "${key}" is not a function`);
    }
    const id = typeId(type);
    const known = this.#byName.get(id);
    this.#byName.set(id, type as TypeCodec);
    this.#order = [type as TypeCodec, ...this.#order.filter((t) => t !== known)];
  }

  find(value: unknown): TypeCodec | undefined {
    return this.#order.find((type) => type.test(value));
  }

  get(id: string): TypeCodec | undefined {
    return this.#byName.get(id);
  }
}

export const typeId = (type: TypeName): string => `${type.module}:${type.name}`;

const shared = new TypeRegistry();

/** The registry that codecs use unless they are given their own. */
export const sharedTypes = (): TypeRegistry => shared;

/**
 * Makes a type of your own known, so that its values can be sent. Every party must register it.
 * @example
 * class Money {
 *   constructor(readonly cents: number) {}
 * }
 * sf.registerType<Money>({
 *   module: 'shop',
 *   name: 'Money',
 *   test: (x) => x instanceof Money,
 *   encode: (x) => x.cents,
 *   decode: (data) => new Money(Number(data)),
 * });
 * await sf.reveal(alice((x: Money) => x.cents)(new Money(250))) // 250
 */
export const registerType = <T>(type: TypeCodec<T>, ...surplus: never[]): void => {
  noMore('registerType', surplus);
  shared.register(type);
};

/** Decides by exact module and exact name (or '*'); refuses whatever the list does not name. */
export const allowance = (list: AllowedList | undefined): ((type: TypeCodec | TypeName) => boolean) => {
  if (list === undefined) return () => true;
  const rules = new Map<string, ReadonlySet<string> | '*'>();
  for (const [module, names] of Object.entries(list)) {
    if (names === null || names === '*') rules.set(module, '*');
    else if (Array.isArray(names) && names.every((n) => typeof n === 'string')) {
      rules.set(module, names.includes('*') ? '*' : new Set(names as string[]));
    } else {
      fail('CONFIG', `the allow-list's entry "${module}" is neither a list of names nor "*"`, {
        path: module,
      });
    }
  }
  const named = ({ module, name }: TypeName) => {
    const rule = rules.get(module);
    return rule === '*' || rule?.has(name) === true;
  };
  return rules.has('*')
    ? () => true
    : (type) => named(type) || ('aliases' in type && type.aliases?.some(named) === true);
};

/** SecretFlow's names for arrays of numbers: a list that lets numpy arrays pass lets ours pass. */
export const ARRAY_ALIASES: readonly TypeName[] = [
  { module: 'numpy', name: 'ndarray' },
  { module: 'numpy.core.numeric', name: '_frombuffer' },
  { module: 'numpy._core.numeric', name: '_frombuffer' },
];
