/**
 * @file Devices as programs see them, and a session as devices see it. Types alone: what stands behind them is in pyu.ts, spu.ts
 * and session.ts.
 */
import type { ArrayInput, BaseArray } from '../ir/trace/array.ts';
import type { Checker } from './check.ts';
import type { CheckpointPath } from './checkpoint-part.ts';
import type { ClusterDef, SpuConfig } from './cluster-def.ts';
import type { Listener } from './events.ts';
import type { Mode } from './mode.ts';
import type { DeviceObject, FromSpu, Leaving, PYUObject, SPUObject } from './objects.ts';
import type { LEAVE, Op, RECEIVE } from './operation.ts';
import type { SpuStats } from './profile.ts';
import type { ProgressListener } from './progress.ts';
import type { Recording } from './recording.ts';
import type { RuntimeConfig } from './runtime-config.ts';
import type { Unseen } from './unseen.ts';

/** What devices need of their session. */
export interface DeviceSession {
  readonly parties: readonly string[];
  readonly mode: Mode;
  /** Failures that the program has not been told of. */
  readonly unseen: Unseen;
  /** In a simulation with `check`. */
  readonly checker: Checker | undefined;
  /** Hears of what may be wrong in a program. */
  readonly emit: Listener;
  /** Hears how far programs of its SPUs are. */
  readonly onProgress: ProgressListener | undefined;
  /** Numbers an operation, at the call. Throws CLOSED when the session is over. */
  op(what: string, site: string | undefined, detail?: string): Op;
  /** Puts data on a PYU, copied at the call, or moves an object to a device. */
  to(device: PYU, data: unknown): PYUObject;
  to(device: PYU | SPU, data: DeviceObject): PYUObject | SPUObject;
}

/** An argument: the value itself, its handle, or a tree with handles in it. */
export type Handled<T> =
  | T
  | DeviceObject<T>
  | (T extends object ? { readonly [K in keyof T]: Handled<T[K]> } : never);
export type HandledArgs<A extends readonly unknown[]> = { [K in keyof A]: Handled<A[K]> };

/** N handles for a function that returns N results. */
export type Parts<R> = R extends readonly unknown[]
  ? { readonly [K in keyof R]: PYUObject<R[K]> }
  : readonly PYUObject[];

export interface PyuOptions {
  /** The function returns a list of this many results; each gets a handle, and the call gives a list of them (also for 1). */
  readonly numReturns?: number;
  /** As numReturns. */
  readonly num_returns?: number;
  /** Accepted: a party's function is given all arguments as they are. */
  readonly static?: Places;
  readonly static_argnames?: Places;
}

/** Places of arguments, or their names. */
export type Places = number | string | readonly (number | string)[];

/** How many results a function returns, in either spelling. */
export type Returns = { readonly numReturns: number } | { readonly num_returns: number };

/**
 * Arguments are read and copied at the call: lists, plain objects, Map, Set, arrays, dates, registered types (once for a
 * large array; not at all after `sf.take`). Functions are passed as they are; bytes arrive as Uint8Array. Handles in them
 * are found, and their values given to the function. What is behind a handle never changes: a function gets a copy of it, and
 * its result is copied (a large array is not where the result is `sf.take(array)`), as from process to process. Objects of
 * classes that stay at their party are not copied: its functions share them, as the methods of an `sf.proxy` do. Throws INVALID_ARGUMENT for a handle elsewhere and for a promise, SERIALIZATION for objects of unknown classes.
 */
export interface PyuCall {
  <A extends unknown[], R>(fn: (...args: A) => R): (...args: HandledArgs<A>) => PYUObject<Awaited<R>>;
  <A extends unknown[], R>(
    fn: (...args: A) => R,
    options: PyuOptions & Returns,
  ): (...args: HandledArgs<A>) => Parts<Awaited<R>>;
  <A extends unknown[], R>(
    fn: (...args: A) => R,
    options: PyuOptions,
  ): (...args: HandledArgs<A>) => PYUObject<Awaited<R>>;
}

