/** @file What drivers, nodes and the threads of SPU parties say to each other. */

import type { Build } from '../build.ts';
import type { Duty, FromThread, SentError, ToThread } from '../device/messages.ts';
import type { Type } from '../ir/ops/graph.ts';
import type { TreeDef } from '../ir/trace/pytree.ts';
import type { Located } from './heads.ts';

import type { KeeperOrder } from './part-files.ts';

/** No party can have this name. */
export const DRIVER = '@driver';
/** A party that is not heard of for this long is lost: its node says sooner when it has ended. */
export const LOST_MS = 30_000;

/** From the driver, beside what it says to threads of its own. */
export type Control =
  | ToThread
  | {
      readonly kind: 'describe';
      readonly key: string;
      readonly text: string;
      readonly from: Located | Uint8Array;
    }
  /** A part of dump or load `job`; the key goes over an encrypted link, and is kept by nobody. */
  | {
      readonly kind: 'keeper';
      readonly number: number;
      readonly job: string;
      readonly storageKey: string;
      readonly order: KeeperOrder;
    };
export type Report =
  | FromThread
  | { readonly kind: 'kept'; readonly number: number; readonly value: unknown }
  | { readonly kind: 'unkept'; readonly number: number; readonly error: SentError }
  | {
      readonly kind: 'described';
      readonly key: string;
      readonly def: TreeDef;
      readonly types: readonly Type[];
    }
  | { readonly kind: 'undescribed'; readonly key: string; readonly error: SentError };

/** What a driver wants of a node for one party of an SPU. */
export type SpuOrder = {
  readonly id: string;
  readonly driver: string;
  readonly spu: string;
  /** The party, or the dealer. */
  readonly name: string;
} & (
  | {
      readonly kind: 'spu-prepare';
      readonly tag: string | null;
      readonly text: string;
      readonly build: Build;
    }
  | { readonly kind: 'spu-start'; readonly links: SpuLinks }
  /** Answered when the thread has ended: with why. */
  | { readonly kind: 'spu-watch' }
  | { readonly kind: 'spu-end' }
);

export interface SpuLinks {
  readonly duty: Duty;
  /** Where everybody can be reached; one with port 0 finds a port. */
  readonly parties: Readonly<Record<string, { readonly address?: string; readonly listenAddr?: string }>>;
  /** Public identities. */
  readonly identities: Readonly<Record<string, string>>;
}

/** From the thread. */
export type FromSpu =
  | { readonly kind: 'prepared'; readonly identity: string }
  | { readonly kind: 'listening'; readonly port: number | null }
  | { readonly kind: 'error'; readonly error: SentError }
  | { readonly kind: 'fetch'; readonly number: number; readonly object: Located };

/** To the thread. */
export type ToSpu =
  | { readonly kind: 'start'; readonly links: SpuLinks; readonly job: string }
  | { readonly kind: 'fetched'; readonly number: number; readonly bytes: Uint8Array }
  | { readonly kind: 'unfetched'; readonly number: number; readonly error: SentError };
