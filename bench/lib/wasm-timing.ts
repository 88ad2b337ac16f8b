/** @file Some kernels on a bare instance of the module: what runs in Node and in a page alike. */

/** Nanoseconds per element by name, the least of some rounds. Uses nothing from outside of itself: pages get its text. */
export const timeKernels = async (base64: string): Promise<Record<string, number>> => {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const memory = new WebAssembly.Memory({ initial: 256, maximum: 65536 });
  const abort = (): never => {
    throw new Error('a kernel refused its arguments');
  };
  const { instance } = await WebAssembly.instantiate(bytes, { env: { memory, abort } });
  const kernels = instance.exports as Record<string, (...args: number[]) => number>;
  const n = 100_000;
  const side = 128;
  const base = kernels.heapBase!();
  const [d, a, b, c, e, u] = Array.from({ length: 6 }, (_, i) => base + i * n * 16) as [
    number, number, number, number, number, number,
  ]; // biome-ignore format: six of a kind
  const end = u + n * 16 + kernels.matmulSpace128!(side, side, side);
  memory.grow(Math.ceil(end / 65536));
  for (let at = base; at < u + n * 16; at += 65536)
    crypto.getRandomValues(new Uint8Array(memory.buffer, at, Math.min(65536, u + n * 16 - at)));
  const cases: [name: string, work: number, run: () => unknown][] = [
    ['add FM128 n=100000', n, () => kernels.add128!(d, a, b, n)],
    ['mul FM128 n=100000', n, () => kernels.mul128!(d, a, b, n)],
    ['mulGate FM128 n=100000', n, () => kernels.mulGate128!(d, a, b, c, e, u, 1, n)],
    [
      'matmul FM128 128x128x128',
      side ** 3,
      () => kernels.matmul128!(d, a, b, side, side, side, 0, u + n * 16),
    ],
  ];
  const times: Record<string, number> = {};
  for (const [name, work, run] of cases) {
    let calls = 1;
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 9; ) {
      const start = performance.now();
      for (let i = 0; i < calls; i++) run();
      const took = performance.now() - start;
      // Pages have clocks of a tenth of a millisecond.
      if (took < 10) calls = Math.max(calls + 1, Math.ceil((calls * 12) / Math.max(took, 0.1)));
      else {
        if (round >= 2) best = Math.min(best, (took * 1e6) / (calls * work)); // the first rounds are for the compiler
        round++;
      }
    }
    times[name] = best;
  }
  return times;
};
