/**
 * @file Production sessions in a simulated world: the real session of a party (exchange, journal, breaker, its way to fail),
 * real checkpoints on a disk that forgets, and real portions of stored material; programs that die and start again.
 */
import { dump, type Inside, load } from '../../src/device/checkpoint.ts';
import type { Op } from '../../src/device/operation.ts';
import { Breaker } from '../../src/device/production/breaker.ts';
import { partyFiles } from '../../src/device/production/party-files.ts';
import { ProductionMode } from '../../src/device/production/production.ts';
import { openStored } from '../../src/device/production/stored/stored-source.ts';
import { TesseraError } from '../../src/errors.ts';
import { identitySecretText } from '../../src/link/identity.ts';
import { connect, type WebSocketTransport } from '../../src/link/websocket.ts';
import { Ring } from '../../src/ring/ring.ts';
import { type Chance, chanceOf } from './chance.ts';
import { SimulatedDisk } from './disk.ts';
import { identityOf, simulatedKeys } from './keys.ts';
import { linkOptions, PEER_TIMEOUT_MS, READY_TIMEOUT_MS } from './link-options.ts';
import { Network } from './network.ts';
import { DEALER, FOLDER, JOB, portionsFor, runOf, SET } from './portions.ts';
import { type Scenario, without } from './scenario.ts';
import {
  culpritsOf,
  type Life,
  type SessionFault,
  type SessionPlan,
  type Step,
  sessionPlanOf,
} from './session-plan.ts';
import { configOf, HELD, handleOf, productionOf, shareOf } from './session-stand-ins.ts';
import { Process, World } from './world.ts';

/** Made before time is simulated: that it takes real time would look like sessions that do not end. */
const ring = await Ring.create();

const CHECKPOINT = '/checkpoints/weights';

/** Longest outages, the ends of all waiting, and what `close` waits. */
const LIMIT_MS = READY_TIMEOUT_MS + 3 * PEER_TIMEOUT_MS + 10_000;

/** What a party does in one session. */
interface Run {
  readonly name: string;
  readonly process: Process;
  error: TesseraError | undefined;
  closed: boolean;
}

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

class SessionWorld {
  readonly plan: SessionPlan;
  readonly world: World;
  readonly broken: string[] = [];
  readonly #chance: Chance;
  readonly #disks = new Map<string, SimulatedDisk>();
  readonly #stocks = new Map<string, SimulatedDisk>();
  /** Runs of material that a party has opened. */
  readonly #opened = new Map<string, Set<number>>();
  /** The last dump of which a party was told that it is done, and all that were begun. */
  #done = 0;
  readonly #begun = new Set<number>();
  /** What the parties of this session have loaded, and the runs that they use, by step. */
  #same = new Map<string, string>();
  #runs: Run[] = [];
  #diverges: string | undefined;
  #differed = false;

  constructor(plan: SessionPlan, say?: (line: string) => void) {
    this.plan = plan;
    this.#chance = chanceOf(plan.seed, 'sessions');
    this.world = new World(say);
  }

  async run(): Promise<readonly string[]> {
    const { parties, lives } = this.plan;
    const material = lives.some(({ steps }) => steps.some(({ kind }) => kind === 'material'));
    for (const party of parties) {
      this.#disks.set(party, new SimulatedDisk(this.#chance.part(`disk of ${party}`)));
      this.#stocks.set(party, new SimulatedDisk(this.#chance.part(`stock of ${party}`)));
      if (material) this.#stocks.get(party)!.putBack(await portionsFor(parties, party));
      this.#opened.set(party, new Set());
    }
    for (const [number, life] of lives.entries()) {
      if (life.putBack !== undefined)
        this.#stocks.get(life.putBack)!.putBack(await portionsFor(parties, life.putBack));
      await this.#live(number, life);
      if (this.broken.length > 0) break;
    }
    return this.broken;
  }

