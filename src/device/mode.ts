/**
 * @file What depends on whose program this is. In simulation one program drives all parties. In production every party
 * runs its own copy of the program, does its own part of each operation, and hears from the others about theirs.
 */

import type { TesseraError } from '../errors.ts';
import type { LinkMeasure } from '../ir/compile/plan.ts';
import type { Tensor, TensorData, Type } from '../ir/ops/graph.ts';
import type { Exported } from '../ir/run/export.ts';
import type { TreeDef } from '../ir/trace/pytree.ts';
import type { Channel } from '../link/link.ts';
import type { SpuConfig } from './cluster-def.ts';
import type { Op, Placed } from './operation.ts';
import type { SpuStats } from './profile.ts';
import type { BeaverType } from './runtime-config.ts';
import type { Outcome, Work } from './work.ts';

/** The form of a value that enters an SPU, known to all its parties; the data is there at its owner only. */
export interface Described {
  readonly def: TreeDef;
  readonly types: readonly Type[];
  readonly data?: readonly TensorData[];
}

/** The engine of one SPU, as far as this program has hold of it. */
export interface SpuBackend {
  /** Resolves when the parties are connected, with what was measured of their link. */
  readonly ready: Promise<LinkMeasure | undefined>;
  /** Peak bytes of ring memory, by rank, where known. */
  readonly memory: readonly number[];
  /** Runs a job after all earlier ones. */
  run(work: Work): Promise<Outcome>;
  /** Forgets objects, after all earlier jobs. */
  free(ids: readonly number[]): void;
  /** A party's shares of objects, after all earlier jobs: of this program's own party, or where one program drives all. */
  export(ids: readonly number[], rank: number): Promise<Exported>;
  close(reason: TesseraError): Promise<void>;
}

/** A value that is about to enter an SPU. */
export interface Entry {
  readonly object: Placed;
  /** Undefined at a program whose party takes no part in that SPU. */
  readonly backend: SpuBackend | undefined;
}

export type FileHeader = Readonly<Record<string, unknown>>;

/** A party's part of a dump: whole, and on the disk. */
export interface StoredPart {
  readonly file: string;
  readonly header: FileHeader;
}

/**
 * A party's parts of checkpoints, which only it can read. A part is written beside the one that stands at `path`, and takes
 * its place when all parties have theirs: so a dump that fails destroys nothing.
 */
export interface PartyFiles {
  /** What is there for `path`: the part that stands there, and those that have not taken its place. */
  list(path: string): Promise<readonly StoredPart[]>;
  /** Resolves to the file when it is whole and on the disk. */
  write(path: string, sequence: number, header: FileHeader, records: readonly Uint8Array[]): Promise<string>;
  /** All parties have their parts: this one takes its place, and what is older or unfinished goes. */
  keep(path: string, file: string): Promise<void>;
  /** No party will ever keep it. */
  discard(file: string): Promise<void>;
  read(file: string): Promise<{ header: FileHeader; records: readonly Uint8Array[] }>;
}

/**
 * A party's side of checkpoints: its shares go from its engine to its files and back, and nowhere else. One is for one dump, or
 * one load.
 */
export interface Keeper extends Pick<PartyFiles, 'list' | 'keep' | 'discard'> {
  /** Takes its shares of objects from the engine, after all earlier jobs. What is public comes back, by place. */
  take(ids: readonly number[]): Promise<Taken>;
  /** Writes what was taken behind `common`, as `PartyFiles.write` does. */
  write(path: string, sequence: number, header: FileHeader, common: Uint8Array): Promise<string>;
  /** Reads a part, and keeps its shares for the job that puts them in. */
  read(file: string): Promise<{ readonly header: FileHeader; readonly common: Uint8Array }>;
  /** The shares that were read; or under which key the party's engine has them, by their places. */
  readonly shares: readonly Uint8Array[] | string;
}

export interface Taken {
  /** The same at all parties for the same objects, and at no other time. */
  readonly id: string;
  readonly publics: readonly (readonly [number, Tensor])[];
}

/** A call on a PYU, where values are not in this process: the code goes by name, and values by reference. */
export interface RemoteCall {
  readonly party: string;
  readonly op: Op;
  /** A function, a class of which an instance is wanted, or the name of a method of the first argument. */
  readonly code:
    | { readonly kind: 'function'; readonly fn: unknown }
    | { readonly kind: 'construct'; readonly fn: unknown }
    | { readonly kind: 'method'; readonly name: string };
  readonly args: readonly unknown[];
  /** The handles among the arguments. */
  readonly objects: readonly Placed[];
  readonly numReturns: number | undefined;
  /** What must have ended before, well or not. */
  readonly after: Promise<unknown>;
}

