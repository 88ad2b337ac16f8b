/** @file Stateful objects of a party: an instance of a class that lives on a PYU, whose methods run there in order. */
import { fail } from '../errors.ts';
import { describe, nearest, noMore, suggestion } from '../names.ts';
import { guardedPrototype, UNKNOWN_NAME } from '../unknown-names.ts';
import { checkReturns, spelledOptions } from './call-options.ts';
import type { HandledArgs, Parts, PYU } from './devices.ts';
import type { PYUObject } from './objects.ts';
import { markProxied, methodOwner } from './proxied.ts';
import { callAt } from './pyu.ts';

type Class<A extends unknown[], I extends object> = new (...args: A) => I;
type Method = (...args: never[]) => unknown;

/** How many results methods return, by name. */
type ReturnsOf = Readonly<Record<string, number>>;

/** The handle of an instance: each method gives a handle of its result, or one of each where it was said how many there are. */
export type Proxied<I, N extends ReturnsOf = Record<never, number>> = {
  readonly [K in keyof I as I[K] extends Method ? K : never]: I[K] extends (...args: infer A) => infer R
    ? (...args: HandledArgs<A>) => K extends keyof N ? Parts<Awaited<R>> : PYUObject<Awaited<R>>
    : never;
} & {
  /** Where it lives, unless its class has a method of that name. */
  readonly device: I extends { device: infer D } ? D : PYU;
};

export interface ProxyOptions {
  /** Where the instance lives. */
  readonly device: PYU;
}

/** Options of a class whose objects live at parties. */
export interface ProxyClassOptions<N extends ReturnsOf = ReturnsOf> {
  /** By method: it returns a list of so many results, and each gets a handle. */
  readonly numReturns?: N;
  readonly num_returns?: N;
  /** How many calls on one object may be under way at a time; 1 unless given: one after another. */
  readonly maxConcurrency?: number;
  readonly max_concurrency?: number;
}

export interface ProxyClass<
  A extends unknown[],
  I extends object,
  N extends ReturnsOf = Record<never, number>,
> {
  (...args: [...HandledArgs<A>, ProxyOptions]): Proxied<I, N>;
  new (...args: [...HandledArgs<A>, ProxyOptions]): Proxied<I, N>;
}

const isPYU = (x: unknown): x is PYU => typeof x === 'function' && 'kind' in x && x.kind === 'PYU';

/** The device among the last argument of a constructor. */
const deviceOf = (name: string, options: unknown): PYU => {
  if (typeof options !== 'object' || options === null || !('device' in options))
    return fail(
      'INVALID_ARGUMENT',
      `${name}: missing device: the last argument is { device: sf.PYU('alice') }`,
    );
  spelledOptions(options, ['device']);
  return isPYU(options.device)
    ? options.device
    : fail('INVALID_ARGUMENT', `${name}: unexpected device: an object with state lives on a PYU`);
};

const ownMethods = (of: object, end: object): string[] => {
  const names = new Set<string>();
  for (let p = of; p !== end && p !== null; p = Object.getPrototypeOf(p) as object)
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(p)))
      if (name !== 'constructor' && typeof value === 'function') names.add(name);
  return [...names];
};

/** Methods of a class's objects, and its static ones. Throws INVALID_ARGUMENT for what no handle can have. */
const methodsOf = (cls: Class<never[], object>, name: string): string[] => {
  const methods = ownMethods(cls.prototype as object, Object.prototype);
  if (methods.includes('then'))
    fail(
      'INVALID_ARGUMENT',
      `sf.proxy: ${name} has a method named then, by which JavaScript takes every object for a promise: give it another name, ` +
        'or proxy a class that extends it with one',
    );
  const fixed = ownMethods(cls, Function.prototype).filter(
    (method) => method !== 'prototype' && method !== 'then',
  );
  return [...new Set([...methods, ...fixed])];
};

interface ReadClassOptions {
  readonly returns: ReadonlyMap<string, number>;
  readonly atOnce: number;
}

