/** @file What a page and its worker say to each other: the page runs the program, the worker the engine and the link. */
import type { Build } from '../build.ts';
import type { SpuConfig } from '../device/cluster-def.ts';
import type { Duty, SentError } from '../device/messages.ts';
import type { Op } from '../device/operation.ts';
import type { Production } from '../device/production/production-options.ts';
import type { DealerOrder } from '../device/production/spu-node.ts';
import type { Outcome, Work } from '../device/work.ts';
import type { LinkMeasure } from '../ir/compile/plan.ts';
import type { Exported } from '../ir/run/export.ts';
import type { JobProgress } from '../ir/run/progress.ts';
import type { PeerEvent } from '../link/report.ts';
import type { HelperDuty } from '../ring/kernel-host.ts';

/** What a worker says first, so that its page knows that it is there. */
export const HERE = 'tessera is here';

/** The first message to a worker. */
export type Start =
  | {
      readonly kind: 'thread';
      readonly build: Build;
      readonly duty: Duty;
      readonly ports: ReadonlyMap<string, MessagePort>;
    }
  | {
      readonly kind: 'party';
      readonly build: Build;
      readonly options: SentOptions;
      readonly watched: Watched;
    }
  | { readonly kind: 'helper'; readonly duty: HelperDuty };

/** Functions and signals stay with the page. */
export type SentOptions = Omit<
  Production,
  'signal' | 'onPeer' | 'onReceived' | 'onSent' | 'emit' | 'crossSilo'
> & {
  readonly crossSilo: Omit<Production['crossSilo'], 'sendingFailureHandler'>;
};

/** Which bytes the page wants to be shown. */
export interface Watched {
  readonly received: boolean;
  readonly sent: boolean;
}

export interface NodeOrder {
  readonly config: SpuConfig;
  readonly op: Op;
  readonly dealer: string | undefined;
}

/** What the page may call, with the answer's type. Objects that live in the worker are meant by numbers of the page's. */
export interface Calls {
  /** Answers with the identities of those who are there. */
  ready(timeoutMs: number | undefined): Readonly<Record<string, string>>;
  channel(id: number, name: string, peers: readonly string[]): void;
  send(id: number, to: string, tag: number, bytes: Uint8Array): void;
  recv(id: number, from: string, tag: number): Uint8Array;
  closeChannel(id: number): void;
  abort(error: SentError): void;
  close(patienceMs?: number): void;
  node(id: number, order: NodeOrder): void;
  nodeReady(id: number): LinkMeasure | undefined;
  /** `tells`: the page wants to hear how far it is. */
  run(
    id: number,
    work: Omit<Work, 'progress'>,
    tells: boolean,
  ): { outcome: Outcome; memory: readonly number[] };
  free(id: number, ids: readonly number[]): void;
  export(id: number, ids: readonly number[]): Exported;
  failNode(id: number, error: SentError): void;
  closeNode(id: number, reason: SentError): void;
}

export type CallName = keyof Calls;

export interface Request<N extends CallName = CallName> {
  readonly number: number;
  readonly call: N;
  readonly args: Parameters<Calls[N]>;
}

export type FromHost =
  | { readonly kind: 'answer'; readonly number: number; readonly value: unknown }
  | { readonly kind: 'refusal'; readonly number: number; readonly error: SentError }
  | { readonly kind: 'peer'; readonly event: Omit<PeerEvent, 'error'> & { readonly error?: SentError } }
  | { readonly kind: 'abort'; readonly error: SentError }
  | { readonly kind: 'order'; readonly node: number; readonly order: DealerOrder }
  | { readonly kind: 'failed'; readonly node: number; readonly error: SentError }
  | { readonly kind: 'progress'; readonly node: number; readonly op: number; readonly progress: JobProgress }
  | { readonly kind: keyof Watched; readonly party: string; readonly bytes: Uint8Array }
  /** The worker could not begin at all. */
  | { readonly kind: 'broken'; readonly error: SentError };
