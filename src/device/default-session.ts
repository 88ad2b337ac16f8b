/** @file The session that `sf.init` starts and the functions of the module work on. */
import { fail } from '../errors.ts';
import type { SpuDef } from './cluster-def.ts';
import type { ClusterOptions } from './cluster-options.ts';
import type { InitOptions, StandaloneOptions } from './init-options.ts';
import type { DeviceObject, PYUObject, Revealed, SPUObject } from './objects.ts';
import type { PYU as Pyu } from './pyu.ts';
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
export async function init(first: unknown, second?: unknown): Promise<Session> {
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
export const shutdown = async (): Promise<void> => {
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
export const PYU = function PYU(party: string): Pyu {
  return currentSession().PYU(party);
} as unknown as Maker<[party: string], Pyu>;

/** A secret device of parties of the default session. */
export type SPU = Spu;
export const SPU = function SPU(def: SpuDef): Spu {
  return currentSession().SPU(def);
} as unknown as Maker<[def: SpuDef], Spu>;

/** @see Session.to */
export function to(device: Pyu, data: unknown): PYUObject;
export function to(device: Pyu | Spu, data: DeviceObject): PYUObject | SPUObject;
export function to(device: Pyu | Spu, data: unknown): PYUObject | SPUObject {
  return device.session.to(device as Pyu, data);
}

/** @see Session.reveal */
export const reveal = <T>(tree: T): Promise<Revealed<T>> => currentSession().reveal(tree);

/** @see Session.wait */
export const wait = (tree: unknown): Promise<void> => currentSession().wait(tree);

/** @see Session.barrier */
export const barrier = (): Promise<void> => currentSession().barrier();

/** @see Session.stats */
export const stats = (): SessionStats => currentSession().stats();
