/** @file Production with real processes, real sockets and real certificates: one child process a party. */

import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeAuthority, makeLeaf } from '../link/certificates.ts';
import { freePort } from '../link/helpers.ts';
import type { FromChild, Sent, ToChild } from './messages.ts';

export { freePort, sleep, suite, until } from '../link/helpers.ts';

export type Options = Record<string, unknown>;

/** A folder that is gone when the process is. */
export const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'tessera-production-'));
  process.once('exit', () => rmSync(path, { recursive: true, force: true }));
  return path;
};

// What this machine knows of stored material lies apart for each file of tests.
process.env.TESSERA_STATE = folder();

export interface Pems {
  readonly ca_cert: string;
  readonly cert: string;
  readonly key: string;
}

const kept = new Map<string, Promise<Pems>>();
const place = folder();

const make = async (name: string, from?: number, to?: number): Promise<Pems> => {
  const authority = await makeAuthority(`${name} authority`);
  const leaf = await makeLeaf(authority, name, from, to);
  const write = (suffix: string, text: string): string => {
    const path = join(place, `${name}-${Math.random().toString(36).slice(2)}.${suffix}.pem`);
    writeFileSync(path, text);
    return path;
  };
  return { ca_cert: write('ca', authority.pem), cert: write('cert', leaf.cert), key: write('key', leaf.key) };
};

/** Files of a party whose authority is its own, as in the guide. */
export const pemsOf = (name: string): Promise<Pems> => {
  const known = kept.get(name) ?? make(name);
  kept.set(name, known);
  return known;
};

/** The same for a certificate that is valid from and to these many milliseconds from now. */
export const pemsBetween = (name: string, from: number, to: number): Promise<Pems> => make(name, from, to);

/** The guide's nested form. */
const tlsOf = async (self: string, everybody: readonly string[]): Promise<Options> => {
  const client_certs: Options = {};
  for (const peer of everybody) {
    if (peer === self) continue;
    const { ca_cert, cert } = await pemsOf(peer);
    client_certs[peer] = { ca_cert, cert };
  }
  return { cert: await pemsOf(self), client_certs };
};

/** For tests in which nobody dies: on a loaded machine nobody is taken for dead either. */
export const QUICK = { heartbeatMs: 250, peerTimeoutMs: 30_000, readyTimeoutMs: 60_000, exposeErrors: true };
/** For tests in which somebody dies, and the others live on: on a loaded machine these may be silent for seconds. */
export const MORTAL = { ...QUICK, peerTimeoutMs: 8_000 };

/** What each of these parties (and the dealer, if it is one of them) gives `sf.init`. */
export const cluster = async <N extends string>(
  everybody: readonly N[],
  change: (self: string, options: Options) => Options = (_, o) => o,
): Promise<Record<N, Options>> => {
  const places: { [name: string]: { address: string } } = {};
  const ports = new Set<number>();
  // A port that was free a moment ago may be given out twice.
  while (ports.size < everybody.length) ports.add(await freePort());
  for (const [i, port] of [...ports].entries()) places[everybody[i]!] = { address: `127.0.0.1:${port}` };
  const { dealer, ...parties } = places;
  const out: { [name: string]: Options } = {};
  for (const self of everybody) {
    const options: Options = {
      cluster_config: {
        parties: structuredClone(parties),
        self_party: self,
        ...(dealer && { dealer: { ...dealer } }),
      },
      tls_config: await tlsOf(self, everybody),
      job_name: 'test',
      loggingLevel: 'error',
      crossSilo: { ...QUICK },
    };
    out[self] = change(self, options);
  }
  return out as Record<N, Options>;
};

/** How a party's program ended. */
export type Ending =
  | { readonly value: unknown }
  | { readonly error: Sent }
  | { readonly exit: number | null; readonly signal: string | null };

/** After which a program hangs; a loaded machine may take long. */
const PATIENCE = 300_000;

/** Processes whose program has closed its session: they wait for the next party, as to begin one takes longer than most programs. */
const staying = new Set<ChildProcess>();
/** Those of parties that nobody asks for any more. */
const idle: ChildProcess[] = [];
/** With which environment each was begun: what a test changes there is for the processes that it begins. */
const environments = new WeakMap<ChildProcess, string>();

