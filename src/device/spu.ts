/** @file SPU: the device of several parties together, as a function that takes a function. */
import { fail } from '../errors.ts';
import type { ArrayInput, BaseArray } from '../ir/trace/array.ts';
import { describe, noMore } from '../names.ts';
import { markUncalled } from './arguments.ts';
import type { CheckpointPath } from './checkpoint-part.ts';
import type { SpuConfig } from './cluster-def.ts';
import { type DeviceObject, type FromSpu, type PYUObject, RECEIVE, type SPUObject } from './objects.ts';
import type { SpuStats } from './profile.ts';
import { type PYU, readReturns } from './pyu.ts';
import type { Recording } from './recording.ts';
import type { RuntimeConfig } from './runtime-config.ts';
import type { Session } from './session.ts';
import { SpuDevice } from './spu-device.ts';

export interface SpuOptions {
  /** Places of arguments that are handed to the function as they are: sizes, names, flags, functions. */
  readonly static?: readonly number[];
  /** The function returns a list of this many results; each gets a handle, and the call gives a list of them (also for 1). */
  readonly numReturns?: number;
}

/** N handles for a function that returns N results. */
export type SpuParts<R> = R extends readonly unknown[]
  ? { readonly [K in keyof R]: SPUObject<FromSpu<R[K]>> }
  : readonly SPUObject[];

/**
 * A function to run on masked values. It is recorded anew for each call, on arrays without numbers: at the call itself where
 * the shapes of all arguments are known there (handles of earlier programs whose own arguments were known, or handles that
 * were waited for; data given to the call), so that what it captures means what it meant at the call. Where a shape is not
 * known yet, as of a value that a party is still computing, it is recorded when that is, and reads the variables that it
 * captures then: hand over what changes as an argument. Arguments are copied at the call, `static` ones too (functions are
 * passed as they are); options are read when they are given.
 */
export interface SpuCall {
  <R>(
    fn: (...args: BaseArray[]) => R,
    options: SpuOptions & { readonly numReturns: number },
  ): (...args: SpuArg<BaseArray>[]) => SpuParts<R>;
  <R>(
    fn: (...args: BaseArray[]) => R,
    options?: SpuOptions,
  ): (...args: SpuArg<BaseArray>[]) => SPUObject<FromSpu<R>>;
  <A extends unknown[], R>(
    fn: (...args: A) => R,
    options: SpuOptions & { readonly numReturns: number },
  ): (...args: SpuArgs<A>) => SpuParts<R>;
  <A extends unknown[], R>(
    fn: (...args: A) => R,
    options?: SpuOptions,
  ): (...args: SpuArgs<A>) => SPUObject<FromSpu<R>>;
}

/** Where a program works with an array, its caller gives a handle, an array, numbers, or a tree of these. */
export type SpuArgs<A extends readonly unknown[]> = { [K in keyof A]: SpuArg<A[K]> };
export type SpuArg<T> =
  | T
  | DeviceObject
  | (T extends BaseArray
      ? ArrayInput
      : T extends (...args: never[]) => unknown
        ? never
        : T extends object
          ? { readonly [K in keyof T]: SpuArg<T[K]> }
          : never);

