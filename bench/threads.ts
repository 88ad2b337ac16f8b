/** @file What a second thread of a ring brings: large calls, and those around the size from which they are shared. */

import { cores } from '#kernel-host';
import type { RingArray } from '../src/ring/array.ts';
import { FIELDS } from '../src/ring/field.ts';
import { Prg } from '../src/ring/prg.ts';
import { Ring } from '../src/ring/ring.ts';
import { type Spread, spread } from './lib/duel.ts';
import type { Row } from './lib/row.ts';

interface Case {
  readonly name: string;
  /** Multiply-adds, elements or bytes. */
  readonly work: number;
  readonly times: number;
  readonly on: (ring: Ring) => () => void;
}

const words = (ring: Ring, n: number, draw: number): RingArray => {
  const arr = ring.alloc(FIELDS.FM128, n);
  new Prg(ring, new Uint8Array(32).fill(7)).fill(arr, 0, draw);
  return arr;
};

const product = (n: number, times: number): Case => ({
  name: `two threads: matmul FM128 ${n}x${n}x${n}`,
  work: n ** 3,
  times,
  on: (ring) => {
    const [d, a, b] = [1, 2, 3].map((draw) => words(ring, n * n, draw)) as [RingArray, RingArray, RingArray];
    return () => ring.matmul(d, a, b, n, n, n);
  },
});

const gate = (n: number, times: number): Case => ({
  name: `two threads: mulGate FM128 n=${n}`,
  work: n,
  times,
  on: (ring) => {
    const [d, cx, cy, rx, ry] = [1, 2, 3, 4, 5].map((draw) => words(ring, n, draw)) as [
      RingArray,
      RingArray,
      RingArray,
      RingArray,
      RingArray,
    ];
    return () => ring.mulGate(d, cx, cy, rx, ry, d, true);
  },
});

const stream = (bytes: number, times: number): Case => ({
  name: `two threads: key stream, ${bytes / 2 ** 20} MiB`,
  work: bytes / 16,
  times,
  on: (ring) => {
    const [prg, out] = [new Prg(ring, new Uint8Array(32).fill(7)), ring.bytes(bytes)];
    return () => prg.fill(out, 1, 1);
  },
});

const CASES: readonly Case[] = [
  product(1024, 3),
  product(256, 20),
  product(64, 300),
  gate(1_000_000, 30),
  gate(20_000, 300),
  stream(2 ** 24, 20),
];

const ready = async (ring: Ring): Promise<void> => {
  const call = product(256, 1).on(ring);
  for (let i = 0; i < 200 && ring.helpers < ring.threads - 1; i++) {
    call();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

/** Rows with the time of two threads, beside that of one: the least of several calls, in turn. */
export const benchThreads = async (wanted: (name: string) => boolean): Promise<Row[]> => {
  const cases = CASES.filter(({ name }) => wanted(name));
  if (cases.length === 0 || cores() < 2) return [];
  const rings = await Promise.all([1, 2].map((threads) => Ring.create({ threads })));
  for (const ring of rings) await ready(ring);
  const rows = cases.map(({ name, work, times, on }): Row => {
    const calls = rings.map(on);
    const spent = rings.map((): number[] => []);
    for (let i = 0; i < times; i++)
      calls.forEach((call, which) => {
        const start = performance.now();
        call();
        spent[which]!.push(((performance.now() - start) * 1e6) / work);
      });
    const [one, two] = spent.map(spread) as [Spread, Spread];
    const [value, baseline] = [two.least, one.least];
    const ratio = value / baseline;
    return { name, unit: 'ns/element', value, baseline, ratio, against: 'one thread', ...two };
  });
  for (const ring of rings) await ring.close();
  return rows;
};