const childOf = (): ChildProcess => {
  const environment = JSON.stringify(process.env);
  const at = idle.findLastIndex((child) => environments.get(child) === environment);
  if (at < 0) {
    const fresh = fork(new URL('./child.js', import.meta.url), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
    environments.set(fresh, environment);
    return fresh;
  }
  const [child] = idle.splice(at, 1) as [ChildProcess];
  if (!child.connected) throw new Error(`a process has ended by itself after its program: ${child.exitCode}`);
  staying.delete(child);
  child.ref();
  child.channel!.ref();
  return child;
};

/** It ends by itself, unless its programs have left something open. */
const letGo = (child: ChildProcess): void => {
  child.ref();
  if (child.connected) child.disconnect();
};

// Programs may have left timers that nobody waits for.
process.once('beforeExit', () => {
  for (const child of staying) {
    child.ref();
    child.kill('SIGKILL');
  }
});

export class Party {
  readonly name: string;
  readonly child: ChildProcess;
  /** Always resolves; the tests look at how. */
  readonly ended: Promise<Ending>;
  readonly #notes: string[] = [];
  #noted: () => void = () => {};
  #signalled = false;
  #leave: () => void = () => {};

  constructor(name: string, message: ToChild, patienceMs = PATIENCE) {
    this.name = name;
    const child = childOf();
    this.child = child;
    this.ended = new Promise((resolve) => {
      const late = setTimeout(() => {
        child.kill('SIGKILL');
        resolve({ error: { code: 'LATE', message: `${name} took more than ${patienceMs} ms`, details: {} } });
      }, patienceMs);
      const onMessage = (heard: FromChild): void => {
        if (heard.kind === 'note') {
          this.#notes.push(heard.text);
          this.#noted();
        } else {
          if (heard.stays) {
            clearTimeout(late);
            staying.add(child);
            child.unref();
            child.channel!.unref();
          }
          resolve(heard.kind === 'value' ? { value: heard.value } : { error: heard.error });
        }
      };
      const onExit = (code: number | null, signal: string | null): void => {
        clearTimeout(late);
        // Its last words may still be on their way.
        setImmediate(() => resolve({ exit: code, signal }));
      };
      child.on('message', onMessage);
      child.once('exit', onExit);
      this.#leave = () => {
        clearTimeout(late);
        child.off('message', onMessage);
        child.off('exit', onExit);
      };
    });
    child.send(message);
  }

  /** How its process ends, which it does when its program has. */
  get exited(): Promise<{ code: number | null; signal: string | null }> {
    const { child } = this;
    void this.ended.then(() => {
      if (!staying.delete(child)) return;
      if (idle.includes(child)) idle.splice(idle.indexOf(child), 1);
      letGo(child);
    });
    const { exitCode: code, signalCode: signal } = child;
    if (code !== null || signal !== null) return Promise.resolve({ code, signal });
    return new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  }

  /** Nobody asks for it any more: another party gets its process, or it ends now. */
  end(): void {
    const { child } = this;
    if (idle.includes(child) || child.exitCode !== null) return;
    if (staying.has(child) && !this.#signalled) {
      this.#leave();
      idle.push(child);
    } else child.kill('SIGKILL');
  }

  /** How often the program has said something. */
  get said(): number {
    return this.#notes.length;
  }

  /** Resolves when the program has said so. */
  async noted(text: string): Promise<void> {
    while (!this.#notes.includes(text)) {
      const next = new Promise<void>((resolve) => {
        this.#noted = resolve;
      });
      const over = await Promise.race([next, this.ended]);
      if (over !== undefined && !this.#notes.includes(text))
        throw new Error(`${this.name} ended before "${text}": ${JSON.stringify(over)}`);
    }
  }

  /** Its process ends by it, sooner or later, and serves nobody else. */
  kill(signal: NodeJS.Signals): void {
    this.#signalled = true;
    this.child.kill(signal);
  }

  /** What its program returned; throws what it threw. */
  async value<T>(): Promise<T> {
    const ending = await this.ended;
    if ('value' in ending) return ending.value as T;
    throw new Error(
      `${this.name}: ${'error' in ending ? `${ending.error.code}: ${ending.error.message}` : JSON.stringify(ending)}`,
    );
  }

  /** What its program threw. */
  async error(): Promise<Sent> {
    const ending = await this.ended;
    if ('error' in ending) return ending.error;
    throw new Error(`${this.name} was expected to fail: ${JSON.stringify(ending)}`);
  }
}

/** Starts `program` (one of programs.ts) at each party; the dealer runs its service. */
export const launch = <N extends string>(
  options: Readonly<Record<N, Options>>,
  program: string | Readonly<Record<string, string>>,
  given: unknown = null,
  /** How long the programs take by themselves. */
  lastsMs = 0,
): Record<N, Party> => {
  const names = Object.keys(options) as N[];
  return Object.fromEntries(
    names.map((name) => {
      const run = name === 'dealer' ? 'dealer' : typeof program === 'string' ? program : program[name]!;
      return [name, new Party(name, { options: options[name], program: run, given }, PATIENCE + lastsMs)];
    }),
  ) as Record<N, Party>;
};

/** All values; ends what is left over. */
export const values = async <T>(parties: Readonly<Record<string, Party>>): Promise<Record<string, T>> => {
  try {
    const all = await Promise.all(
      Object.entries(parties).map(async ([n, p]) => [n, await p.value<T>()] as const),
    );
    return Object.fromEntries(all);
  } finally {
    end(parties);
  }
};

export const end = (parties: Readonly<Record<string, Party>>): void => {
  for (const party of Object.values(parties)) party.end();
};
