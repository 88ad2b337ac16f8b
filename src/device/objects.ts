/**
 * @file Handles of what lives on a device. They are given out at the call, before the work is done, and are not
 * thenables, so `await` cannot reveal anything by accident.
 */

import type { Type } from '../ir/graph.ts';
import type { NDArray } from '../ir/ndarray.ts';
import type { TreeDef } from '../ir/pytree.ts';
import type { PYU } from './pyu.ts';
import type { SPU } from './spu.ts';

/** How the device layer, and nobody by accident, gets at what is behind a handle. */
export const INSIDE: unique symbol = Symbol('tessera.inside');
export const RECEIVE: unique symbol = Symbol('tessera.receive');

/** One call on a device, for names and messages. */
export interface Op {
  /** Counted per session, given at the call. */
  readonly number: number;
  /** What was called: `function "train"`, `to alice`, ... */
  readonly what: string;
  readonly site: string | undefined;
}

/** A promise whose failure is shown to whoever uses the handle, and is no unhandled rejection before that. */
export const quietly = <P extends Promise<unknown>>(promise: P): P => {
  promise.catch(() => {});
  return promise;
};

export abstract class DeviceObject<T = unknown> {
  abstract readonly device: PYU | SPU;
  readonly op: Op;
  readonly #name: string;
  /** For the type checker only: what the handle stands for. */
  declare readonly _type?: T;

  constructor(op: Op, name: string) {
    this.op = op;
    this.#name = name;
  }

  /** The call that made it, as `file:line:column`. */
  get site(): string | undefined {
    return this.op.site;
  }

  /** Resolves when the work behind the handle is done; rejects when it has failed. */
  abstract ready(): Promise<void>;

  /** The same data on another device. To a PYU of its SPU, this reveals to that party alone. */
  abstract to(device: PYU | SPU): DeviceObject;

  toString(): string {
    return this.#name;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.#name;
  }

  toJSON(): string {
    return this.#name;
  }
}

/** Plain data of one party. */
export class PYUObject<T = unknown> extends DeviceObject<T> {
  readonly device: PYU;
  readonly [INSIDE]: Promise<T>;
  /** Its masked form, by SPU: a value enters an SPU once. */
  readonly shared = new Map<SPU, SPUObject>();

  constructor(device: PYU, op: Op, value: Promise<T>, part = '') {
    super(op, `PYUObject(${device.party} #${op.number}${part})`);
    this.device = device;
    this[INSIDE] = quietly(value);
  }

  async ready(): Promise<void> {
    await this[INSIDE];
  }

  to(device: PYU): PYUObject<T>;
  to(device: SPU): SPUObject<FromSpu<T>>;
  to(device: PYU | SPU): PYUObject<T> | SPUObject<FromSpu<T>>;
  to(device: PYU | SPU): PYUObject<T> | SPUObject<FromSpu<T>> {
    return device[RECEIVE](this) as PYUObject<T> | SPUObject<FromSpu<T>>;
  }
}

/** What an SPU holds: a tree whose leaves are stored at all its parties under `id`. */
export interface Held {
  readonly def: TreeDef;
  readonly leaves: readonly { readonly id: number; readonly type: Type }[];
}

/** The life of what an SPU holds for a handle; outlives the handle, which may be collected before the work is done. */
export interface Hold {
  /** Resolves when the work is given to the parties: types are known, and later work may build on it. */
  readonly given: Promise<Held>;
  /** Resolves when all parties have done it. */
  readonly done: Promise<void>;
  freed: boolean;
}

/** Masked data, held by the parties of an SPU together. T is what it reveals as. */
export class SPUObject<T = unknown> extends DeviceObject<T> {
  readonly device: SPU;
  readonly [INSIDE]: Hold;

  constructor(device: SPU, op: Op, hold: Hold, part = '') {
    super(op, `SPUObject(${device.parties.join('+')} #${op.number}${part})`);
    this.device = device;
    this[INSIDE] = hold;
  }

  async ready(): Promise<void> {
    await this[INSIDE].given;
    await this[INSIDE].done;
  }

  to(device: PYU): PYUObject<T>;
  to(device: SPU): SPUObject<T>;
  to(device: PYU | SPU): PYUObject<T> | SPUObject<T>;
  to(device: PYU | SPU): PYUObject<T> | SPUObject<T> {
    return device[RECEIVE](this) as PYUObject<T> | SPUObject<T>;
  }

  /** Frees its memory at all parties, after what was called before. (Unreachable handles are freed in time.) */
  free(): void {
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