const readClassOptions = (options: object | undefined, methods: readonly string[]): ReadClassOptions => {
  const { numReturns = {}, maxConcurrency = 1 } = spelledOptions(options, ['numReturns', 'maxConcurrency']);
  if (typeof numReturns !== 'object' || numReturns === null)
    fail(
      'INVALID_ARGUMENT',
      `sf.proxy: numReturns is an object from methods to numbers, not ${describe(numReturns)}`,
    );
  const returns = new Map<string, number>();
  for (const [method, n] of Object.entries(numReturns as object)) {
    if (!methods.includes(method))
      fail(
        'INVALID_ARGUMENT',
        `sf.proxy: numReturns: there is no method ${JSON.stringify(method)}: ${suggestion(method, methods)}`,
      );
    returns.set(method, checkReturns(n) ?? 1);
  }
  if (!Number.isInteger(maxConcurrency) || (maxConcurrency as number) < 1)
    fail(
      'INVALID_ARGUMENT',
      `sf.proxy: maxConcurrency is a whole number from 1, not ${describe(maxConcurrency)}`,
    );
  return { returns, atOnce: maxConcurrency as number };
};

/** What stands behind the methods of a handle: fields are at the party, and other names nowhere. */
const unknownMember = (name: string, methods: readonly string[]): object => ({
  [UNKNOWN_NAME]: (key: string): never => {
    const near = nearest(key, methods);
    return fail(
      'INVALID_ARGUMENT',
      `${name} has no method ${JSON.stringify(key)}${near === undefined ? '' : ` (did you mean ${near}?)`}: an object on a ` +
        `PYU has methods alone (${methods.join(', ')}); for a field write one that returns it`,
    );
  },
});

/**
 * `const Model = sf.proxy(ModelClass); const m = Model(10, { device: alice }); m.fit(x)` runs the constructor and every
 * method at alice, static ones too, one after another (or `maxConcurrency` at a time), and gives handles of the results:
 * one for each, where `{ numReturns: { method: n } }` says how many there are. `sf.wait(m)` waits for all that was called.
 * @example
 * class Counter {
 *   n = 0;
 *   add(k: number) {
 *     this.n += k;
 *     return this.n;
 *   }
 * }
 * const counter = sf.proxy(Counter)({ device: alice });
 * counter.add(2);
 * await sf.reveal(counter.add(3)) // 5
 * counter.device.party // 'alice'
 */
export const proxy = <A extends unknown[], I extends object, N extends ReturnsOf = Record<never, number>>(
  cls: Class<A, I>,
  options?: ProxyClassOptions<N>,
  ...surplus: never[]
): ProxyClass<A, I, N> => {
  noMore('sf.proxy', surplus, 'it takes the class and options');
  if (typeof cls !== 'function' || typeof cls.prototype !== 'object')
    fail('INVALID_ARGUMENT', 'sf.proxy takes a class');
  const name = cls.name === '' ? 'class' : cls.name;
  const methods = methodsOf(cls as unknown as Class<never[], object>, name);
  const { returns, atOnce } = readClassOptions(options, methods);
  function make(...given: unknown[]): object {
    const device = deviceOf(name, given.at(-1));
    const made = callAt(
      device,
      `new ${name}`,
      given.slice(0, -1),
      undefined,
      (args) => new cls(...(args as A)),
      { kind: 'construct', fn: cls },
    );
    const instance = made.result as PYUObject;
    // The end of the last call of each line: so many are under way at a time.
    const tails = Array.from({ length: atOnce }, () => made.done);
    const last = Array.from({ length: atOnce }, (): readonly PYUObject[] => [instance]);
    let line = 0;
    const call = (method: string, args: readonly unknown[]): PYUObject | PYUObject[] => {
      line = (line + 1) % atOnce;
      const { result, done } = callAt(
        device,
        `${name}.${method}`,
        [instance, ...args],
        returns.get(method),
        ([self, ...values]) => methodOwner(self as object, method)![method]!(...values),
        { kind: 'method', name: method },
        tails[line],
      );
      tails[line] = done;
      last[line] = Array.isArray(result) ? result : [result];
      return result;
    };
    const handle: Record<string, unknown> = { device };
    for (const method of methods) handle[method] = (...args: unknown[]) => call(method, args);
    handle.toString = () => `Proxy(${name} on ${device.party})`;
    const object = Object.setPrototypeOf(handle, guardedPrototype(unknownMember(name, methods))) as object;
    markProxied(object, () => last.flat());
    return object;
  }
  return make as unknown as ProxyClass<A, I, N>;
};
