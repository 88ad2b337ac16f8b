/** @file The session that `sf.init` starts and the functions of the module work on. */
import { fail } from '../errors.ts';
import type { SpuDef } from './cluster-def.ts';
import type { ClusterOptions } from './cluster-options.ts';
import type { InitOptions, StandaloneOptions } from './init-options.ts';
import { type DeviceObject, deviceIn, type PYUObject, type Revealed, type SPUObject } from './objects.ts';
import type { PYU as Pyu } from './pyu.ts';
import { noMore } from './read.ts';
import { type Session, type SessionStats, session } from './session.ts';
import type { SPU as Spu } from './spu.ts';

let current: Session | undefined;

/** The default session. Throws INVALID_ARGUMENT before `sf.init` and after `sf.shutdown`. */
export const currentSession = (): Session =>
  current ??
  fail(
    'INVALID_ARGUMENT',
    "there is no session: call await sf.init(['alice', 'bob'], { address: 'local' }) first",
  );

/**
 * Starts the default session: `sf.init({ parties: ['alice', 'bob'], address: 'local' })`, or as in the guide
 * `sf.init(['alice', 'bob'], { address: 'local' })`. Unknown options are errors.
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

/** Ends the default session and all its threads; does nothing if there is none. */
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

/** The plaintext device of a party of the default session. */
export type PYU = Pyu;
export const PYU = function PYU(party: string, ...surplus: never[]): Pyu {
  return currentSession().PYU(party, ...surplus);
} as unknown as Maker<[party: string], Pyu>;

/** A secret device of parties of the default session. */
export type SPU = Spu;
export const SPU = function SPU(def: SpuDef, ...surplus: never[]): Spu {
  return currentSession().SPU(def, ...surplus);
} as unknown as Maker<[def: SpuDef], Spu>;

/** @see Session.to */
export function to(device: Pyu, data: unknown, ...surplus: never[]): PYUObject;
export function to(device: Pyu | Spu, data: DeviceObject, ...surplus: never[]): PYUObject | SPUObject;
export function to(...given: readonly unknown[]): PYUObject | SPUObject {
  const all = given as [device: Pyu, data: unknown];
  return deviceIn('sf.to', all[0]).session.to(...all);
}

/** @see Session.reveal */
export const reveal = <T>(tree: T, ...surplus: never[]): Promise<Revealed<T>> =>
  currentSession().reveal(tree, ...surplus);

/** @see Session.wait */
export const wait = (tree: unknown, ...surplus: never[]): Promise<void> =>
  currentSession().wait(tree, ...surplus);

/** @see Session.barrier */
export const barrier = (...surplus: never[]): Promise<void> => currentSession().barrier(...surplus);

/** @see Session.stats */
export const stats = (...surplus: never[]): SessionStats => {
  noMore('sf.stats', surplus);
  return currentSession().stats();
};
