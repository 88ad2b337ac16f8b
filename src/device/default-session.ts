/** @file The session that `sf.init` starts and the functions of the module work on. */
import { fail } from '../errors.ts';
import type { BaseArray } from '../ir/trace/array.ts';
import { noMore } from '../names.ts';
import type { SpuDef } from './cluster-def.ts';
import type { ClusterOptions } from './cluster-options.ts';
import type { HandledArgs, PYU as Pyu, PyuOptions, SPU as Spu, SpuArg, SpuOptions } from './devices.ts';
import type { InitOptions, StandaloneOptions } from './init-options.ts';
import {
  type DeviceObject,
  deviceIn,
  type FromSpu,
  type PYUObject,
  type Revealed,
  type SPUObject,
} from './objects.ts';
import { type Session, type SessionStats, session } from './session.ts';

let current: Session | undefined;

/**
 * The default session. Throws INVALID_ARGUMENT before `sf.init` and after `sf.shutdown`.
 * @example
 * sf.currentSession().parties // ['alice', 'bob']
 */
export const currentSession = (): Session =>
  current ??
  fail(
    'INVALID_ARGUMENT',
    "there is no session: call await sf.init(['alice', 'bob'], { address: 'local' }) first",
  );

/**
 * Starts the default session: `sf.init({ parties: ['alice', 'bob'], address: 'local' })`, or as in the guide
 * `sf.init(['alice', 'bob'], { address: 'local' })`. Unknown options are errors.
 * @example
 * await sf.init(['alice', 'bob'], { address: 'local' });
 * await sf.reveal(sf.PYU('alice')(() => 42)()) // 42
 * await sf.shutdown();
 * await sf.init(['alice', 'bob'], { adress: 'local' } as object) // throws CONFIG
 */
export function init(options: InitOptions): Promise<Session>;
export function init(
  parties: readonly string[],
  options?: Omit<StandaloneOptions, 'parties'> | Omit<ClusterOptions, 'parties'>,
): Promise<Session>;
export async function init(first: unknown, second?: unknown, ...surplus: unknown[]): Promise<Session> {
  noMore('sf.init', surplus, 'it takes options, or parties and options');
  if (current !== undefined)
    fail(
      'INVALID_ARGUMENT',
      'sf.init was called before: call await sf.shutdown() first, or use sf.session for another',
    );
  const started = await (session as (first: unknown, second?: unknown) => Promise<Session>)(first, second);
  if (current !== undefined) fail('INVALID_ARGUMENT', 'sf.init was called twice at the same time');
  current = started;
  return started;
}

/**
 * Ends the default session and all its threads; does nothing if there is none.
 * @example
 * const session = await sf.init(['alice', 'bob'], { address: 'local' });
 * await sf.shutdown();
 * session.closed // true
 */
export const shutdown = async (...surplus: readonly undefined[]): Promise<void> => {
  noMore(
    'sf.shutdown',
    surplus.filter((x) => x !== undefined),
  );
  const ending = current;
  current = undefined;
  await ending?.shutdown();
};

/** Callable with and without `new`, as in the guide. */
interface Maker<A extends unknown[], T> {
  (...args: A): T;
  new (...args: A): T;
}

/**
 * The plaintext device of a party of the default session.
 * @example
 * const alice = sf.PYU('alice');
 * await sf.reveal(alice((x: number) => x + 1)(41)) // 42
 */
export type PYU = Pyu;
/**
 * The plaintext device of a party of the default session, with or without `new`. Its functions run in that party's
 * program. Throws INVALID_ARGUMENT for a name that is no party.
 * @example
 * const carol = () => sf.PYU('carol');
 * carol() // throws INVALID_ARGUMENT
 * await sf.reveal(sf.PYU('alice')((x: number) => x + 1)(41)) // 42
 */
export const PYU = function PYU(party: string, ...surplus: never[]): Pyu {
  return currentSession().PYU(party, ...surplus);
} as unknown as Maker<[party: string], Pyu>;

/**
 * A secret device of parties of the default session.
 * @example
 * const total = spu((x, y) => np.add(x, y))([1, 2], [10, 20]);
 * await sf.reveal(total) // [11, 22]
 */
