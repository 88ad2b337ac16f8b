/** @file One party's engine of an SPU in production, over channels of the session's own links. */
import { TesseraError } from '../../errors.ts';
import type { LinkMeasure } from '../../ir/compile/plan.ts';
import { PartyEngine } from '../../ir/run/engine.ts';
import type { EngineOptions } from '../../ir/run/engine-options.ts';
import type { Exported } from '../../ir/run/export.ts';
import type { StoredMaterial } from '../../ir/run/party-material.ts';
import type { Channel, Transport } from '../../link/link.ts';
import { FIELDS } from '../../ring/field.ts';
import { Ring } from '../../ring/ring.ts';
import { usualThreads } from '../../ring/threads.ts';
import type { SpuConfig } from '../cluster-def.ts';
import { measuresLink } from '../measured.ts';
import type { SpuBackend } from '../mode.ts';
import { type Op, quietly } from '../operation.ts';
import type { Outcome, Work } from '../work.ts';
import { Breaker } from './breaker.ts';

/** What a party tells the dealer at the start of an SPU. */
export interface DealerOrder {
  readonly id: string;
  readonly field: string;
  readonly parties: readonly string[];
}

export interface NodeOptions {
  readonly transport: Transport;
  /** Links of the SPU's own, where its definition names other addresses than the session's. */
  readonly dedicated: Promise<Transport> | undefined;
  readonly config: SpuConfig;
  readonly op: Op;
  /** The dealer's name, if the SPU has a third-party dealer. */
  readonly dealer: string | undefined;
  /** Opens stored material, if that is used in place of a dealer. */
  readonly stored: ((channel: Channel, ring: Ring) => Promise<StoredMaterial>) | undefined;
  /** Asks the dealer to serve this SPU. */
  readonly order: (order: DealerOrder) => void;
  /** The engine cannot go on: neither can the others. */
  readonly failed: (error: unknown) => void;
}

/** How a job fails whose other parties are no longer there. */
const GONE: ReadonlySet<string> = new Set(['PEER_LOST', 'PARTY_FAILED', 'CLOSED']);

/** An engine that a session can give up. */
export interface PartyNode extends SpuBackend {
  /** The session has failed: whatever waits here is rejected. */
  fail(error: TesseraError): void;
}

export class SpuNode implements PartyNode {
  readonly ready: Promise<LinkMeasure | undefined>;
  readonly #ring: Promise<Ring>;
  readonly #engine: Promise<PartyEngine>;
  readonly #rank: number;
  readonly #parties: readonly string[];
  readonly #failed: (error: unknown) => void;
  readonly #dedicated: Promise<Transport> | undefined;
  #peak = 0;
  #closed: TesseraError | undefined;
  readonly #breaker = new Breaker();

