/**
 * @file What the ring kernels cost, beside the same work in C++ (`unsigned __int128`, -O3 -march=native).
 *
 * The C++ side is bench/native/kernels.cpp, compiled on the spot where a compiler is found.
 */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bits, Bytes, RingArray } from '../src/ring/array.ts';
import { FIELDS, type Field } from '../src/ring/field.ts';
import { Prg } from '../src/ring/prg.ts';
import { Ring } from '../src/ring/ring.ts';
import { spread } from './lib/duel.ts';
import type { Row } from './lib/row.ts';

/** One measurement: `work` elements are done by a call of `run`. */
interface Case {
  name: string;
  work: number;
  run: () => unknown;
}

/** Nanoseconds per element in each of `rounds` rounds of at least 4 ms. */
const measure = ({ run, work }: Case, rounds = 7): number[] => {
  let calls = 1;
  const times: number[] = [];
  for (let round = 0; round < rounds + 2; ) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) run();
    const took = performance.now() - start;
    if (took < 4) {
      calls = Math.max(calls + 1, Math.ceil((calls * 5) / Math.max(took, 0.05)));
      continue;
    }
    if (round >= 2) times.push((took * 1e6) / (calls * work)); // the first rounds are for the compiler
    round++;
  }
  return times;
};

/** Arrays of random words, bits and bytes. */
const source = (ring: Ring) => {
  const prg = new Prg(ring, new Uint8Array(32).fill(7));
  let gate = 0;
  const filled = <A extends RingArray | Bits | Bytes>(arr: A): A => {
    prg.fill(arr, gate++, 0);
    return arr;
  };
  return {
    words: (field: Field, n: number) => filled(ring.alloc(field, n)),
    bits: (n: number, planes = 1) => filled(ring.bits(n, planes)),
    bytes: (n: number) => filled(ring.bytes(n)),
    prg,
  };
};

const wordCases = (ring: Ring, field: Field, n: number): Case[] => {
  const { words, bits } = source(ring);
  const [d, a, b, c, e, u] = Array.from({ length: 6 }, () => words(field, n)) as [
    RingArray, RingArray, RingArray, RingArray, RingArray, RingArray,
  ]; // biome-ignore format: six of a kind
  const s = words(field, 1);
  const m = bits(n);
  const planes = ring.bits(n, field.bits);
  const reals = Float64Array.from({ length: n }, (_, i) => (i - n / 2) / 7);
  const one = (name: string, run: () => unknown): Case => ({
    name: `${name} ${field.name} n=${n}`,
    work: n,
    run,
  });
  return [
    one('add', () => ring.add(d, a, b)),
    one('sub', () => ring.sub(d, a, b)),
    one('xor', () => ring.xor(d, a, b)),
    one('sar', () => ring.sar(d, a, field.fraction)),
    one('mul', () => ring.mul(d, a, b)),
    one('mulScalar', () => ring.mulScalar(d, a, s)),
    one('mulGate', () => ring.mulGate(d, a, b, c, e, u, 1)),
    one('squareGate', () => ring.squareGate(d, a, c, u, 1)),
    one('selectAdd', () => ring.selectAdd(d, m, a, b, c, e, 1)),
    one('encode', () => ring.encode(d, reals, field.fraction)),
    one('decode', () => ring.decode(reals, d, field.fraction)),
    one('toPlanes', () => ring.toPlanes(planes, a)),
    one('fromPlanes', () => ring.fromPlanes(d, planes)),
  ];
};

const matmulCase = (ring: Ring, field: Field, m: number, k: number, n: number): Case => {
  const { words } = source(ring);
  const [d, a, b] = [words(field, m * n), words(field, m * k), words(field, k * n)];
  return {
    name: `matmul ${field.name} ${m}x${k}x${n}`,
    work: m * k * n,
    run: () => ring.matmul(d, a, b, m, k, n),
  };
};

