/** @file A party's program that computes for long, and says how long it let nothing else happen. Used by programs.ts. */
import * as sf from '#tessera';

const { np } = sf;

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
};

/**
 * Milliseconds between two turns of the event loop, at the longest: of this process' own work, as others may be at work on the
 * machine.
 */
const watchLoop = (): (() => number) => {
  let [last, longest] = [cpuMs(), 0];
  const look = (): void => {
    const now = cpuMs();
    longest = Math.max(longest, now - last);
    last = now;
  };
  const timer = setInterval(look, 5);
  return () => {
    clearInterval(timer);
    look();
    return longest;
  };
};

/** Milliseconds of the processor for work that is always the same: what a stretch is compared with. */
const unitMs = (): number => {
  const n = 200;
  const a = numbers(n * n, 3);
  const all = Array.from({ length: 3 }, () => {
    const start = cpuMs();
    let sum = 0;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) for (let k = 0; k < n; k++) sum += a[i * n + k]! * a[k * n + j]!;
    return Number.isFinite(sum) ? cpuMs() - start : 0;
  });
  return Math.min(...all);
};

export interface LongWork {
  /** Some elements of the result. */
  readonly some: readonly number[];
  readonly ms: number;
  /** Milliseconds of work in which nothing else could happen, at the longest. */
  readonly gap: number;
  /** Milliseconds of work that is always the same, at this party at this time. */
  readonly unit: number;
}

const numbers = (size: number, step: number): Float64Array =>
  Float64Array.from({ length: size }, (_, i) => ((i * step) % 17) - 8);

/** What is computed of two secrets of n x n, or of n numbers. */
const WORK = {
  product: (a: sf.BaseArray, b: sf.BaseArray) => np.matmul(a, b),
  less: (a: sf.BaseArray, b: sf.BaseArray) => np.less(a, b),
  divide: (a: sf.BaseArray, b: sf.BaseArray) => np.divide(a, np.add(np.square(b), 1)),
  relu: (a: sf.BaseArray) => np.maximum(a, 0),
} as const;
export type Kind = keyof typeof WORK;

export const longWork = async (
  s: sf.Session,
  spu: sf.SPU,
  { kind, n }: { readonly kind: Kind; readonly n: number },
): Promise<LongWork> => {
  const shape = kind === 'product' ? [n, n] : [n];
  const make = (step: number) =>
    np.reshape(np.array(numbers(kind === 'product' ? n * n : n, step)), shape) as sf.NDArray;
  const x = s.PYU('alice')(() => make(3))();
  const y = s.PYU('bob')(() => make(5))();
  // They are shared before the clock runs.
  const there = spu((a: sf.BaseArray, b: sf.BaseArray) => np.add(a, b))(x, y);
  await there.ready();
  const watch = watchLoop();
  const start = performance.now();
  const work = WORK[kind] as (a: sf.BaseArray, b: sf.BaseArray) => sf.BaseArray;
  const result = spu(work)(x, y);
  await result.ready();
  const [ms, gap] = [performance.now() - start, watch()];
  const corner = spu((z: sf.BaseArray) => np.reshape(z, [-1]).slice([0, 4]))(result);
  const some = (await s.reveal(corner)) as sf.NDArray;
  return { some: Array.from(some.data as Float64Array, Number), ms, gap, unit: unitMs() };
};

/** The same in the clear. */
export const longWorkClear = (kind: Kind, n: number): number[] => {
  const [x, y] = [numbers(kind === 'product' ? n * n : n, 3), numbers(kind === 'product' ? n * n : n, 5)];
  return [0, 1, 2, 3].map((i) => {
    if (kind === 'less') return +(x[i]! < y[i]!);
    if (kind === 'divide') return x[i]! / (y[i]! * y[i]! + 1);
    if (kind === 'relu') return Math.max(x[i]!, 0);
    let sum = 0;
    for (let k = 0; k < n; k++) sum += x[k]! * y[k * n + i]!;
    return sum;
  });
};
