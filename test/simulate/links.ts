/**
 * @file Links in a simulated world: real links (handshake, session, mailboxes, dialler), whose time, sockets and chance come
 * from a seed, and programs of parties that talk over them while things happen to both.
 */
import { TesseraError } from '../../src/errors.ts';
import type { Channel } from '../../src/link/link.ts';
import { connect, type WebSocketTransport } from '../../src/link/websocket.ts';
import { type Chance, chanceOf } from './chance.ts';
import { simulatedKeys } from './keys.ts';
import { linkOptions, READY_TIMEOUT_MS } from './link-options.ts';
import { Network } from './network.ts';
import { Broken, digestOf, mix, payload, sameAs } from './payload.ts';
import { culpritsOf, type Fault, isLasting, OUTAGE_MS, type Plan, planOf } from './plan.ts';
import type { Scenario } from './scenario.ts';
import { smaller, transferMs } from './smaller-plans.ts';
import { Process, World } from './world.ts';

/** How a party's program came to its end. */
export type End =
  | { readonly at: number; readonly digest: number }
  | { readonly at: number; readonly error: TesseraError };

interface Party {
  readonly name: string;
  readonly process: Process;
  /** Which start of this party. */
  readonly life: number;
  link: WebSocketTransport | undefined;
  end: End | undefined;
  /** When its link was closed, and all that it waits for with it. */
  closed: number | undefined;
}

class LinkWorld {
  readonly plan: Plan;
  readonly world: World;
  readonly network: Network;
  readonly parties: Party[] = [];
  readonly broken: string[] = [];
  readonly #chance: Chance;
  readonly #outside: Process;
  /** "a b": a has seen b come up. */
  readonly #met = new Set<string>();
  readonly #twins: Process[] = [];
  #left: number;

  constructor(plan: Plan, say?: (line: string) => void) {
    this.plan = plan;
    this.#chance = chanceOf(plan.seed, 'world');
    this.world = new World(say);
    this.#outside = new Process('a stranger', this.world);
    this.network = new Network(this.world, this.#chance.part('network'));
    this.#left = plan.parties.length;
    const pairs = plan.parties.flatMap((a, i) => plan.parties.slice(i + 1).map((b) => [a, b] as const));
    for (const [a, b] of pairs)
      Object.assign(this.network.path(a, b), { latencyMs: plan.latencyMs, bytesPerMs: plan.bytesPerMs });
    for (const name of plan.parties) this.world.after(plan.starts[name]!, () => this.#start(name, 0));
    for (const fault of plan.faults) this.world.after(fault.at, () => this.#happens(fault));
  }

  #start(name: string, life: number): void {
    const process = new Process(name, this.world);
    const party: Party = {
      name,
      process,
      life,
      link: undefined,
      end: undefined,
      closed: undefined,
    };
    this.parties.push(party);
    this.world.say(() => `${name} starts${life > 0 ? ' again' : ''}`);
    void this.#live(party);
  }

  async #live(party: Party): Promise<void> {
    const { name, process, life } = party;
    const chance = this.#chance.part(`${name} ${life}`);
    const runtime = {
      clock: process,
      keys: simulatedKeys(chance),
      sockets: this.network.socketsOf(process),
    };
    const over = (end: End): void => {
      if (!process.alive) return;
      party.end = end;
      this.world.say(
        () => `${name} ${'error' in end ? `fails: ${end.error.code} ${end.error.message}` : 'is done'}`,
      );
    };
    try {
      // As a production session does: it ends when a peer is lost, whether it waits for that one or not.
      let lose: (error: unknown) => void = () => {};
      const lost = new Promise<never>((_, reject) => {
        lose = reject;
      });
      lost.catch(() => {});
      party.link = await connect(linkOptions(name, this.plan.parties), runtime);
      party.link.on('peer', (e) => {
        this.world.say(() => `${name} sees ${e.party} ${e.state} ${e.error?.message ?? ''}`);
        if (e.state === 'lost') lose(e.error);
        if (e.state === 'up') this.#met.add(`${name} ${e.party}`);
      });
      await party.link.ready();
      const digest = await Promise.race([this.#program(party, party.link), lost]);
      over({ at: this.world.time, digest });
    } catch (error) {
      if (error instanceof Broken) this.broken.push(`${name}: ${error.message}`);
      else if (!(error instanceof TesseraError))
        this.broken.push(`${name} threw ${String((error as Error).stack)}`);
      else over({ at: this.world.time, error });
      // As a production session does.
      if (process.alive) await party.link?.abort(error);
    }
    await party.link?.close();
    if (!process.alive || party.closed !== undefined) return;
    party.closed = this.world.time;
    for (const twin of this.#twins.filter((t) => t.name === name)) this.#ends(twin, false);
    if (life === 0) this.#left -= 1;
    this.world.say(() => `${name} has closed its link`);
  }

  /** Rounds in which everybody hears everybody, and streams beside them. */
  async #program(party: Party, link: WebSocketTransport): Promise<number> {
    const { plan } = this;
    const { name } = party;
    const rounds = link.channel(
      'rounds',
      plan.parties.filter((p) => p !== name),
    );
    const streams = plan.streams.map((stream, i) => {
      const { from, to } = stream;
      if (from !== name && to !== name) return undefined;
      return { stream, id: `stream ${i}`, channel: link.channel(`stream ${i}`, [from === name ? to : from]) };
    });
    const work = [
      this.#rounds(party, rounds),
      ...streams
        .filter((s) => s !== undefined)
        .map(async ({ stream, id, channel }) => {
          if (stream.from === name) await this.#send(stream.to, stream.sizes, id, channel, name);
          else await this.#receive(party, stream.from, stream, id, channel);
          return 0;
        }),
    ];
    const [digest] = await Promise.all(work);
    return digest!;
  }

  #pause(party: Party, ms: number): Promise<void> | undefined {
    return ms === 0 ? undefined : new Promise((resolve) => void party.process.after(ms, resolve));
  }

  async #rounds(party: Party, channel: Channel): Promise<number> {
    const { plan } = this;
    let digest = 0;
    for (const [round, size] of plan.rounds.entries()) {
      this.#fate(party);
      const own = payload(party.name, 'rounds', round, size);
      const mine = own.slice();
      for (const peer of channel.peers) await channel.send(peer, round, own.slice());
      const got = await Promise.all(channel.peers.map((peer) => channel.recv(peer, round)));
      const all = new Map<string, Uint8Array>([[party.name, mine]]);
      for (const [i, peer] of channel.peers.entries()) {
        sameAs(got[i]!, payload(peer, 'rounds', round, size), `round ${round} from ${peer}`);
        all.set(peer, got[i]!);
      }
      for (const p of plan.parties) digest = mix(digest, digestOf(all.get(p)!, round));
      await this.#pause(party, plan.pauseMs);
    }
    this.#fate(party);
    return digest;
  }

  /** A program that is to end early does so between two rounds. */
  readonly #fates = new Map<string, 'throw' | 'leave'>();

  #fate(party: Party): void {
    const fate = this.#fates.get(party.name);
    if (fate === undefined || party.life > 0) return;
    this.#fates.delete(party.name);
    if (fate === 'throw') throw new TesseraError('INVALID_ARGUMENT', 'the program has failed', { own: true });
    throw new TesseraError('CLOSED', 'the program has left', { own: true });
  }

