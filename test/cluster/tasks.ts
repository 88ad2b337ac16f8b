/** Tasks of the cluster's tests: a module that nodes load. */
import { appendFileSync, readFileSync } from 'node:fs';
import * as sf from '#tessera';

export const noop = sf.task(import.meta, 'noop', (x: number) => x);
export const add = sf.task(import.meta, 'add', (a: number, b: number) => a + b);
export const split = sf.task(import.meta, 'split', (x: readonly number[]) => [x.length, x[0]]);
export const pid = sf.task(import.meta, 'pid', () => process.pid);
export const bad = sf.task(import.meta, 'bad', () => {
  throw new RangeError('seventeen is too many');
});
export const leave = sf.task(import.meta, 'leave', () => process.exit(3));

/** Waits, and says when it began and ended. */
export const span = sf.task(import.meta, 'span', async (ms: number) => {
  const from = Date.now();
  await new Promise((resolve) => setTimeout(resolve, ms));
  return [from, Date.now(), process.pid];
});

/** Writes a line, so that a test can count attempts, and waits. */
export const traced = sf.task(import.meta, 'traced', async (file: string, ms: number, name: number) => {
  appendFileSync(file, `begin ${name} ${process.pid}\n`);
  await new Promise((resolve) => setTimeout(resolve, ms));
  appendFileSync(file, `end ${name} ${process.pid}\n`);
  return name;
});

/** Waits until `n` tasks are here at the same time, for as long as a loaded machine may take; how many have come. */
export const meet = sf.task(import.meta, 'meet', async (file: string, n: number) => {
  appendFileSync(file, 'here\n');
  const come = () => readFileSync(file, 'utf8').split('\n').length - 1;
  for (const end = Date.now() + 240_000; come() < n && Date.now() < end; )
    await new Promise((resolve) => setTimeout(resolve, 20));
  return come();
});

/** So many bytes of one value. */
export const bytes = sf.task(import.meta, 'bytes', (n: number, value: number) =>
  new Uint8Array(n).fill(value),
);
export const sum = sf.task(import.meta, 'sum', (x: Uint8Array) => {
  let total = 0;
  for (const b of x) total += b;
  return [x.length, total];
});
export const spoil = sf.task(import.meta, 'spoil', (x: Uint8Array) => x.fill(0).length);

class CounterClass {
  static unit(): number {
    return 10;
  }
  #n: number;
  constructor(n: number) {
    this.#n = n;
  }
  add(k: number): number {
    this.#n += k;
    return this.#n;
  }
  async wait(ms: number): Promise<number> {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return ms;
  }
  both(): number[] {
    return [this.#n, -this.#n];
  }
  where(): number {
    return process.pid;
  }
}
export const Counter = sf.task(import.meta, 'Counter', CounterClass);
export const vector = sf.task(import.meta, 'vector', (n: number, value: number) =>
  Array.from({ length: n }, () => value),
);
export const later = sf.task(import.meta, 'later', async (ms: number, x: number) => {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return x;
});
/** Ends the node that runs it. */
export const fatal = sf.task(import.meta, 'fatal', () => process.kill(process.pid, 'SIGKILL'));

export const kinds = sf.task(import.meta, 'kinds', (x: unknown) =>
  x instanceof Map
    ? [...x.values()].map((v) => (v as object).constructor.name)
    : (x as object).constructor.name,
);
export const nothing = sf.task(import.meta, 'nothing', () => undefined);
export const odd = sf.task(import.meta, 'odd', () => ({
  lone: 'a\ud800',
  none: undefined,
  bytes: Buffer.from([1]),
}));
export const gap = sf.task(import.meta, 'gap', () => [1, null]);
export const firstOf = sf.task(import.meta, 'firstOf', (x: { readonly [i: number]: number }) => x[0]!);