export interface PYU extends PyuCall {
  /**
   * What kind of device it is.
   * @example
   * alice.kind // 'PYU'
   */
  readonly kind: 'PYU';
  /**
   * What kind of device it is, in the words of SecretFlow.
   * @example
   * alice.device_type // 'PYU'
   */
  readonly deviceType: 'PYU';
  /**
   * As deviceType.
   * @example
   * alice.device_type // 'PYU'
   */
  readonly device_type: 'PYU';
  /**
   * Writes a value to a file of its party, for nobody else: as it is sent from party to party, so that no file is a program. On a
   * cluster below the node's folder. The handle that comes back is done when the file is written. Throws INVALID_ARGUMENT for a handle
   * that is elsewhere.
   * @example
   * await alice.dump(sf.to(alice, { n: 1 }), 'dist/value').ready();
   * await sf.reveal(alice.load('dist/value')) // { n: 1 }
   */
  dump(object: DeviceObject, path: string): PYUObject<null>;
  /**
   * What `dump` has written; one that was called before, with the same path, is waited for. Fails with SERIALIZATION for other files,
   * INVALID_ARGUMENT for one that cannot be read.
   * @example
   * await alice.dump(sf.to(alice, [1, 2]), 'dist/list').ready();
   * await sf.reveal(alice.load('dist/list')) // [1, 2]
   */
  load<T = unknown>(path: string): PYUObject<T>;
  /**
   * The name of its party.
   * @example
   * alice.party // 'alice'
   */
  readonly party: string;
  /**
   * The session that it belongs to.
   * @example
   * alice.session === sf.currentSession() // true
   */
  readonly session: DeviceSession;
  [RECEIVE](object: DeviceObject): PYUObject;
  /**
   * `PYU(alice)`, for messages.
   * @example
   * String(alice) // 'PYU(alice)'
   */
  toString(): string;
}

export interface SpuOptions {
  /** Arguments that are handed to the function as they are: sizes, names, flags, functions. By place, or by the name that the text of the function has. */
  readonly static?: Places;
  /** As static, in the spelling of JAX and SecretFlow. */
  readonly static_argnames?: Places;
  readonly static_argnums?: Places;
  /** The function returns a list of this many results; each gets a handle, and the call gives a list of them (also for 1). */
  readonly numReturns?: number;
  /** As numReturns. */
  readonly num_returns?: number;
  /** Hears how far the program is, about ten times a second, and at its end. */
  readonly onProgress?: ProgressListener;
  readonly on_progress?: ProgressListener;
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
    options: SpuOptions & Returns,
  ): (...args: SpuArg<BaseArray>[]) => SpuParts<R>;
  <R>(
    fn: (...args: BaseArray[]) => R,
    options?: SpuOptions,
  ): (...args: SpuArg<BaseArray>[]) => SPUObject<FromSpu<R>>;
  <A extends unknown[], R>(
    fn: (...args: A) => R,
    options: SpuOptions & Returns,
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
   * What kind of device it is, in the words of SecretFlow.
   * @example
   * spu.deviceType // 'SPU'
   */
  readonly deviceType: 'SPU';
  /**
   * As deviceType.
   * @example
   * spu.device_type // 'SPU'
   */
  readonly device_type: 'SPU';
  /**
   * The `id` of its definition, or its name.
   * @example
   * sf.SPU({ cluster_def: sf.utils.testing.cluster_def(['alice', 'bob']), id: 'first' }).id // 'first'
   */
  readonly id: string;
  /**
   * How many parties it has.
   * @example
   * spu.worldSize === spu.parties.length // true
   */
  readonly worldSize: number;
  /**
   * As worldSize.
   * @example
   * spu.world_size === spu.parties.length // true
   */
  readonly world_size: number;
  /**
   * What it runs with, by the keys of a `runtime_config`, defaults too.
   * @example
   * spu.conf.protocol // 'SEMI2K'
   */
  readonly conf: Readonly<Record<string, string | number | boolean>>;
  /**
   * The definition that it was made of.
   * @example
   * spu.clusterDef.nodes.length === spu.parties.length // true
   */
  readonly clusterDef: ClusterDef;
  /**
   * As clusterDef.
   * @example
   * spu.cluster_def === spu.clusterDef // true
   */
  readonly cluster_def: ClusterDef;
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
  readonly session: DeviceSession;
  /**
   * Resolves when the parties are connected. Throws CLOSED once the SPU is shut down: make another with sf.SPU.
   * @example
   * await spu.ready() // undefined
   */
  ready(): Promise<void>;
  /**
   * As ready(): an SPU connects its parties when it is made.
   * @example
   * await spu.init() // undefined
   */
  init(): Promise<void>;
  /**
   * Frees all that it holds, after what was called before: handles of it can no longer be used. New calls run as before.
   * @example
   * const own = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
   * const x = sf.to(alice, [1]).to(own);
   * await own.reset();
   * await sf.reveal(x) // throws INVALID_ARGUMENT
   */
  reset(): Promise<void>;
  /**
   * As close().
   * @example
   * const own = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
   * await own.shutdown() // undefined
   */
  shutdown(): Promise<void>;
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
  [LEAVE](object: SPUObject, to: SpuConfig): (() => Promise<Leaving>) | undefined;
  [RECEIVE](object: DeviceObject): SPUObject;
  /**
   * `SPU(alice, bob)`, for messages.
   * @example
   * String(spu).startsWith('SPU(') // true
   */
  toString(): string;
}