export interface SPU extends SpuCall {
  /**
   * What kind of device it is.
   * @example
   * spu.kind // 'SPU'
   */
  readonly kind: 'SPU';
  /**
   * Its parties: a party's rank is its place in this list.
   * @example
   * spu.parties // ['alice', 'bob']
   */
  readonly parties: readonly string[];
  /**
   * What it runs with: the `runtime_config` of its definition, and defaults.
   * @example
   * spu.config.field // 'FM128'
   */
  readonly config: RuntimeConfig;
  /**
   * The session that it belongs to.
   * @example
   * spu.session === sf.currentSession() // true
   */
  readonly session: Session;
  /**
   * Resolves when the parties are connected.
   * @example
   * await spu.ready() // undefined
   */
  ready(): Promise<void>;
  /**
   * As `object.free()`: frees its memory at all parties, after what was called before.
   * @example
   * const x = sf.to(alice, [1]).to(spu);
   * spu.free(x);
   * await sf.reveal(x) // throws INVALID_ARGUMENT
   */
  free(object: SPUObject): void;
  /**
   * Reveals to one party, and to nobody else.
   * @example
   * const x = sf.to(alice, [7]).to(spu);
   * await sf.reveal(spu.revealTo(bob, x)) // [7]
   */
  revealTo(pyu: PYU, object: SPUObject): PYUObject;
  /**
   * Reveals to everybody.
   * @example
   * const x = sf.to(alice, [7]).to(spu);
   * await spu.reveal([x]) // [[7]]
   */
  reveal(objects: readonly SPUObject[]): Promise<unknown[]>;
  /**
   * Writes objects to a file of every party of the SPU: its own shares, encrypted with its key (`storageKey`, or in production
   * one from its identity). Resolves when all have written; one that fails leaves the dump before it as it was.
   * `path`: in production this party's file. Where one program drives all, the file of party p is `<path>.<p>`; on a cluster it is
   * on the disk of p's node, below the folder in which that was started. Anywhere: a list by rank, or an object by party. Throws
   * CONFIG without a key, RANGE for objects that left the range where a range guard watches them.
   * @example
   * const x = sf.to(alice, [7]).to(spu);
   * await spu.dump(x, '/tmp/weights') // throws CONFIG
   */
  dump(objects: unknown, path: CheckpointPath): Promise<void>;
  /**
   * What was dumped, in the same form, under fresh masks: by the same parties in the same order, over the same field. Any mode
   * loads what another wrote, with the keys that it was written with. Throws CONFIG where a part is missing, is another's, does not
   * open, or where the parts do not belong together.
   * @example
   * await spu.load('/tmp/nothing-was-dumped-here') // throws CONFIG
   */
  load(path: CheckpointPath): Promise<unknown>;
  /**
   * Records what the SPU is going to run, for `tessera deal`. Call it before anything else on this SPU.
   * @example
   * const secret = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
   * typeof secret.record() // 'object'
   */
  record(): Recording;
  /**
   * What it did so far: jobs, rounds, bytes by party, dealer bytes, milliseconds, most memory by party (bytes), and
   * ops, the dearest first.
   * @example
   * spu.stats().field // 'FM128'
   */
  stats(): SpuStats;
  /**
   * Ends its threads. `sf.shutdown()` does it for all of a session.
   * @example
   * const secret = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
   * await secret.close() // undefined
   */
  close(): Promise<void>;
  [RECEIVE](object: DeviceObject): SPUObject;
  /**
   * `SPU(alice, bob)`, for messages.
   * @example
   * String(spu).startsWith('SPU(') // true
   */
  toString(): string;
}

type AnyMethods = Readonly<Record<string, (...args: never[]) => unknown>>;

/** Methods that take as many arguments as they name. */
const exact = <M extends AnyMethods>(methods: M): M =>
  Object.fromEntries(
    Object.entries(methods).map(([name, method]) => [
      name,
      (...args: never[]) => {
        noMore(`spu.${name}`, args.slice(method.length));
        return method(...args);
      },
    ]),
  ) as unknown as M;

/** An SPU of a session, as a function that takes a function. */
export const makeSPU = (session: Session, config: SpuConfig): SPU => {
  const device = new SpuDevice(session, config);
  const call = (
    fn: (...args: never[]) => unknown,
    options: SpuOptions | undefined,
    ...surplus: readonly unknown[]
  ) => {
    noMore('spu', surplus, 'spu(fn, options)(...args)');
    if (typeof fn !== 'function')
      fail('INVALID_ARGUMENT', `an SPU runs functions: spu(fn)(...args); got ${describe(fn)}`);
    readReturns(options, ['static', 'numReturns']);
    const now: SpuOptions = { ...options };
    const own = Array.isArray(now.static) ? { ...now, static: [...now.static] } : now;
    return markUncalled((...args: unknown[]) => device.call(fn, own, args), 'spu');
  };
  const shown = () => device.name;
  const spu = Object.assign(call, {
    kind: 'SPU',
    parties: config.parties,
    config: config.runtime,
    session,
    ...exact({
      ready: () => session.unseen.told(device.ready),
      free: (object: SPUObject) => device.free(object),
      revealTo: (pyu: PYU, object: SPUObject) => device.revealTo(pyu, object),
      reveal: (objects: readonly SPUObject[]) => session.unseen.told(device.reveal(objects)),
      dump: (objects: unknown, path: CheckpointPath) => session.unseen.told(device.dump(objects, path)),
      load: (path: CheckpointPath) => session.unseen.told(device.load(path)),
      record: () => device.record(),
      stats: () => device.stats(),
      close: () => device.close(),
    }),
    [RECEIVE]: (object: DeviceObject) => device.receive(object),
    toString: shown,
    [Symbol.for('nodejs.util.inspect.custom')]: shown,
  }) as unknown as SPU;
  device.bind(spu);
  return spu;
};