const tableCases = (ring: Ring): Case[] => {
  const { words, bits, bytes, prg } = source(ring);
  const field = FIELDS.FM128;
  const n = 16384;
  const [table, digit, eq, lt] = [bits(n, 16), bits(n, 4), bits(n), bits(n)];
  const [others, more] = [bits(n, 16), bits(n, 16)];
  const [c, counts, prod, marks] = [words(field, 1024), bytes(1024), bytes(1024), bytes(1024 * 128)];
  const shape = { count: 24, step: 2, turn: 32 } as const;
  const coef = Float64Array.from({ length: 48 }, (_, i) => Math.sin(i));
  const [x, y, rows] = [words(field, 64), words(field, 64), words(field, 64 * 48)];
  const exps = words(field, 64 * 32);
  const pieces = { pieces: 32, pieceBits: 27, fraction: 26 };
  const stream = ring.bytes(65536);
  const kernel = new Prg(ring, new Uint8Array(32), 'wasm');
  return [
    { name: 'andXor, 128 lanes', work: (16 * n) / 128, run: () => ring.andXor(table, others, more) },
    { name: 'digitSelect', work: n, run: () => ring.digitSelect(eq, lt, table, digit) },
    { name: 'countUnequal FM128', work: 1024, run: () => ring.countUnequal(counts, c, marks, prod, 1) },
    { name: 'bitsAsBytes FM128', work: 1024, run: () => ring.bitsAsBytes(marks, c) },
    {
      name: 'fourierEval FM128, 24 of them',
      work: 64,
      run: () => ring.fourierEval(y, x, rows, coef, { ...shape, t2: 30 }),
    },
    {
      name: 'fourierDeal FM128, 24 of them',
      work: 64,
      run: () => ring.fourierDeal(rows, x, { ...shape, t1: 46 }),
    },
    {
      name: 'exponentialEval FM128, 32 pieces',
      work: 64,
      run: () => ring.exponentialEval(y, x, exps, { ...pieces, lo: -41, t2: 25 }),
    },
    {
      name: 'exponentialDeal FM128, 32 pieces',
      work: 64,
      run: () => ring.exponentialDeal(exps, x, { ...pieces, t1: 24 }),
    },
    { name: 'ChaCha20 kernel, 16 bytes', work: 4096, run: () => kernel.fill(stream, 1, 0) },
    { name: 'ChaCha20 host, 16 bytes', work: 4096, run: () => prg.fill(stream, 1, 0) },
  ];
};

/** Nanoseconds per element in C++, by name; empty without a compiler. */
const native = (): Map<string, number> => {
  const source = [
    new URL('./native/kernels.cpp', import.meta.url),
    new URL('../../bench/native/kernels.cpp', import.meta.url),
  ]
    .map((url) => fileURLToPath(url))
    .find((path) => existsSync(path));
  const rows = new Map<string, number>();
  if (!source) return rows;
  const folder = mkdtempSync(join(tmpdir(), 'kernels-'));
  try {
    const program = join(folder, 'kernels');
    const compiler = [process.env.CXX, 'g++', 'clang++', 'c++'].find((name) => {
      if (!name) return false;
      try {
        execFileSync(name, ['-std=c++17', '-O3', '-march=native', '-o', program, source], {
          stdio: 'ignore',
        });
        return true;
      } catch {
        return false;
      }
    });
    if (!compiler) return rows;
    for (const line of execFileSync(program, { encoding: 'utf8' }).trim().split('\n')) {
      const [name, value] = line.split('\t');
      rows.set(name!, Number(value));
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/**
 * The kernels of these names, the least time of each: beside C++, or null without a compiler and where there is no
 * counterpart.
 */
export const benchKernels = async (wanted: (name: string) => boolean): Promise<Row[]> => {
  const ring = await Ring.create();
  const { FM32, FM64, FM128 } = FIELDS;
  const cases = [
    ...wordCases(ring, FM128, 1000),
    ...wordCases(ring, FM128, 1_000_000),
    ...wordCases(ring, FM64, 100_000),
    ...wordCases(ring, FM32, 100_000),
    matmulCase(ring, FM128, 128, 128, 128),
    matmulCase(ring, FM128, 512, 512, 512),
    matmulCase(ring, FM128, 1024, 100, 1),
    matmulCase(ring, FM128, 1024, 100, 4),
    matmulCase(ring, FM128, 1, 512, 512),
    matmulCase(ring, FM128, 16, 16, 16),
    matmulCase(ring, FM64, 128, 128, 128),
    matmulCase(ring, FM64, 1024, 100, 1),
    matmulCase(ring, FM32, 128, 128, 128),
    ...tableCases(ring),
  ].filter(({ name }) => wanted(name));
  if (cases.length === 0) return [];
  const baseline = native();
  return cases.map((one) => {
    const times = spread(measure(one));
    const value = times.least;
    const other = baseline.get(one.name) ?? null;
    const ratio = other && value / other;
    return { name: one.name, unit: 'ns/element', value, baseline: other, ratio, against: 'C++', ...times };
  });
};
