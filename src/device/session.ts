/// <reference lib="esnext.disposable" preserve="true" />
/** @file A session: the parties, their devices, and the numbers of the operations on them. */
import { fail, TesseraError } from '../errors.ts';
import { callSite } from '../ir/trace/callsite.ts';
import { log } from '../log.ts';
import { describe, noMore, suggestion } from '../names.ts';
import { mapDevice } from './argument-trees.ts';
import { Checker, type CheckReport } from './check.ts';
import { readClusterDef, type SpuDef } from './cluster-def.ts';
import type { ClusterOptions } from './cluster-options.ts';
import type { DeviceSession, PYU, SPU } from './devices.ts';
import type { Listener } from './events.ts';
import { type InitOptions, readInitOptions, type StandaloneOptions } from './init-options.ts';
import { checkOutside } from './inside.ts';
import type { Mode } from './mode.ts';
import { openMode } from './modes.ts';
import { DeviceObject, deviceIn, PYUObject, type Revealed, SPUObject } from './objects.ts';
import { INSIDE, type Op, RECEIVE } from './operation.ts';
import type { SpuStats } from './profile.ts';
import type { ProgressListener } from './progress.ts';
import { proxiedCalls } from './proxied.ts';
import { makePYU, putOn } from './pyu.ts';
import { makeSPU } from './spu.ts';
import { Unseen } from './unseen.ts';

export interface SessionStats {
  /** Operations on devices so far. */
  readonly ops: number;
  readonly spus: readonly SpuStats[];
  /** With `check`: what was checked. */
  readonly check?: CheckReport;
}

/**
 * A session: the parties of a program and what they do together. `sf.init` starts the default one, `sf.session`
 * others beside it.
 * @example
 * const session = await sf.session(['carol', 'dave']);
 * session.parties // ['carol', 'dave']
 * await session.shutdown();
 */
export class Session implements DeviceSession {
  /**
   * How operations are performed: in this process, on a cluster, or at parties over the network. For devices.
   * @example
   * sf.currentSession().mode.self // undefined
   */
  readonly mode: Mode;
  /**
   * Failures that the program has not been told of; what to do with them at the end is the option `unseen`.
   * @example
   * typeof sf.currentSession().unseen // 'object'
   */
  readonly unseen: Unseen;
  /**
   * In a simulation with the option `check`: what runs each program in the clear beside the SPU; else undefined.
   * @example
   * sf.currentSession().checker // undefined
   */
  readonly checker: Checker | undefined;
  /**
   * Hears how far each program of its SPUs is, about ten times a second and at its end: operations and rounds that are done, of how
   * many, bytes, what is at work, and the time that is left by the plan. `spu(fn, { onProgress })` hears of one call.
   * @example
   * sf.currentSession().onProgress = ({ rounds, roundsInAll }) => console.log(`${rounds} of ${roundsInAll} rounds`);
   * sf.currentSession().onProgress = undefined;
   * sf.currentSession().onProgress // undefined
   */
  onProgress: ProgressListener | undefined;
  readonly #pyus = new Map<string, PYU>();
  readonly #spus: SPU[] = [];
  #ops = 0;
  #ended: Promise<void> | undefined;

  /**
   * Hears of what may be wrong in a program, as the option `onEvent` asked.
   * @example
   * typeof sf.currentSession().emit // 'function'
   */
  readonly emit: Listener;

  constructor(mode: Mode, emit: Listener, checker?: Checker, unseen = new Unseen()) {
    this.mode = mode;
    this.emit = emit;
    this.unseen = unseen;
    this.checker = checker;
    for (const party of mode.parties) this.#pyus.set(party, makePYU(this, party));
    mode.observe?.(() => this.stats());
    mode.atEnd?.(() => {
      this.#ended ??= this.#end('the end of its program');
      return this.#ended;
    });
  }

  /**
   * Names of all parties, in the order in which they were given.
   * @example
   * sf.currentSession().parties // ['alice', 'bob']
   */
  get parties(): readonly string[] {
    return this.mode.parties;
  }

  /**
   * Whether it was shut down: every call on it then throws CLOSED.
   * @example
   * sf.currentSession().closed // false
   */
  get closed(): boolean {
    return this.#ended !== undefined;
  }

  /**
   * Numbers an operation, at the call: `await` cannot reorder them. `detail` names devices and handles, which all
   * parties must agree on. Throws CLOSED when the session is over.
   * @example
   * sf.currentSession().op('a note', undefined).what // 'a note'
   */
  op(what: string, site: string | undefined, detail = ''): Op {
    this.#check();
    checkOutside(what);
    const op = { number: ++this.#ops, what, site };
    this.mode.issued(op, detail);
    return op;
  }

  #check(): void {
    if (this.closed) fail('CLOSED', 'this session was shut down: start another with sf.init or sf.session');
  }

