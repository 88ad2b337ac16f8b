/** @file What an engine is started with. */
import type { Channel } from '../../link/link.ts';
import type { Field } from '../../ring/field.ts';
import type { Ring } from '../../ring/ring.ts';
import type { StoredMaterial } from './party-material.ts';

export interface EngineOptions {
  readonly ring: Ring;
  readonly field: Field;
  /** Fraction bits of fixed-point numbers. */
  readonly fraction: number;
  readonly rank: number;
  /** By rank. */
  readonly parties: readonly string[];
  /** To the other parties; opened anew after a job that was given up. */
  readonly channel: () => Channel;
  /** To the other parties, for the news that a job is given up. */
  readonly faults: Channel;
  /**
   * `first`: rank 0 deals (TrustedFirstParty). `third`: a server that sees no data; its channel has one peer. `stored`:
   * somebody has dealt before. `none`: two parties make it between them, over a channel of its own.
   */
  readonly dealer:
    | { readonly kind: 'first' }
    | { readonly kind: 'third'; readonly channel: () => Channel; readonly faults: Channel }
    | { readonly kind: 'none'; readonly channel: () => Channel }
    | StoredMaterial;
  /** Bytes a second of the link between two parties, where they are known: two parties without a dealer make their material by it. */
  readonly bandwidth?: number | undefined;
  /** Measure the link between two parties first. */
  readonly measure?: boolean;
}
