/**
 * @file A simulation on several machines: one program drives all parties, as on one machine, but their functions run on
 * nodes with their tags, their values stay there, and each SPU party is a thread on a node of its party.
 */

import { basename } from 'node:path';
import { BUILD } from '../build.ts';
import { mapDevice } from '../device/argument-trees.ts';
import type { SpuConfig } from '../device/cluster-def.ts';
import type { Cluster } from '../device/cluster-options.ts';
import { failedAt } from '../device/failing.ts';
import type { Described, Entry, Keeper, Mode, RemoteCall, SpuBackend } from '../device/mode.ts';
import { INSIDE, type Op } from '../device/operation.ts';
import { storageKeyOf } from '../device/storage-key.ts';
import { fail, oneOf, TesseraError } from '../errors.ts';
import { log } from '../log.ts';
import type { ClusterEvent } from './cluster-events.ts';
import type { CallHead, Located, Sent } from './heads.ts';
import {
  type Change,
  type DriverInfo,
  KEPT_FAILURES,
  type Members,
  MOST_FAILURE_TEXT,
  type NodeInfo,
  Pulse,
} from './members.ts';
import type { Engine } from './message-engine.ts';
import { INLINE, Objects } from './object-store.ts';
import { Ref, Refs, StateRef } from './refs.ts';
import { ClusterSpu } from './spu-driver.ts';
import { codeOf, type TaskCode } from './task.ts';
import { type Answer, TaskClient } from './task-client.ts';
import { REJOIN_MS } from './times.ts';
import { decode, encode, Hole } from './values.ts';

/** What a node has that a task could use, now or later. */
const free = (node: NodeInfo, tag: string): number =>
  (node.tags[tag]?.slots ?? 0) - (node.tags[tag]?.held ?? 0);
const idle = (node: NodeInfo, tag: string): number => free(node, tag) - (node.tags[tag]?.busy ?? 0);

/** Small arguments that travel with one task, together: a message has a largest size. */
const MOST_INLINE = 256 * 1024;

export class ClusterMode implements Mode {
  readonly name = 'cluster';
  readonly self = undefined;
  readonly parties: readonly string[];
  readonly id: string;
  readonly #o: Cluster;
  readonly #engine: Engine;
  readonly #members: Members;
  readonly #objects: Objects;
  readonly #refs: Refs;
  readonly #taskClient: TaskClient;
  readonly #pulse: Pulse;
  readonly #spus: ClusterSpu[] = [];
  readonly #stranded = new Map<string, NodeJS.Timeout>();
  /** Tasks that were given and have not been answered, by party. */
  readonly #open = new Map<string, number>();
  readonly #counts = { given: 0, done: 0, failed: 0, again: 0 };
  readonly #errors: { at: number; text: string }[] = [];
  readonly #started = Date.now();
  #next = 0;
  #reaches = true;
  #closing = false;

  constructor(o: Cluster, engine: Engine, members: Members, parties: readonly string[], id: string) {
    this.#o = o;
    this.parties = parties;
    this.#engine = engine;
    this.#members = members;
    this.id = id;
    this.#objects = new Objects(id, engine, members);
    this.#refs = new Refs(engine, ({ id: state, node }) => this.#endState(state, node));
    this.#taskClient = new TaskClient(engine, members, id, (ids) => this.#refs.free(ids));
    this.#pulse = new Pulse(engine, `drivers.${id}`, () => this.#info());
    members.on((change) => this.#changed(change));
  }

  async begin(): Promise<void> {
    await this.#pulse.now();
    void this.#connection();
  }

  /** The engine goes, and comes back, perhaps without what it had: its next beat makes that again. */
  async #connection(): Promise<void> {
    const { nc, address } = this.#engine;
    for await (const { type } of nc.status()) {
      if (type === 'disconnect')
        this.#reached(false, `the engine at ${address.url} is away: what waits for it waits on`);
      if (type === 'reconnect') {
        this.#reached(true, `the engine at ${address.url} is back`);
        void this.#pulse.now().catch(() => {});
      }
    }
  }