  /**
   * The plaintext device of a party.
   * @example
   * sf.currentSession().PYU('alice').party // 'alice'
   * sf.currentSession().PYU('carol') // throws INVALID_ARGUMENT
   */
  PYU(party: string, ...surplus: never[]): PYU {
    noMore('PYU', surplus, "sf.PYU('alice')");
    this.#check();
    return (
      this.#pyus.get(party) ??
      fail(
        'INVALID_ARGUMENT',
        `no party ${describe(party)} in this session: ${suggestion(String(party), this.parties)}`,
        {
          party,
          parties: this.parties,
        },
      )
    );
  }

  /**
   * A secret device of parties of this session; each of them gets a thread.
   * @example
   * sf.currentSession().SPU(sf.utils.testing.clusterDef(['alice', 'bob'])).kind // 'SPU'
   */
  SPU(def: SpuDef, ...surplus: never[]): SPU {
    noMore('SPU', surplus, 'everything an SPU runs with stands in its definition, in runtime_config');
    this.#check();
    const spu = makeSPU(this, readClusterDef(def, this.parties, this.mode.dealer));
    this.#spus.push(spu);
    return spu;
  }

  /**
   * Puts data on a PYU, copied at the call, or moves an object to a device.
   * @example
   * const x = sf.currentSession().to(alice, 5);
   * await sf.reveal(x) // 5
   */
  to(device: PYU, data: unknown, ...surplus: never[]): PYUObject;
  to(device: PYU | SPU, data: DeviceObject, ...surplus: never[]): PYUObject | SPUObject;
  to(...given: readonly [device: PYU | SPU, data?: unknown, ...surplus: unknown[]]): PYUObject | SPUObject {
    const [target, data, ...surplus] = given;
    const device = deviceIn('sf.to', target);
    noMore('sf.to', surplus, 'sf.to(alice, data)');
    if (given.length < 2) fail('INVALID_ARGUMENT', `sf.to: what is to be put on ${device.toString()}?`);
    if (data instanceof DeviceObject) return device[RECEIVE](data);
    if (device.kind !== 'PYU')
      return fail(
        'INVALID_ARGUMENT',
        `sf.to: plain data has no owner who could mask it for ${device.toString()}: put it on a PYU first`,
      );
    return putOn(device, data);
  }

  /**
   * The tree (lists, plain objects, Map, Set) with every device object replaced by its value: arrays for what an SPU held,
   * and what a PYU's function returned, as it is sent from party to party. Reveals to everybody.
   * @example
   * await sf.currentSession().reveal([sf.to(alice, 1), sf.to(bob, 2)]) // [1, 2]
   */
  reveal<T>(tree: T, ...surplus: never[]): Promise<Revealed<T>> {
    checkOutside('reveal');
    return this.unseen.reported(this.#reveal(tree, surplus));
  }

  async #reveal<T>(tree: T, surplus: readonly unknown[]): Promise<Revealed<T>> {
    noMore('reveal', surplus, 'give a list: sf.reveal([a, b])');
    const { objects, tree: asked } = this.#objectsOf(tree);
    const values = new Map<DeviceObject, unknown>();
    const spus = new Map<SPU, SPUObject[]>();
    for (const o of objects)
      if (o instanceof SPUObject) spus.set(o.device, [...(spus.get(o.device) ?? []), o]);
    const opened = [...spus].map(async ([spu, held]) => {
      (await spu.reveal(held)).forEach((value, i) => {
        values.set(held[i]!, value);
      });
    });
    const plain = objects.map(async (o) => {
      if (!(o instanceof PYUObject)) return;
      const op = this.op('reveal', callSite(), o.toString());
      values.set(o, await this.mode.show(o.device.party, String(op.number), op, () => o[INSIDE]));
    });
    await Promise.all([...opened, ...plain]);
    return mapDevice(asked, (o) => values.get(o)) as Revealed<T>;
  }

  /**
   * Resolves when the work behind every device object of the tree is done, and all that was called on objects of `sf.proxy` in it; rejects when any of it has failed.
   * @example
   * await sf.currentSession().wait(sf.to(alice, 1)) // undefined
   */
  wait(tree: unknown, ...surplus: never[]): Promise<void> {
    checkOutside('wait');
    return this.unseen.reported(this.#wait(tree, surplus));
  }

  async #wait(tree: unknown, surplus: readonly unknown[]): Promise<void> {
    noMore('wait', surplus, 'give a list: sf.wait([a, b])');
    await Promise.all(this.#objectsOf(tree, proxiedCalls).objects.map((o) => o.ready()));
  }

  /** The device objects of a tree, and the tree as it is now. */
  #objectsOf(
    tree: unknown,
    more?: (x: object) => readonly DeviceObject[] | undefined,
  ): { objects: DeviceObject[]; tree: unknown } {
    const objects = new Set<DeviceObject>();
    const now = mapDevice(
      tree,
      (o) => {
        if (o.device.session !== this)
          throw new TesseraError('INVALID_ARGUMENT', `${o.toString()} belongs to another session`);
        objects.add(o);
        return o;
      },
      more,
    );
    return { objects: [...objects], tree: now };
  }