/** A party's channels of a protocol beside SPUs: to the other party, and to the dealer if there is one who is none of both. */
export interface Lines {
  readonly channel: Channel;
  readonly dealer: Channel | undefined;
}

/** A function of a party's program, while it runs. */
export interface Computes {
  /** Resolves when the others have been told; undefined where they need not be. */
  readonly told: Promise<unknown> | undefined;
  /** It gave a promise. */
  goesOn(): void;
  ended(): void;
}

/** What a session has done. */
export interface SessionFigures {
  readonly ops: number;
  readonly spus: readonly SpuStats[];
}

export interface Mode {
  readonly name: 'standalone' | 'production' | 'cluster';
  readonly parties: readonly string[];
  /** The party whose program this is; undefined where one program drives all. */
  readonly self: string | undefined;
  /** Who deals for an SPU whose definition does not say; rank 0 if absent. */
  readonly dealer?: BeaverType;
  /** An operation was numbered: all parties must number the same. `detail`: devices and handles, no data. */
  issued(op: Op, detail: string): void;
  /** Work of one party: done there, and heard of elsewhere (there it resolves to undefined). */
  perform<T>(party: string, key: string, op: Op, work: () => Promise<T>): Promise<T>;
  /**
   * A function was called at the program's own party: it begins when `needs` are settled, and `results` come of it. The session does
   * not end before all have begun that can. Absent where that is no matter.
   */
  called?(op: Op, needs: readonly Promise<unknown>[], results: readonly Promise<unknown>[]): void;
  /**
   * A function of the program's own is about to begin: when `told` has resolved, if it is there. While it runs the program may answer
   * nobody. Absent where that is no matter.
   */
  computes?(op: Op): Computes;
  /** Runs code where the values are; resolves to references. Modes without it run closures, by `perform`. */
  call?(call: RemoteCall): Promise<unknown>;
  /** A value of `from` goes to `to` alone. */
  move<T>(from: string, to: string, key: string, op: Op, value: Promise<T>): Promise<T>;
  /** A value that the `holders` know goes to everybody. */
  share<T>(holders: readonly string[], key: string, op: Op, value: () => Promise<T>): Promise<T>;
  /** A value of one party goes to everybody, its owner too: as it is sent. */
  show<T>(party: string, key: string, op: Op, value: () => Promise<T>): Promise<T>;
  /** The owner describes a value; everybody learns its form, or why there is none. */
  describe(
    party: string,
    key: string,
    op: Op,
    work: () => Promise<Described>,
    enters: Entry,
  ): Promise<Described>;
  /** A party's plain data goes to everybody. */
  announce<T>(party: string, key: string, op: Op, work: () => Promise<T>): Promise<T>;
  /** What keeps a party's parts of checkpoints; asked for at its own program, or where one program drives all. */
  keeper(party: string, rank: number, backend: SpuBackend): Keeper;
  /** All parties must have recorded the same program at this operation. */
  agree(op: Op, program: string): void;
  /** Starts an SPU; undefined at a program whose party takes no part in it. */
  spu(config: SpuConfig, op: Op): SpuBackend | undefined;
  /**
   * Lines on which two parties' sets meet, of those whose program this is. A dealer, if one is wanted and there, is told the number of
   * the receiver's identifiers. Absent where a party's data is on another machine.
   */
  lines?(
    op: Op,
    parties: readonly [sender: string, receiver: string],
    /** Of the receiver's identifiers; undefined if no dealer is wanted. */
    count: number | undefined,
  ): ReadonlyMap<string, Lines> | Promise<ReadonlyMap<string, Lines>>;
  /** Resolves when all parties have come to this operation. */
  barrier(op: Op): Promise<void>;
  /** Resolves with what went wrong when the session cannot go on; never where it ends well. */
  readonly failed?: Promise<TesseraError>;
  /** Identities of the other parties, by name. */
  readonly identities?: Readonly<Record<string, string>>;
  /** The same parties again, in a session of their own, after this one was lost. */
  rejoin?(): Promise<Mode>;
  /** Gives the figures of the session to who is asked for them from outside. */
  observe?(figures: () => SessionFigures): void;
  /** Calls `end` when the program has come to its end without having ended the session. */
  atEnd?(end: () => Promise<void>): void;
  /** Ends the session: lets the others come to their end, then `closeSpus`, then the links. `site`: of the call. */
  close(closeSpus: () => Promise<void>, site?: string): Promise<void>;
}
