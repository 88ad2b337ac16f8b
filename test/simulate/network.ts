/**
 * @file A network from first principles: connections that keep the order of their bytes and can end in every way, between
 * hosts that are up, down or far. Two connections of one pair know nothing of each other: what is sent on the later one may
 * come first.
 */
import { type Address, formatAddress } from '../../src/link/address.ts';
import { Connection } from '../../src/link/connection.ts';
import { connectError } from '../../src/link/dial.ts';
import { ConnectError } from '../../src/link/failures.ts';
import type { Sockets } from '../../src/link/sockets.ts';
import { type Acceptor, welcome } from '../../src/link/welcome.ts';
import type { Chance } from './chance.ts';
import { type End, LONGEST_WAY_MS, type Path, Wire } from './simulated-wire.ts';
import type { Process, World } from './world.ts';

interface Listening {
  readonly process: Process;
  readonly acceptors: Map<string, Acceptor>;
}

const networkError = (code: string): Error => Object.assign(new Error(code), { code });

export class Network {
  readonly #world: World;
  readonly #chance: Chance;
  readonly #paths = new Map<string, Path>();
  readonly #wires = new Map<Path, Set<Wire>>();
  /** By the name of the host. */
  readonly #listening = new Map<string, Listening>();
  /** What the last who came to a host said there. */
  readonly #heard = new Map<string, readonly Uint8Array[]>();
  /** Hosts that do not answer at all. */
  readonly #down = new Set<string>();

  constructor(world: World, chance: Chance) {
    this.#world = world;
    this.#chance = chance;
  }

  path(a: string, b: string): Path {
    const key = a < b ? `${a} ${b}` : `${b} ${a}`;
    let path = this.#paths.get(key);
    if (path === undefined) {
      path = { latencyMs: 1, bytesPerMs: 10_000, stalledUntil: 0, hangUps: 0, hangUpAfter: 0 };
      this.#paths.set(key, path);
      this.#wires.set(path, new Set());
    }
    return path;
  }

  wires(a: string, b: string): readonly Wire[] {
    return [...this.#wires.get(this.path(a, b))!];
  }

  /** A process is gone: its kernel hangs up, unless the machine is gone too. */
  gone(process: Process, machineToo: boolean): void {
    if (machineToo) this.#down.add(process.name);
    if (this.#listening.get(process.name)?.process === process) this.#listening.delete(process.name);
    for (const wires of this.#wires.values())
      for (const wire of wires)
        for (const end of wire.ends)
          if (end.process === process) {
            if (!machineToo) end.hangUp();
            end.open = false;
            end.deaf = true;
          }
  }

  /** The machine is there again. */
  up(host: string): void {
    this.#down.delete(host);
  }

  /** What a process may open. Its name is that of its host. */
  socketsOf(process: Process): Sockets {
    return {
      listen: async (address, acceptor) => {
        const host = process.name;
        const known = this.#listening.get(host);
        if (known !== undefined && known.process !== process) throw networkError('EADDRINUSE');
        const listening = known ?? { process, acceptors: new Map<string, Acceptor>() };
        listening.acceptors.set(`${acceptor.job} ${acceptor.party}`, acceptor);
        this.#listening.set(host, listening);
        return {
          port: address.port,
          hold: () => {},
          release: async () => {
            if (this.#listening.get(host) === listening) this.#listening.delete(host);
          },
        };
      },
      dial: (party, address, _tls, _trust, signal, patienceMs = 10_000) =>
        this.#dial(process, party, address, signal, patienceMs),
    };
  }

  /** A connection as whoever can reach the host gets it: nobody has said anything on it yet. */
  #connect(from: Process, host: string): End | 'refused' | undefined {
    const listening = this.#listening.get(host);
    if (this.#down.has(host)) return undefined;
    if (listening === undefined) return 'refused';
    const path = this.path(from.name, host);
    const wires = this.#wires.get(path)!;
    // A connection has its own way, now and then a long one.
    const way = this.#chance.hit(0.1) ? 10 * this.#chance.next() : 1 + 0.3 * this.#chance.next();
    const { process } = listening;
    const latencyMs = Math.min(path.latencyMs * way, Math.max(path.latencyMs, LONGEST_WAY_MS));
    const wire = new Wire(this.#world, path, this.#chance, [from, process], latencyMs, (w) =>
      wires.delete(w),
    );
    wires.add(wire);
    this.#heard.set(host, wire.said);
    const [near, far] = wire.ends;
    // The accepting process has a turn of its own; where it stands still, its kernel has accepted nevertheless.
    process.after(0, () => {
      const connection = new Connection(far, undefined, process);
      welcome(connection, undefined, (job, to) => listening.acceptors.get(`${job} ${to}`)).catch(
        (e: Error) => {
          for (const acceptor of listening.acceptors.values()) acceptor.refused(from.name, e.message);
        },
      );
    });
    return near;
  }

  #dial(process: Process, party: string, address: Address, signal: AbortSignal, patienceMs: number) {
    return new Promise<{ connection: Connection; socket: undefined }>((resolve, reject) => {
      const { host } = address;
      const path = this.path(process.name, host);
      let end: End | undefined;
      let over = false;
      const finish = (error?: unknown): void => {
        if (over) return;
        over = true;
        stopWaiting();
        signal.removeEventListener('abort', stop);
        if (error !== undefined) {
          end?.terminate();
          reject(connectError(error, party, address));
        } else resolve({ connection: new Connection(end!, patienceMs, process), socket: undefined });
      };
      const stop = (): void => finish(new ConnectError('closed', `dialling "${party}" was given up`));
      const stopWaiting = process.after(patienceMs, () =>
        finish(new Error('Opening handshake has timed out')),
      );
      signal.addEventListener('abort', stop, { once: true });
      const way = path.latencyMs * (0.7 + 0.6 * this.#chance.next());
      const passes = (run: () => void): void => {
        const stalled = path.stalledUntil - this.#world.time;
        this.#world.after((stalled > 0 ? stalled : 0) + way, () => {
          if (path.stalledUntil > this.#world.time) passes(run);
          else run();
        });
      };
      passes(() => {
        if (!process.alive) return;
        const made = this.#connect(process, host);
        if (made === undefined) return;
        if (made !== 'refused') {
          if (over) made.terminate();
          else end = made;
        }
        passes(() =>
          process.after(0, () => finish(made === 'refused' ? networkError('ECONNREFUSED') : undefined)),
        );
      });
    });
  }

  /** Somebody who is no party connects to a host: it says nothing, or what it likes, or what was said there before. */
  stranger(from: Process, host: string, how: 'silent' | 'garbage' | 'replay'): void {
    const end = this.#connect(from, host);
    if (end === undefined || end === 'refused') return;
    end.listen({ message: () => {}, close: () => {} });
    const heard = how === 'replay' ? (this.#heard.get(host) ?? []) : [this.#chance.bytes(50)];
    if (how !== 'silent') for (const message of heard) end.send(message, () => {});
  }
}

export const addressOf = (party: string): string => formatAddress({ host: party, port: 1 });