  #reached(there: boolean, text: string): void {
    this.#taskClient.connected(there);
    if (this.#reaches !== there && !this.#closing) this.#emit({ kind: there ? 'back' : 'away', text });
    this.#reaches = there;
  }

  #info(): DriverInfo {
    return {
      id: this.id,
      pid: process.pid,
      program: basename(process.argv[1] ?? 'node'),
      started: this.#started,
      tasks: { ...this.#counts },
      spus: this.#spus.map((spu) => spu.info()),
      errors: this.#errors,
    };
  }

  #emit(event: ClusterEvent): void {
    if (this.#o.onEvent) this.#o.onEvent(event);
    else if (!this.#o.quiet && event.kind !== 'joined')
      log('info', event.text, { ...event, text: undefined });
  }

  #changed({ kind, id, what, info }: Change): void {
    if (kind !== 'nodes') return;
    const tags = Object.keys((info as NodeInfo).tags);
    const verb = { joined: 'has joined', left: 'has left', lost: 'is lost' }[what];
    this.#emit({ kind: what, node: id, tags, text: `node ${id} (${tags.join(', ')}) ${verb}` });
    for (const tag of tags) this.#strand(tag);
    if (what === 'joined') return;
    this.#taskClient.failNode(id);
    for (const spu of this.#spus) spu.nodeLost(id);
  }

  /** When the last node with a tag goes, its tasks wait for another; not for ever. */
  #strand(tag: string): void {
    const there = this.#members.tagged(tag).length > 0;
    if (there) {
      clearTimeout(this.#stranded.get(tag));
      this.#stranded.delete(tag);
      return;
    }
    const waiting = this.#taskClient.waiting(tag);
    if (waiting === 0 || this.#stranded.has(tag)) return;
    const text = `no node with tag ${tag} is left: ${waiting} tasks wait ${REJOIN_MS / 1000} s for one to join`;
    this.#emit({ kind: 'stranded', party: tag, text });
    const timer = setTimeout(() => {
      this.#stranded.delete(tag);
      const why = `no node with tag ${tag} has joined in ${REJOIN_MS / 1000} s since the last one went`;
      this.#taskClient.failTag(tag, new TesseraError('PEER_LOST', why, { party: tag }));
    }, REJOIN_MS);
    this.#stranded.set(tag, timer);
  }

  /** Throws CONFIG where no node could ever run a task of this party. Gives its slots. */
  #feasible(party: string): number {
    const nodes = this.#members.tagged(party);
    const slots = nodes.reduce((sum, n) => sum + Math.max(0, free(n, party)), 0);
    if (slots > 0) return slots;
    const why =
      nodes.length === 0
        ? `no node has the tag ${JSON.stringify(party)} (there are ${oneOf(this.#members.tags)})`
        : `objects with state and SPU parties hold all slots of ${party} for life`;
    return fail('CONFIG', `no node can ever run this: ${why}. Start one:\n${this.startCommand(party)}`, {
      party,
    });
  }

  startCommand(party: string): string {
    return startCommand(this.#o.address, party);
  }

  /** The node of a party with the most free slots. */
  #place(party: string): string {
    this.#feasible(party);
    const nodes = this.#members.tagged(party).filter((n) => free(n, party) > 0);
    return nodes.sort((a, b) => idle(b, party) - idle(a, party) || (a.id < b.id ? -1 : 1))[0]!.id;
  }

  #nextId = (): string => `${this.id}.${this.#next++}`;

  call(call: RemoteCall): Promise<unknown> {
    const { party, op, code } = call;
    const found = code.kind === 'method' ? undefined : codeOf(code.fn, party);
    if (code.kind === 'construct') return this.#construct(call, found!, this.#place(party));
    if (code.kind === 'method') return this.#method(call, code.name);
    const slots = this.#feasible(party);
    const waiting = this.#open.get(party) ?? 0;
    if (waiting >= slots) this.#queued(party, op, slots, waiting - slots + 1);
    this.#open.set(party, waiting + 1);
    return this.#counted(op, party, async () => {
      const { head, parts, keep } = await this.#pack(call, found);
      const answer = await this.#taskClient.task(party, head, parts).finally(keep);
      if (answer.attempt > 1) this.#again(op, answer);
      return this.#results(answer, call.numReturns);
    }).finally(() => this.#open.set(party, this.#open.get(party)! - 1));
  }