  constructor({ transport, dedicated, config, op, dealer, stored, order, failed }: NodeOptions) {
    const { self } = transport;
    const { parties, runtime } = config;
    this.#parties = parties;
    this.#rank = parties.indexOf(self);
    this.#failed = failed;
    const id = `spu ${op.number}`;
    const peers = parties.filter((p) => p !== self);
    this.#dedicated = dedicated && quietly(dedicated);
    /** Opened in one order at all parties. */
    const channelsOf = (links: Transport) => ({
      channel: () => links.channel(id, peers),
      making: () => links.channel(`making of ${id}`, peers),
      faults: links.channel(`faults of ${id}`, peers),
    });
    const links = dedicated ? dedicated.then(channelsOf) : channelsOf(transport);
    const source = async (): Promise<EngineOptions['dealer']> => {
      if (stored !== undefined)
        return stored(transport.channel(`material of ${id}`, peers), await this.#ring);
      if (runtime.beaverType === 'MultiParty') return { kind: 'none', channel: (await links).making };
      if (dealer === undefined) return { kind: 'first' };
      return {
        kind: 'third',
        channel: () => transport.channel(`dealer of ${id}`, [dealer]),
        faults: transport.channel(`faults of dealer of ${id}`, [dealer]),
      };
    };
    if (dealer !== undefined) order({ id, field: runtime.field, parties });
    this.#ring = Ring.create({
      threads: runtime.threads ?? usualThreads(),
      ...(runtime.memoryLimit !== undefined && { maxBytes: runtime.memoryLimit }),
    });
    const opened = source();
    this.#engine = Promise.all([this.#ring, opened, links]).then(([ring, from, own]) =>
      PartyEngine.start({
        ring,
        field: FIELDS[runtime.field],
        fraction: runtime.fraction,
        rank: this.#rank,
        parties,
        ...own,
        dealer: from,
        bandwidth: runtime.link?.bandwidth,
        measure: measuresLink(config),
      }),
    );
    this.ready = quietly(this.#engine.then(({ link }) => link));
    /** An engine closes its material; without one nobody else does. */
    const closeUnused = async (): Promise<void> => {
      const from = await opened;
      if (from.kind === 'stored') await from.material.close();
    };
    this.#engine.catch((e: unknown) => {
      this.#failed(e);
      void quietly(closeUnused());
    });
  }

  get memory(): readonly number[] {
    return this.#parties.map((_, rank) => (rank === this.#rank ? this.#peak : 0));
  }

  run(work: Work): Promise<Outcome> {
    return this.#breaker.guard(this.#run(work), work.op);
  }

  /** Waits for nothing but the engine before it takes its place there: `free` and `export` keep their order. */
  async #run({ op, graph, ins, outs, reveal, privates, progress }: Work): Promise<Outcome> {
    const engine = await this.#engine;
    if (this.#closed) throw this.#closedAt(op, this.#closed);
    const job = { graph, ins, outs, ...(reveal && { reveal }) };
    try {
      const { revealed, stats, left } = await engine.run(job, privates?.get(this.#rank), progress);
      this.#peak = engine.memory.peak;
      const all = this.#parties.map((_, rank) => (rank === this.#rank ? stats : undefined));
      return { revealed, stats: all, left };
    } catch (e) {
      if (this.#breaker.broken) throw e;
      // The others have ended the session too, and may be gone: what was not done here is closed, and nobody is lost.
      if (this.#closed && e instanceof TesseraError && GONE.has(e.code))
        throw this.#closedAt(op, this.#closed);
      const error = e instanceof TesseraError ? e : new TesseraError('PARTY_FAILED', String(e), {}, e);
      const where = op.site === undefined ? '' : `, called at ${op.site}`;
      const located = new TesseraError(
        error.code,
        `SPU(${this.#parties.join(', ')}) op #${op.number} (${op.what}${where}): ${error.message}`,
        { ...error.info, op: op.number, program: op.what, site: op.site },
        e,
      );
      if (!this.#closed && engine.failure !== undefined) this.#failed(located);
      throw located;
    }
  }

  /** What an operation that was not done ends with. */
  #closedAt(op: Op, { code, message, info }: TesseraError): TesseraError {
    const where = op.site === undefined ? '' : `, called at ${op.site}`;
    return new TesseraError(
      code,
      `SPU(${this.#parties.join(', ')}) op #${op.number} (${op.what}${where}) failed ${message}`,
      { ...info, op: op.number, program: op.what, site: op.site },
    );
  }

  fail(error: TesseraError): void {
    this.#breaker.break(error);
  }

  async export(ids: readonly number[]): Promise<Exported> {
    return (await this.#engine).export(ids);
  }

  free(ids: readonly number[]): void {
    if (ids.length > 0 && !this.#closed) void this.#engine.then((engine) => engine.free(ids)).catch(() => {});
  }

  async close(reason: TesseraError): Promise<void> {
    this.#closed ??= reason;
    const engine = await this.#engine.catch(() => undefined);
    await engine?.close();
    await (await this.#ring.catch(() => undefined))?.close();
    await (await this.#dedicated?.catch(() => undefined))?.close();
  }
}