  /**
   * Resolves when all parties have come to this point of the program.
   * @example
   * await sf.currentSession().barrier() // undefined
   */
  barrier(...surplus: never[]): Promise<void> {
    noMore('barrier', surplus);
    return this.mode.barrier(this.op('barrier', callSite()));
  }

  /**
   * What was done so far: operations, and of each SPU its rounds, bytes, milliseconds and memory.
   * @example
   * sf.currentSession().stats().ops >= 0 // true
   */
  stats(): SessionStats {
    const check = this.checker?.report();
    return { ops: this.#ops, spus: this.#spus.map((spu) => spu.stats()), ...(check && { check }) };
  }

  /**
   * In production: resolves with what went wrong when the session cannot go on. Never resolves where it ends well.
   * @example
   * sf.currentSession().failed instanceof Promise // true
   */
  get failed(): Promise<TesseraError> {
    const failed = this.mode.failed ?? new Promise<TesseraError>(() => {});
    return failed.then((e) => {
      this.unseen.seen(e);
      return e;
    });
  }

  /**
   * In production: the identities that the other parties have proved, by name, to be pinned as `peerIdentities`.
   * @example
   * sf.currentSession().identities // {}
   */
  get identities(): Readonly<Record<string, string>> {
    return this.mode.identities ?? {};
  }

  /**
   * After this session was lost (PEER_LOST: a party was reloaded, restarted or cut off): leaves what is left of it, and
   * meets the same parties in a new session with the same options. Each must prove the identity that it had. Programs start
   * anew there: shares are gone with the session. Every party that stayed calls this; one that was reloaded opens its
   * session as it did at first. Rejects with PEER_LOST if they are not all there within `crossSilo.peerTimeoutMs`.
   * @example
   * const session = await sf.session(['carol', 'dave']);
   * await session.rejoin() // throws UNSUPPORTED
   */
  async rejoin(): Promise<Session> {
    await this.shutdown().catch(() => {});
    if (!this.mode.rejoin)
      return fail('UNSUPPORTED', 'rejoin: in a simulation nobody can be lost; start a new session');
    return new Session(await this.mode.rejoin(), this.emit, undefined, this.unseen.next());
  }

  /**
   * Ends the session. In production all parties come to this point first. Calls that are still waiting are rejected
   * with CLOSED. Failures that the program was never told of are printed, a line each; with `unseen: 'throw'` they make
   * this reject, with PARTY_FAILED, when all has ended.
   * @example
   * const session = await sf.session(['carol', 'dave']);
   * await session.shutdown();
   * session.PYU('carol') // throws CLOSED
   */
  shutdown(...surplus: readonly undefined[]): Promise<void> {
    noMore(
      'shutdown',
      surplus.filter((x) => x !== undefined),
    );
    this.#ended ??= this.#end(callSite());
    return this.#ended;
  }

  async #end(site: string | undefined): Promise<void> {
    await this.mode.close(async () => {
      await Promise.all(this.#spus.map((spu) => spu.close()));
    }, site);
    await this.unseen.end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.shutdown();
  }
}

let noticed = false;

/** Says once a process that a simulation keeps nothing secret from whoever runs it. */
const notice = (quiet: boolean): void => {
  if (quiet || noticed) return;
  noticed = true;
  log(
    'info',
    'simulation: all parties run in this process, so it sees their data (the protocol is the real one)',
  );
};

/**
 * Starts a session of its own, beside the default one. Takes what `sf.init` takes.
 * @example
 * const session = await sf.session(['carol', 'dave'], { address: 'local' });
 * await session.reveal(session.PYU('carol')(() => 42)()) // 42
 * await session.shutdown();
 */
export function session(options: InitOptions): Promise<Session>;
export function session(
  parties: readonly string[],
  options?: Omit<StandaloneOptions, 'parties'> | Omit<ClusterOptions, 'parties'>,
): Promise<Session>;
export async function session(first: unknown, second?: unknown, ...surplus: unknown[]): Promise<Session> {
  noMore('sf.session', surplus, 'it takes options, or parties and options');
  const options = readInitOptions(first, second);
  const { emit } = options;
  const unseen = new Unseen(options.unseen);
  const mode = await openMode(options);
  if (options.mode !== 'standalone') return new Session(mode, emit, undefined, unseen);
  notice(options.quiet);
  return new Session(mode, emit, options.check && new Checker(options.check), unseen);
}