export type SPU = Spu;
/**
 * A secret device of parties of the default session, with or without `new`: its functions run on masked values.
 * Throws CONFIG for a definition with unknown or unsupported settings, by their paths.
 * @example
 * const secret = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob'], { field: 'FM64' }));
 * await sf.reveal(secret((x) => np.sum(x))([1, 2, 3])) // 6
 */
export const SPU = function SPU(def: SpuDef, ...surplus: never[]): Spu {
  return currentSession().SPU(def, ...surplus);
} as unknown as Maker<[def: SpuDef], Spu>;

/** What `withDevice(device, options)` gives: a function that puts functions on the device. */
type On<D extends Pyu | Spu> = D extends Pyu
  ? <A extends unknown[], R>(fn: (...args: A) => R) => (...args: HandledArgs<A>) => PYUObject<Awaited<R>>
  : <R>(fn: (...args: BaseArray[]) => R) => (...args: SpuArg<BaseArray>[]) => SPUObject<FromSpu<R>>;

/**
 * `withDevice(alice)(fn)(...args)` is `alice(fn)(...args)`: a function with its device, to be called like any other.
 * @example
 * const double = sf.withDevice(alice)((x: number) => 2 * x);
 * await sf.reveal(double(21)) // 42
 */
export const withDevice = <D extends Pyu | Spu>(
  device: D,
  options?: D extends Pyu ? PyuOptions : SpuOptions,
  ...surplus: never[]
): On<D> => {
  noMore('sf.withDevice', surplus, 'it takes a device and options');
  const own = deviceIn('sf.withDevice', device) as unknown as (fn: unknown, options: unknown) => unknown;
  return ((fn: unknown) => own(fn, options)) as unknown as On<D>;
};

/**
 * As withDevice, in the spelling of SecretFlow.
 * @example
 * const total = sf.with_device(spu)((x) => np.sum(x));
 * await sf.reveal(total([1, 2, 3])) // 6
 */
export const with_device = withDevice;

/**
 * Puts data on a PYU, copied at the call, or moves a handle to a device: from a PYU to an SPU masks it, from an SPU
 * to a PYU reveals it to that party alone. Throws INVALID_ARGUMENT for plain data on an SPU, SERIALIZATION for
 * objects of unknown classes.
 * @example
 * const x = sf.to(alice, [1, 2]);
 * await sf.reveal(sf.to(bob, x)) // [1, 2]
 */
export function to(device: Pyu, data: unknown, ...surplus: never[]): PYUObject;
export function to(device: Pyu | Spu, data: DeviceObject, ...surplus: never[]): PYUObject | SPUObject;
export function to(...given: readonly unknown[]): PYUObject | SPUObject {
  const all = given as [device: Pyu, data: unknown];
  return deviceIn('sf.to', all[0]).session.to(...all);
}

/**
 * The tree (lists, plain objects, Map, Set) with every handle replaced by its value, which everybody learns: arrays
 * for what an SPU held, what a PYU's function returned as it is. Rejects with the error of work that failed.
 * @example
 * const x = sf.to(alice, [3, 4]).to(spu);
 * await sf.reveal({ x, n: 2 }) // { x: [3, 4], n: 2 }
 */
export const reveal = <T>(tree: T, ...surplus: never[]): Promise<Revealed<T>> =>
  currentSession().reveal(tree, ...surplus);

/**
 * Resolves when the work behind every handle of the tree is done; rejects with the error of what failed. Reveals
 * nothing.
 * @example
 * const x = spu((v) => np.square(v))([1, 2]);
 * await sf.wait([x]) // undefined
 */
export const wait = (tree: unknown, ...surplus: never[]): Promise<void> =>
  currentSession().wait(tree, ...surplus);

/**
 * Resolves when all parties have come to this point of the program: in production, when their programs have.
 * @example
 * await sf.barrier() // undefined
 */
export const barrier = (...surplus: never[]): Promise<void> => currentSession().barrier(...surplus);

/**
 * What the default session did so far: operations, and of each SPU its rounds, bytes, dealer bytes, milliseconds and
 * memory (bytes), with the dearest ops first.
 * @example
 * sf.stats().ops >= 0 // true
 */
export const stats = (...surplus: never[]): SessionStats => {
  noMore('sf.stats', surplus);
  return currentSession().stats();
};
