/** @file What a party is in a run of a graph, and what the run asks of whoever drives it. */
import type { Chunk } from '../../dealer/material-context.ts';
import type { MadeEnds } from '../../gates/open-truncate.ts';
import type { Field } from '../../ring/field.ts';
import type { Prg } from '../../ring/prg.ts';
import type { Ring } from '../../ring/ring.ts';
import type { Tensor } from '../ops/graph.ts';

/**
 * A request of a run to its driver: send messages, receive the next message of some peers, get a gate's material from the dealer, or
 * send the dealer a revealed value.
 */
export type Wait =
  | {
      readonly kind: 'send';
      readonly send: ReadonlyMap<number, Uint8Array<ArrayBuffer>>;
      /** The run has local work to do before it receives: the driver yields to the event loop, so that the messages leave first. */
      readonly turn: boolean;
    }
  | {
      readonly kind: 'receive';
      readonly from: readonly number[];
      /** The last of its round. */
      readonly end: boolean;
    }
  | { readonly kind: 'material'; readonly gate: number; readonly op: string }
  | { readonly kind: 'revealed'; readonly gate: number; readonly value: Tensor }
  /** No request: a place in long local work at which the driver may yield to the event loop. */
  | { readonly kind: 'pause' };

/** The answer to `receive`: what each peer sent. To `material`: its chunks. To the others: none. */
export type Answer = ReadonlyMap<number, Uint8Array> | readonly Chunk[];

export interface Role {
  readonly ring: Ring;
  readonly field: Field;
  readonly rank: number;
  readonly parties: number;
  /** This party's stream, whose seed the dealer knows. */
  readonly prg: Prg;
  /** Of two parties who make their material without a dealer: the stream that both have, and how gates end. */
  readonly made?: { readonly common: Prg; readonly ends: MadeEnds } | undefined;
}
