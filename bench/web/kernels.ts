/** @file The kernels that parties spend their time in, measured where this runs: in Node, or in a worker of a page. */
import type { Bits, Bytes, RingArray } from '../../src/ring/array.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { Prg } from '../../src/ring/prg.ts';
import { Ring } from '../../src/ring/ring.ts';

/** Least nanoseconds a call over rounds of at least 5 ms, after some for the compiler. */
const measure = (run: () => unknown): number => {
  let calls = 1;
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 12; round++) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) run();
    const took = performance.now() - start;
    if (took < 5) calls = Math.max(calls + 1, Math.ceil((calls * 6) / Math.max(took, 0.1)));
    else if (round > 3) best = Math.min(best, (took * 1e6) / calls);
  }
  return best;
};

/** Name -> nanoseconds a call. */
export const timeKernels = async (wasm?: BufferSource): Promise<Record<string, number>> => {
  const ring = await Ring.create(wasm === undefined ? {} : { wasm });
  const field = FIELDS.FM128;
  // The kernel's own stream everywhere: a browser has no other.
  const prg = new Prg(ring, new Uint8Array(32).fill(7), 'wasm');
  let gate = 0;
  const filled = <A extends RingArray | Bits | Bytes>(arr: A): A => {
    prg.fill(arr, gate++, 0);
    return arr;
  };
  const words = (n: number) => filled(ring.alloc(field, n));
  const n = 100_000;
  const [d, a, b, c, e, u] = Array.from({ length: 6 }, () => words(n)) as [
    RingArray, RingArray, RingArray, RingArray, RingArray, RingArray,
  ]; // biome-ignore format: six of a kind
  const square = words(128 * 128);
  const [left, right] = [words(128 * 128), words(128 * 128)];
  const table = filled(ring.bits(16384, 16));
  const [digit, eq, lt] = [filled(ring.bits(16384, 4)), ring.bits(16384), ring.bits(16384)];
  const stream = ring.bytes(65536);
  const reals = Float64Array.from({ length: n }, (_, i) => (i - n / 2) / 7);
  const cases: Readonly<Record<string, () => unknown>> = {
    add: () => ring.add(d, a, b),
    mul: () => ring.mul(d, a, b),
    mulGate: () => ring.mulGate(d, a, b, c, e, u, 1),
    encode: () => ring.encode(d, reals, field.fraction),
    decode: () => ring.decode(reals, d, field.fraction),
    matmul: () => ring.matmul(square, left, right, 128, 128, 128),
    digitSelect: () => ring.digitSelect(eq, lt, table, digit),
    ChaCha20: () => prg.fill(stream, 1, 0),
  };
  return Object.fromEntries(Object.entries(cases).map(([name, run]) => [name, measure(run)]));
};
