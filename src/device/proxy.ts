/** @file Stateful objects of a party: an instance of a class that lives on a PYU, whose methods run there in order. */
import { fail } from '../errors.ts';
import { guardedPrototype, UNKNOWN_NAME } from '../guard.ts';
import { nearest, noMore } from '../names.ts';
import { snapshot } from './arguments.ts';
import type { HandledArgs, PYU } from './devices.ts';
import type { RemoteCall } from './mode.ts';
import type { PYUObject } from './objects.ts';
import { callAt, readReturns } from './pyu.ts';

type Class<A extends unknown[], I extends object> = new (...args: A) => I;
type Method = (...args: never[]) => unknown;

/** The handle of an instance: each method gives a handle of its result. */
export type Proxied<I> = {
  readonly [K in keyof I as I[K] extends Method ? K : never]: I[K] extends (...args: infer A) => infer R
    ? (...args: HandledArgs<A>) => PYUObject<Awaited<R>>
    : never;
};

export interface ProxyOptions {
  /** Where the instance lives. */
  readonly device: PYU;
}

export interface ProxyClass<A extends unknown[], I extends object> {
  (...args: [...HandledArgs<A>, ProxyOptions]): Proxied<I>;
  new (...args: [...HandledArgs<A>, ProxyOptions]): Proxied<I>;
}

const isPYU = (x: unknown): x is PYU => typeof x === 'function' && 'kind' in x && x.kind === 'PYU';

/** The device among the last argument of a constructor. */
const deviceOf = (name: string, options: unknown): PYU => {
  if (typeof options !== 'object' || options === null || !('device' in options))
    return fail(
      'INVALID_ARGUMENT',
      `${name}: missing device: the last argument is { device: sf.PYU('alice') }`,
    );
  readReturns(options, ['device']);
  return isPYU(options.device)
    ? options.device
    : fail('INVALID_ARGUMENT', `${name}: unexpected device: an object with state lives on a PYU`);
};

const methodsOf = (cls: Class<never[], object>): string[] => {
  const names = new Set<string>();
  for (
    let p = cls.prototype as object;
    p !== Object.prototype && p !== null;
    p = Object.getPrototypeOf(p) as object
  )
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(p)))
      if (name !== 'constructor' && typeof value === 'function') names.add(name);
  return [...names];
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
 * method at alice, one after another, and gives handles of the results.
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
 */
export const proxy = <A extends unknown[], I extends object>(
  cls: Class<A, I>,
  ...surplus: never[]
): ProxyClass<A, I> => {
  noMore('sf.proxy', surplus, 'it takes the class; methods of an object run one after another');
  if (typeof cls !== 'function' || typeof cls.prototype !== 'object')
    fail('INVALID_ARGUMENT', 'sf.proxy takes a class');
  const methods = methodsOf(cls as unknown as Class<never[], object>);
  const name = cls.name === '' ? 'class' : cls.name;
  function make(...given: unknown[]): object {
    const device = deviceOf(name, given.at(-1));
    let tail: Promise<unknown> = Promise.resolve();
    const inOrder = (
      what: string,
      args: readonly unknown[],
      work: (args: readonly unknown[]) => unknown,
      code: RemoteCall['code'],
    ) => {
      const { result, done } = callAt(device, what, args, undefined, work, code, tail);
      tail = done;
      return result as PYUObject;
    };
    const construct = (args: readonly unknown[]) => new cls(...(args as A));
    const instance = inOrder(`new ${name}`, given.slice(0, -1), construct, { kind: 'construct', fn: cls });
    const handle: Record<string, unknown> = {};
    for (const method of methods) {
      handle[method] = (...args: unknown[]) =>
        inOrder(
          `${name}.${method}`,
          [instance, ...args],
          async ([self, ...values]) =>
            // A method may give out what it goes on changing.
            snapshot(await (self as Record<string, Method>)[method]!(...(values as never[]))),
          { kind: 'method', name: method },
        );
    }
    handle.toString = () => `Proxy(${name} on ${device.party})`;
    return Object.setPrototypeOf(handle, guardedPrototype(unknownMember(name, methods))) as object;
  }
  return make as unknown as ProxyClass<A, I>;
};
