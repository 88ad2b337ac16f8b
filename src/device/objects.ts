/**
 * @file Handles of what lives on a device. They are given out at the call, before the work is done, and are not
 * thenables, so `await` cannot reveal anything by accident.
 */

import { fail } from '../errors.ts';
import type { Type } from '../ir/ops/graph.ts';
import type { Exported } from '../ir/run/export.ts';
import { callSite } from '../ir/trace/callsite.ts';
import type { NDArray } from '../ir/trace/ndarray.ts';
import type { TreeDef } from '../ir/trace/pytree.ts';
import { describe, noMore } from '../names.ts';
import { guardedPrototype, HANDLE, UNKNOWN_NAME } from '../unknown-names.ts';
import type { PYU, SPU } from './devices.ts';
import { checkOutside } from './inside.ts';
import { INSIDE, type Op, RECEIVE } from './operation.ts';

/** A device that was given. Throws INVALID_ARGUMENT for anything else. */
export const deviceIn = <D extends PYU | SPU>(what: string, device: D): D =>
  typeof device === 'function' && RECEIVE in device
    ? device
    : fail(
        'INVALID_ARGUMENT',
        `${what} takes a device, as in ${what}(${what === 'x.to' ? "sf.PYU('bob')" : 'alice, data'}), not ${describe(device)}`,
      );

/**
 * A handle of what lives on a device, given out at the call, before the work is done: no value and no promise. Using
 * it as one throws INVALID_ARGUMENT.
 * @example
 * const x = sf.to(alice, 5);
 * x instanceof sf.DeviceObject // true
 * Number(x) // throws INVALID_ARGUMENT
 */
export abstract class DeviceObject<T = unknown> {
  abstract readonly device: PYU | SPU;
  /**
   * The call that made it: its number in the session, what was called and where.
   * @example
   * sf.to(alice, 5).op.what // 'data put on alice'
   */
  readonly op: Op;
  /** On the prototype. */
  declare readonly [HANDLE]: true;
  readonly #name: string;
  /** For the type checker only: what the handle stands for. */
  declare readonly _type?: T;

  constructor(op: Op, name: string) {
    this.op = op;
    this.#name = name;
  }

  /**
   * The call that made it, as `file:line:column`.
   * @example
   * typeof sf.to(alice, 5).site // 'string'
   */
  get site(): string | undefined {
    return this.op.site;
  }

  /** Resolves when the work behind the handle is done; rejects when it has failed. */
  abstract ready(): Promise<void>;

  /** The same data on another device. To a PYU of its SPU, this reveals to that party alone. */
  abstract to(device: PYU | SPU): DeviceObject;

  /**
   * Its name: the device and the number of the call. Never a value.
   * @example
   * String(sf.to(alice, 5)).startsWith('PYUObject(alice #') // true
   */
  toString(): string {
    return this.#name;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.#name;
  }

  /** As text a handle is its name; it is no number. */
  [Symbol.toPrimitive](hint: string): string {
    return hint === 'string' ? this.#name : this.#noValue('is used as a number, or added to');
  }

  /**
   * Throws INVALID_ARGUMENT: a handle is no value that could be written.
   * @example
   * JSON.stringify(sf.to(alice, 5)) // throws INVALID_ARGUMENT
   */
  toJSON(): never {
    return this.#noValue('is written as JSON');
  }

  get [Symbol.iterator](): never {
    return this.#noValue(
      'is taken apart',
      'For a handle of each result say { numReturns: 2 } at the call (of methods: at sf.proxy). ',
    );
  }

  /** `handle.age`: JavaScript would give undefined. */
  [UNKNOWN_NAME](name: string): never {
    return this.#noValue(`is asked for .${name}`);
  }

  #noValue(use: string, more = ''): never {
    const site = callSite();
    return fail(
      'INVALID_ARGUMENT',
      `${this.#name} ${use}${site === undefined ? '' : ` at ${site}`}: a handle stands for a value that is not here. ` +
        `${more}Give it to a function that uses the value, as in alice((x) => x.age)(handle) or spu((x) => np.add(x, 1))` +
        '(handle), or reveal it with await sf.reveal(handle)',
      { site },
    );
  }

  /** What went wrong behind the handle has been told to the program. */
  protected async reported(work: Promise<unknown>): Promise<void> {
    try {
      await work;
    } catch (e) {
      this.device.session.unseen.seen(e);
      throw e;
    }
  }
}

Object.defineProperty(DeviceObject.prototype, HANDLE, { value: true });
Object.setPrototypeOf(DeviceObject.prototype, guardedPrototype(Object.prototype));

/**
 * Plain data of one party.
 * @example
 * const x = alice(() => [1, 2])();
 * await sf.reveal(x) // [1, 2]
 */
export class PYUObject<T = unknown> extends DeviceObject<T> {
  /**
   * The PYU that holds it.
   * @example
   * sf.to(alice, 5).device.kind // 'PYU'
   */
  readonly device: PYU;
  readonly [INSIDE]: Promise<T>;
  /**
   * Its masked form, by SPU: a value enters an SPU once.
   * @example
   * const x = sf.to(alice, [1]);
   * x.to(spu);
   * x.shared.size // 1
   */
  readonly shared = new Map<SPU, SPUObject>();
  /**
   * What it became at other PYUs: a value goes there once.
   * @example
   * const x = sf.to(alice, 1);
   * x.to(bob) === x.to(bob) // true
   */
  readonly moved = new Map<PYU, PYUObject>();

  constructor(device: PYU, op: Op, value: Promise<T>, part = '') {
    super(op, `PYUObject(${device.party} #${op.number}${part})`);
    this.device = device;
    this[INSIDE] = value;
    device.session.unseen.watch(value);
  }