  async #send(
    to: string,
    sizes: readonly number[],
    id: string,
    channel: Channel,
    self: string,
  ): Promise<void> {
    for (const [tag, size] of sizes.entries()) await channel.send(to, tag, payload(self, id, tag, size));
  }

  async #receive(
    party: Party,
    from: string,
    { sizes, lazyMs }: Plan['streams'][number],
    id: string,
    channel: Channel,
  ): Promise<void> {
    for (const [tag, size] of sizes.entries()) {
      await this.#pause(party, lazyMs);
      sameAs(await channel.recv(from, tag), payload(from, id, tag, size), `${id}, frame ${tag}`);
    }
  }

  #living(name: string): Party | undefined {
    return this.parties.findLast((p) => p.name === name && p.process.alive);
  }

  #happens(fault: Fault): void {
    this.world.say(() => `*** ${JSON.stringify(fault)}`);
    const { network, world } = this;
    switch (fault.kind) {
      case 'cut':
        for (const wire of network.wires(fault.a, fault.b)) wire.cut();
        return;
      case 'unseen':
        for (const wire of network.wires(fault.a, fault.b)) wire.breakUnseen(fault.both);
        return;
      case 'stall': {
        const path = network.path(fault.a, fault.b);
        path.stalledUntil = Math.max(path.stalledUntil, world.time + fault.ms);
        return;
      }
      case 'split':
        network.path(fault.a, fault.b).stalledUntil = Number.POSITIVE_INFINITY;
        return;
      case 'slow': {
        const path = network.path(fault.a, fault.b);
        path.bytesPerMs = Math.min(path.bytesPerMs, fault.bytesPerMs);
        world.after(fault.ms, () => {
          path.bytesPerMs = this.plan.bytesPerMs;
        });
        return;
      }
      case 'far': {
        const path = network.path(fault.a, fault.b);
        path.latencyMs = Math.max(path.latencyMs, fault.latencyMs);
        world.after(fault.ms, () => {
          path.latencyMs = this.plan.latencyMs;
        });
        return;
      }
      case 'hang-up':
        Object.assign(network.path(fault.a, fault.b), { hangUps: fault.times, hangUpAfter: fault.after });
        return;
      case 'freeze':
        this.#living(fault.party)?.process.freeze(fault.ms);
        return;
      case 'clock':
        this.#living(fault.party)?.process.setClock(fault.ms);
        return;
      case 'throw':
      case 'leave':
        this.#fates.set(fault.party, fault.kind);
        return;
      case 'kill':
      case 'crash':
      case 'restart':
        this.#dies(fault);
        return;
      case 'stranger':
        network.stranger(this.#outside, fault.party, fault.how);
        return;
      case 'twin':
        this.#twin(fault.party);
        return;
    }
  }

  /** Another process with a party's identity starts on its host, where all that the party dials are in a session with it. */
  #twin(name: string): void {
    const party = this.#living(name);
    const dials = this.plan.parties.filter((p) => p < name);
    if (party === undefined || party.end !== undefined || !dials.every((p) => this.#met.has(`${p} ${name}`)))
      return;
    const process = new Process(name, this.world);
    const runtime = {
      clock: process,
      keys: simulatedKeys(this.#chance.part(`twin of ${name}`)),
      sockets: this.network.socketsOf(process),
    };
    this.#twins.push(process);
    this.world.say(() => `a twin of ${name} starts`);
    connect(linkOptions(name, this.plan.parties), runtime)
      .then((link) => link.ready())
      .then(() => {
        // Who has started anew knows nobody yet.
        if (this.parties.every((p) => p.life === 0)) this.broken.push(`a twin of ${name} was let in`);
      })
      .catch((error: Error) => this.world.say(() => `a twin of ${name} is turned away: ${error.message}`));
  }

  #ends(process: Process, machineToo: boolean): void {
    process.die();
    this.network.gone(process, machineToo);
  }

  #dies(fault: Extract<Fault, { kind: 'kill' | 'crash' | 'restart' }>): void {
    const party = this.#living(fault.party);
    if (party === undefined) return;
    const machine = fault.kind === 'crash' || (fault.kind === 'restart' && fault.machine);
    this.#ends(party.process, machine);
    for (const twin of this.#twins.filter((t) => t.name === fault.party)) this.#ends(twin, machine);
    if (party.closed === undefined && party.life === 0) this.#left -= 1;
    if (fault.kind !== 'restart') return;
    this.world.after(fault.later, () => {
      this.network.up(fault.party);
      this.#start(fault.party, party.life + 1);
    });
  }

  /** Runs until every party has ended, and says what must not be so. */
  async run(): Promise<readonly string[]> {
    const { plan, world } = this;
    const last = Math.max(
      0,
      ...plan.faults.map(
        (f) => f.at + ('later' in f ? f.later : 0) + ('ms' in f ? Math.abs(f.ms) % 10_000 : 0),
      ),
    );
    const until = last + 30_000 + transferMs(plan);
    const started = () => this.parties.length >= plan.parties.length;
    const how = await world.run(
      () =>
        started() && this.#left <= 0 && this.parties.every((p) => !p.process.alive || p.closed !== undefined),
      until,
    );
    if (how !== 'done') this.broken.push(`it does not end: after ${world.time.toFixed(0)} ms (${how})`);
    this.#check();
    return this.broken;
  }

  #check(): void {
    const { plan } = this;
    const culprits = culpritsOf(plan.faults);
    const digests = new Set<number>();
    const end = plan.faults.find(isLasting)?.at;
    for (const party of this.parties) {
      const { name, process, end: mine, life, link } = party;
      if (!process.alive) continue;
      if (mine === undefined) {
        this.broken.push(`${name} waits for ever`);
        continue;
      }
      if ('digest' in mine) {
        if (life > 0) continue;
        digests.add(mine.digest);
        if (link !== undefined && link.held > 0)
          this.broken.push(`${name} keeps ${link.held} bytes after its end`);
        continue;
      }
      if (life > 0 || mine.error.info.own === true) continue;
      const text = `${name} says ${mine.error.code}: ${mine.error.message}`;
      if (end === undefined) this.broken.push(`nothing lasting has happened, and ${text}`);
      else this.#named(name, mine.error, mine.at, culprits, text);
    }
    if (digests.size > 1) this.broken.push(`results differ: ${[...digests].join(', ')}`);
  }

  #named(self: string, error: TesseraError, at: number, culprits: ReadonlySet<string>, text: string): void {
    const { plan } = this;
    const blamed = String(error.info.missing ?? error.info.party);
    // Who has gone before it met this party cannot have told why.
    const left = this.parties.find((p) => p.name === blamed)?.end;
    const gone = left !== undefined && 'error' in left && left.at < at;
    const unmet = gone && (error.info.missing !== undefined || !this.#met.has(`${blamed} ${self}`));
    if (blamed === self) this.broken.push(`${text}; ${self} says of itself that it is not there`);
    if (!culprits.has(blamed) && !unmet) this.broken.push(`${text}; but ${blamed} is innocent`);
    const fault = plan.faults.find(isLasting)!;
    const bound =
      Math.max(fault.at, ...Object.values(plan.starts)) + READY_TIMEOUT_MS + 2 * OUTAGE_MS + transferMs(plan);
    if (at > bound) this.broken.push(`${text}; ${(at - fault.at).toFixed(0)} ms after it was so`);
  }
}

export const links: Scenario<Plan> = {
  name: 'links',
  plan: planOf,
  run: (plan, say) => new LinkWorld(plan, say).run(),
  smaller,
};