  #queued(party: string, op: Op, slots: number, waiting: number): void {
    const text = `op #${op.number} (${op.what}) waits: ${party} has ${slots} slots, and ${waiting} tasks more than that`;
    // One line when a queue begins; listeners hear of all.
    if (this.#o.onEvent || waiting === 1)
      this.#emit({ kind: 'queued', party, op: op.number, slots, waiting, text });
  }

  #again(op: Op, { attempt, node }: Answer): void {
    this.#counts.again++;
    const text = `op #${op.number} (${op.what}) was run by ${node} at attempt ${attempt}`;
    this.#emit({ kind: 'redelivered', op: op.number, attempt, node, text });
  }

  async #counted<T>(op: Op, party: string, work: () => Promise<T>): Promise<T> {
    this.#counts.given++;
    try {
      const result = await work();
      this.#counts.done++;
      return result;
    } catch (e) {
      this.#counts.failed++;
      const failure = failedAt(party, op, e, { party });
      if (failure.code !== 'CLOSED')
        this.#errors.push({ at: Date.now(), text: failure.message.slice(0, MOST_FAILURE_TEXT) });
      if (this.#errors.length > KEPT_FAILURES) this.#errors.shift();
      throw failure;
    }
  }

  /** The message of a call, when its arguments are known. `keep` is called when they are not needed any more. */
  async #pack(call: RemoteCall, code: TaskCode | undefined, more: Partial<CallHead> = {}) {
    const { objects, op, party, numReturns } = call;
    const args = code === undefined ? call.args.slice(1) : call.args;
    const own = code === undefined ? objects.slice(1) : objects;
    const refs = await Promise.all(own.map((o) => o[INSIDE] as Promise<Ref>));
    await call.after.catch(() => {});
    const holes = new Map(own.map((o, i) => [o as unknown, new Hole(i)]));
    const bytes = encode(mapDevice(args, (o) => holes.get(o)));
    const id = this.#nextId();
    const large = bytes.byteLength > INLINE;
    const inline: Uint8Array[] = large ? [] : [bytes];
    const put: string[] = large ? [`${id}.args`] : [];
    let total = 0;
    const sent = (at: Located | Uint8Array, i: number): Sent => {
      if (!(at instanceof Uint8Array)) return at;
      total += at.byteLength;
      if (total > MOST_INLINE) {
        put.push(`${id}.${i}`);
        return this.#objects.put(`${id}.${i}`, at);
      }
      inline.push(at);
      return { inline: true };
    };
    const head: CallHead = {
      id,
      driver: this.id,
      party,
      build: BUILD,
      what: op.what,
      ...(code && { code }),
      numReturns: numReturns ?? null,
      args: large ? this.#objects.put(`${id}.args`, bytes) : { inline: true },
      refs: refs.map((r, i) => sent(r.at, i)),
      ...more,
    };
    const keep = (): void => {
      // Held until here, so that nothing is freed on its way.
      void refs.length;
      this.#refs.free(put);
    };
    return { head, parts: inline, keep };
  }

  #results({ results }: Answer, numReturns: number | undefined): unknown {
    const refs = results.map((at) => this.#refs.value(at));
    return numReturns === undefined ? refs[0] : refs;
  }

  async #construct(call: RemoteCall, code: TaskCode, node: string): Promise<StateRef> {
    return this.#counted(call.op, call.party, async () => {
      const state = this.#nextId();
      const { head, parts, keep } = await this.#pack(call, code, { state });
      await this.#taskClient.order(node, { ...head, kind: 'construct' } as CallHead, parts).finally(keep);
      return this.#refs.state(state, node);
    });
  }

  async #method(call: RemoteCall, method: string): Promise<unknown> {
    return this.#counted(call.op, call.party, async () => {
      const state = (await call.objects[0]![INSIDE]) as StateRef;
      const { head, parts, keep } = await this.#pack(call, undefined, { state: state.id, method });
      const order = { ...head, kind: 'method' } as CallHead;
      const answer = await this.#taskClient.order(state.node, order, parts).finally(keep);
      return this.#results(answer, call.numReturns);
    });
  }

  #endState(state: string, node: string): void {
    const head = { id: this.#nextId(), driver: this.id, kind: 'end', state, refs: [] };
    this.#taskClient.order(node, head).catch(() => {});
  }

  /** A value of this program's, until it is used elsewhere. */
  #put(value: unknown): Ref {
    const bytes = encode(value);
    return this.#refs.value(bytes.byteLength <= INLINE ? bytes : this.#objects.put(this.#nextId(), bytes));
  }

  async #value({ at }: Ref): Promise<unknown> {
    if (at instanceof Uint8Array) return decode(at.slice());
    const { bytes, own } = await this.#objects.take(at);
    return decode(own ? bytes : bytes.slice());
  }

  issued(): void {}
  agree(): void {}
  async barrier(): Promise<void> {}

  async perform<T>(party: string, _key: string, op: Op, work: () => Promise<T>): Promise<T> {
    const value = await work();
    try {
      return this.#put(value) as T;
    } catch (e) {
      throw failedAt(party, op, e, { party });
    }
  }

  /** In a simulation any node may have any party's values: they move when they are used. */
  move<T>(_from: string, _to: string, _key: string, _op: Op, value: Promise<T>): Promise<T> {
    return value;
  }

  async share<T>(_holders: readonly string[], _key: string, _op: Op, value: () => Promise<T>): Promise<T> {
    const known: unknown = await value();
    if (known instanceof StateRef)
      return fail(
        'INVALID_ARGUMENT',
        'an object with state cannot be revealed: reveal what its methods return',
      );
    return (known instanceof Ref ? await this.#value(known) : known) as T;
  }

  show<T>(party: string, key: string, op: Op, value: () => Promise<T>): Promise<T> {
    return this.share([party], key, op, value);
  }

  keeper(party: string, _rank: number, backend: SpuBackend): Keeper {
    return (backend as ClusterSpu).keeper(party, storageKeyOf(this.#o.storageKey, party));
  }

  announce<T>(_party: string, _key: string, _op: Op, work: () => Promise<T>): Promise<T> {
    return work();
  }

  async describe(party: string, key: string, op: Op, _work: unknown, enters: Entry): Promise<Described> {
    const ref = (await enters.object[INSIDE]) as Ref;
    try {
      return await (enters.backend as ClusterSpu).describe(party, key, String(enters.object), ref);
    } catch (e) {
      throw failedAt(party, op, e, { party });
    }
  }

  spu(config: SpuConfig): SpuBackend {
    const spu = new ClusterSpu(config, {
      driver: this.id,
      taskClient: this.#taskClient,
      members: this.#members,
      place: (party) => (party === undefined ? this.#anywhere() : this.#place(party)),
      nextId: this.#nextId,
    });
    this.#spus.push(spu);
    return spu;
  }

  /** A place for a dealer, which needs no slot: the head, if it is a node. */
  #anywhere(): string {
    const { nodes } = this.#members;
    return (nodes.find((n) => n.head) ?? nodes[0] ?? fail('CONFIG', 'the cluster has no nodes')).id;
  }

  async close(closeSpus: () => Promise<void>): Promise<void> {
    this.#closing = true;
    await closeSpus();
    for (const timer of this.#stranded.values()) clearTimeout(timer);
    this.#taskClient.stop(new TesseraError('CLOSED', 'this session was shut down'));
    await this.#pulse.end();
    this.#objects.stop();
    this.#members.stop();
    await this.#engine.nc.close();
  }
}

/** What starts a node of a party. */
export const startCommand = (address: string, party: string): string =>
  `  tessera start --address=${address} --resources='${JSON.stringify({ [party]: 16 })}'`;