  async #live(number: number, life: Life): Promise<void> {
    const { world, plan } = this;
    const network = new Network(world, this.#chance.part(`network ${number}`));
    for (const [i, a] of plan.parties.entries())
      for (const b of plan.parties.slice(i + 1)) network.path(a, b).latencyMs = plan.latencyMs;
    this.#same = new Map();
    this.#diverges = undefined;
    this.#differed = false;
    this.#runs = plan.parties.map((name) => ({
      name,
      process: new Process(name, world),
      error: undefined,
      closed: false,
    }));
    world.say(() => `--- session ${number}`);
    for (const run of this.#runs)
      world.after(this.#chance.next() * 10, () => {
        if (run.process.alive) void this.#party(run, number, life, network);
      });
    const happening = life.faults.map((fault) => world.after(fault.at, () => this.#happens(fault, network)));
    const over = () => this.#runs.every(({ process, closed }) => !process.alive || closed);
    const how = await world.run(over, world.time + LIMIT_MS);
    for (const cancel of happening) cancel();
    if (how !== 'done') this.broken.push(`session ${number} does not end (${how})`);
    this.#check(number, life);
    for (const { process } of this.#runs) process.die();
    for (const disk of this.#disks.values()) disk.full = false;
  }

  #happens(fault: SessionFault, network: Network): void {
    this.world.say(() => `*** ${JSON.stringify(fault)}`);
    const process =
      'party' in fault ? this.#runs.find(({ name }) => name === fault.party)?.process : undefined;
    if (fault.kind === 'cut') for (const wire of network.wires(fault.a, fault.b)) wire.cut();
    else if (fault.kind === 'stall') network.path(fault.a, fault.b).stalledUntil = this.world.time + fault.ms;
    else if (fault.kind === 'freeze') process?.freeze(fault.ms);
    else if (fault.kind === 'diverge') this.#diverges = fault.party;
    else if (fault.kind === 'full') {
      const disk = this.#disks.get(fault.party)!;
      disk.full = true;
      this.world.after(fault.ms, () => {
        disk.full = false;
      });
    } else if (process?.alive) {
      process.die();
      network.gone(process, fault.kind === 'crash');
      if (fault.kind === 'crash') {
        this.#disks.get(fault.party)!.crash();
        this.#stocks.get(fault.party)!.crash();
      }
    }
  }

  async #party(run: Run, number: number, life: Life, network: Network): Promise<void> {
    const { name, process } = run;
    const runtime = {
      clock: process,
      keys: simulatedKeys(this.#chance.part(`${name} ${number}`)),
      sockets: network.socketsOf(process),
    };
    let link: WebSocketTransport | undefined;
    let mode: ProductionMode | undefined;
    try {
      link = await connect(linkOptions(name, this.plan.parties), runtime);
      link.on('peer', (e) =>
        this.world.say(() => `${name} sees ${e.party} ${e.state} ${e.error?.message ?? ''}`),
      );
      await link.ready();
      const files = partyFiles(() => new Uint8Array(32).fill(7), this.#disks.get(name)!.of(process));
      mode = new ProductionMode(productionOf(name, this.plan.parties), link, {
        filesOf: () => files,
        onEnd: () => () => {},
      });
      await this.#program(run, number, life, mode, link);
    } catch (error) {
      this.#failed(run, error);
      if (mode === undefined && process.alive) await link?.abort(error);
    }
    try {
      await (mode === undefined ? link?.close() : mode.close(async () => {}));
    } catch (error) {
      this.#failed(run, error);
    }
    run.closed = true;
    this.world.say(() => `${name} is over`);
  }

  #failed(run: Run, error: unknown): void {
    if (!run.process.alive) return;
    this.world.say(() => `${run.name} fails: ${String((error as Error).message)}`);
    if (!(error instanceof TesseraError))
      this.broken.push(`${run.name} threw ${String((error as Error).stack)}`);
    else run.error ??= error;
  }

  async #program(
    run: Run,
    number: number,
    life: Life,
    mode: ProductionMode,
    link: WebSocketTransport,
  ): Promise<void> {
    for (const [i, step] of life.steps.entries()) {
      const other = this.#diverges === run.name;
      this.#differed ||= other;
      const op: Op = { number: i + 1, what: other ? 'something else' : step.kind, site: undefined };
      mode.issued(op, '');
      this.world.say(() => `${run.name}: op ${op.number} ${step.kind}`);
      await this.#step(run, step, op, number, mode, link);
    }
  }

  async #step(
    run: Run,
    step: Step,
    op: Op,
    number: number,
    mode: ProductionMode,
    link: WebSocketTransport,
  ): Promise<void> {
    const key = `${op.number}`;
    const due = `value ${number}.${op.number}`;
    switch (step.kind) {
      case 'share':
        this.#is(await mode.share([step.party], key, op, async () => due), due, run, op);
        return;
      case 'perform':
        await mode.perform(step.party, key, op, async () => {});
        return;
      case 'fail':
        await this.#fails(step.party, mode, op, run);
        return;
      case 'move': {
        const value = await mode.move(step.from, step.to, key, op, Promise.resolve(due));
        if (run.name === step.to) this.#is(value, due, run, op);
        return;
      }
      case 'barrier':
        await mode.barrier(op);
        return;
      case 'material':
        await this.#guarded(this.#material(run, op, link), mode, op);
        return;
      case 'dump':
        await this.#dump(run, op, number * 100 + op.number, mode);
        return;
      case 'load':
        await this.#load(run, op, mode);
        return;
    }
  }

  #is(got: unknown, due: string, { name }: Run, op: Op): void {
    if (got !== due) this.broken.push(`${name} has ${String(got)} of op ${op.number}, where ${due} was due`);
  }

  /** The function of one party throws: all hear of it, and the session goes on. */
  async #fails(party: string, mode: ProductionMode, op: Op, run: Run): Promise<void> {
    const own = new TesseraError('INVALID_ARGUMENT', 'no');
    const error = await mode
      .perform(party, `${op.number}`, op, () => Promise.reject(own))
      .then(
        () => undefined,
        (e: TesseraError) => e,
      );
    if (error === undefined) this.broken.push(`${run.name} takes for done what has failed at ${party}`);
    else if (error !== own && error.info.party !== party) throw error;
  }

  /** As an SPU's party guards all that waits for the link beside the session. */
  #guarded(work: Promise<void>, mode: ProductionMode, op: Op): Promise<void> {
    const breaker = new Breaker();
    void mode.failed.then((error) => breaker.break(error));
    return breaker.guard(work, op);
  }

  async #material(run: Run, op: Op, link: WebSocketTransport): Promise<void> {
    const { parties } = this.plan;
    const disk = this.#stocks.get(run.name)!.of(run.process);
    const { seed, material } = await openStored(
      {
        folder: FOLDER,
        set: SET,
        dealer: DEALER,
        identity: identitySecretText(identityOf(run.name)),
        job: JOB,
        self: run.name,
        config: configOf(parties),
        channel: link.channel(
          `material of ${op.number}`,
          parties.filter((p) => p !== run.name),
        ),
        ring,
      },
      disk,
      // What lies outside of the folder is a machine's; here are no copies of folders.
      async () => ({ next: async () => 1, mark: async () => {} }),
    );
    await material.close();
    if (!run.process.alive) return;
    const which = runOf(seed);
    const opened = this.#opened.get(run.name)!;
    if (opened.has(which)) this.broken.push(`${run.name} opens portion ${which} twice`);
    opened.add(which);
    this.#agree(`material of ${op.number}`, String(which), run);
  }

  #agree(what: string, found: string, { name }: Run): void {
    const known = this.#same.get(what) ?? found;
    this.#same.set(what, known);
    if (known !== found) this.broken.push(`${name} has ${found} for ${what}, another party ${known}`);
  }

  #inside(run: Run, op: Op, mode: ProductionMode, version: number, put: (share: string) => void): Inside {
    const config = configOf(this.plan.parties);
    return {
      name: 'SPU',
      op,
      config,
      mode,
      backend: {
        ready: Promise.resolve(undefined),
        memory: [],
        run: () => Promise.reject(new Error('nothing is run')),
        free: () => {},
        export: async () => ({ id: `dump ${version}`, shares: [shareOf(run.name, version)] }),
        close: async () => {},
      },
      programs: { import: () => undefined } as unknown as Inside['programs'],
      shadows: undefined,
      queue: (work) => work(),
      check: () => {},
      held: async () => HELD,
      nextObject: () => 1,
      run: async (work) => {
        const inputs = [...work.privates!.values()].flatMap((m) => [...m.values()]);
        put(text(inputs[0]!.data as Uint8Array));
      },
      handle: (given, done) => handleOf(op, given, done),
    };
  }

  async #dump(run: Run, op: Op, version: number, mode: ProductionMode): Promise<void> {
    this.#begun.add(version);
    const inside = this.#inside(run, op, mode, version, () => {});
    try {
      await dump(inside, handleOf(op, Promise.resolve(HELD), Promise.resolve()), CHECKPOINT);
      if (run.process.alive) this.#done = Math.max(this.#done, version);
    } catch (error) {
      // A full disk: that dump has failed, at all parties, and the one before is there.
      if (error instanceof TesseraError && /ENOSPC|failed there \(CONFIG\)/.test(error.message)) return;
      throw error;
    }
  }

  async #load(run: Run, op: Op, mode: ProductionMode): Promise<void> {
    const done = this.#done;
    let share = '';
    const inside = this.#inside(run, op, mode, 0, (found) => {
      share = found;
    });
    try {
      await load(inside, CHECKPOINT);
    } catch (error) {
      const absent =
        error instanceof TesseraError && /ENOENT|failed there \(CONFIG\)|not belong/.test(error.message);
      if (!absent) throw error;
      if (done > 0) this.broken.push(`${run.name} cannot load dump ${done}: ${error.message}`);
      return;
    }
    const [party, version] = share.split(' ');
    this.world.say(() => `${run.name} has loaded ${share}`);
    this.#agree(`load ${op.number}`, version!, run);
    if (party !== run.name) this.broken.push(`${run.name} has loaded the part of ${party}`);
    if (Number(version) < done) this.broken.push(`${run.name} has loaded dump ${version}; ${done} was done`);
    if (!this.#begun.has(Number(version)))
      this.broken.push(`${run.name} has loaded dump ${version}, which nobody made`);
  }

  #check(number: number, life: Life): void {
    const culprits = culpritsOf(life.faults);
    const living = this.#runs.filter(({ process }) => process.alive);
    if (this.#differed && living.every(({ error }) => error === undefined))
      this.broken.push(`session ${number}: nobody has noticed that the programs differ`);
    for (const { name, process, error } of this.#runs) {
      if (!process.alive || error === undefined) continue;
      const said = `session ${number}: ${name} says ${error.code}: ${error.message}`;
      // As what it waits for itself, not through the session, hears of it.
      const diverged = error.code === 'DIVERGED' || error.info.code === 'DIVERGED';
      if (diverged && this.#diverges !== undefined) continue;
      if (culprits.size === 0) this.broken.push(`nothing lasting has happened; ${said}`);
      else if (!culprits.has(String(error.info.missing ?? error.info.party)) && error.code !== 'CLOSED')
        this.broken.push(`${said}; but ${String(error.info.missing ?? error.info.party)} is innocent`);
    }
  }
}

/** Fewer sessions, steps and faults. */
function* smaller(plan: SessionPlan): Iterable<SessionPlan> {
  for (const lives of without(plan.lives, 1)) yield { ...plan, lives };
  for (const [i, life] of plan.lives.entries()) {
    const change = (less: Partial<Life>): SessionPlan => ({
      ...plan,
      lives: plan.lives.with(i, { ...life, ...less }),
    });
    for (const faults of without(life.faults)) yield change({ faults });
    for (const steps of without(life.steps)) yield change({ steps });
    if (life.putBack !== undefined) yield change({ putBack: undefined });
  }
}

export const sessions: Scenario<SessionPlan> = {
  name: 'sessions',
  plan: sessionPlanOf,
  run: (plan, say) => new SessionWorld(plan, say).run(),
  smaller,
};