  /**
   * Resolves when the work behind the handle is done; rejects with its error when it has failed.
   * @example
   * await sf.to(alice, 5).ready() // undefined
   */
  ready(...surplus: never[]): Promise<void> {
    noMore('ready', surplus);
    return this.reported(this[INSIDE]);
  }

  /**
   * The same data on another device: on another PYU in plain, on an SPU masked. Throws INVALID_ARGUMENT for a device of
   * another session.
   * @example
   * const x = sf.to(alice, 5);
   * await sf.reveal(x.to(bob)) // 5
   */
  to(device: PYU, ...surplus: never[]): PYUObject<T>;
  to(device: SPU, ...surplus: never[]): SPUObject<FromSpu<T>>;
  to(device: PYU | SPU, ...surplus: never[]): PYUObject<T> | SPUObject<FromSpu<T>>;
  to(device: PYU | SPU, ...surplus: never[]): PYUObject<T> | SPUObject<FromSpu<T>> {
    checkOutside('x.to');
    noMore('to', surplus);
    return deviceIn('x.to', device)[RECEIVE](this) as PYUObject<T> | SPUObject<FromSpu<T>>;
  }
}

/** What an SPU holds: a tree whose leaves are stored at all its parties under `id`. */
export interface Held {
  readonly def: TreeDef;
  readonly leaves: readonly { readonly id: number; readonly type: Type }[];
}

/** A value on its way out of an SPU: the shares of those parties whose engines are here, by rank. */
export interface Leaving {
  readonly held: Held;
  readonly exported: ReadonlyMap<number, Promise<Exported>>;
}

/** The life of what an SPU holds for a handle; outlives the handle, which may be collected before the work is done. */
export interface Hold {
  /** Resolves when the work is given to the parties: types are known, and later work may build on it. */
  readonly given: Promise<Held>;
  /** Resolves when all parties have done it. */
  readonly done: Promise<void>;
  /** Its form, once that is known, and what `given` resolves to. */
  form: Form | undefined;
  held: Held | undefined;
  freed: boolean;
}

/** What programs need to know of an SPU's value to be recorded. */
export interface Form {
  readonly def: TreeDef;
  readonly types: readonly Type[];
}

/**
 * Masked data, held by the parties of an SPU together. T is what it reveals as.
 * @example
 * const x = spu((v) => np.multiply(v, 2))([1, 2]);
 * await sf.reveal(x) // [2, 4]
 */
export class SPUObject<T = unknown> extends DeviceObject<T> {
  /**
   * The SPU that holds it.
   * @example
   * sf.to(alice, 5).to(spu).device.kind // 'SPU'
   */
  readonly device: SPU;
  readonly [INSIDE]: Hold;
  /**
   * What was revealed to single parties: it goes to each once.
   * @example
   * const x = sf.to(alice, 1).to(spu);
   * x.to(bob) === x.to(bob) // true
   */
  readonly revealed = new Map<PYU, PYUObject>();

  constructor(device: SPU, op: Op, hold: Hold, part = '') {
    super(op, `SPUObject(${device.parties.join('+')} #${op.number}${part})`);
    this.device = device;
    this[INSIDE] = hold;
    device.session.unseen.watch(hold.given);
    device.session.unseen.watch(hold.done);
  }

  /**
   * Resolves when the work behind the handle is done; rejects with its error when it has failed.
   * @example
   * await sf.to(alice, 5).to(spu).ready() // undefined
   */
  ready(...surplus: never[]): Promise<void> {
    noMore('ready', surplus);
    const { given, done } = this[INSIDE];
    return this.reported(given.then(() => done));
  }

  /**
   * The same data on another device. To a PYU of its SPU this reveals to that party alone.
   * @example
   * const x = sf.to(alice, 5).to(spu);
   * await sf.reveal(x.to(bob)) // 5
   */
  to(device: PYU, ...surplus: never[]): PYUObject<T>;
  to(device: SPU, ...surplus: never[]): SPUObject<T>;
  to(device: PYU | SPU, ...surplus: never[]): PYUObject<T> | SPUObject<T>;
  to(device: PYU | SPU, ...surplus: never[]): PYUObject<T> | SPUObject<T> {
    checkOutside('x.to');
    noMore('to', surplus);
    return deviceIn('x.to', device)[RECEIVE](this) as PYUObject<T> | SPUObject<T>;
  }

  /**
   * Frees its memory at all parties, after what was called before. (Unreachable handles are freed in time.)
   * @example
   * const x = sf.to(alice, [1]).to(spu);
   * x.free();
   * await sf.reveal(x) // throws INVALID_ARGUMENT
   */
  free(...surplus: never[]): void {
    noMore('free', surplus);
    this.device.free(this);
  }
}

/** What `reveal` makes of the type of a tree. */
export type Revealed<T> =
  T extends SPUObject<infer U>
    ? U
    : T extends PYUObject<infer U>
      ? U
      : T extends (...args: never[]) => unknown
        ? T
        : T extends object
          ? T extends { readonly shape: unknown; readonly dtype: unknown }
            ? T
            : { [K in keyof T]: Revealed<T[K]> }
          : T;

/** What comes out of an SPU for a result of type T: arrays for all leaves. */
export type FromSpu<T> = unknown extends T
  ? NDArray
  : T extends
        | number
        | bigint
        | boolean
        | { readonly shape: unknown; readonly dtype: unknown }
        | ArrayBufferView
    ? NDArray
    : T extends readonly number[] | readonly (readonly number[])[]
      ? NDArray
      : T extends object
        ? { [K in keyof T]: FromSpu<T[K]> }
        : T;
