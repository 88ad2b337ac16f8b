/** runtime_config.memory_limit_mb and max_concurrency: programs larger than the memory, and parties with several threads. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { np } from '#tessera';
import { LONG } from '../long.ts';

const test = suite('device limits');

const run = async (
  program: (x: sf.NDArray, y: sf.NDArray) => unknown,
  inputs: readonly sf.NDArray[],
  config: Readonly<Record<string, unknown>>,
) => {
  const s = await sf.session({ parties: ['alice', 'bob'], loggingLevel: 'warning' });
  const def = sf.utils.testing.clusterDef(['alice', 'bob']);
  const spu = s.SPU({ ...def, runtime_config: { ...def.runtime_config, ...config } } as never);
  try {
    const [x, y] = inputs.map((value, i) =>
      s
        .PYU(['alice', 'bob'][i]!)(() => value)()
        .to(spu),
    );
    const z = spu(program as never)(x as never, y as never);
    const values = (await s.reveal(z as never)) as unknown as sf.NDArray;
    return {
      values: [...(values.data as Float64Array)],
      peak: Math.max(...Object.values(spu.stats().peakMemory)),
    };
  } finally {
    await s.shutdown();
  }
};

const wave = (n: number, seed: number): number[] =>
  Array.from({ length: n }, (_, i) => Math.sin(i + seed) * 2);

for (const beaver_type of LONG ? ['TrustedFirstParty', 'TrustedThirdParty'] : ['TrustedThirdParty'])
  test(`a million distances in 16 MiB, dealt by ${beaver_type}`, async () => {
    // Each array of them takes 32 MB.
    const [x, y] = [wave(2000, 1), wave(500, 2)];
    const program = (a: sf.NDArray, b: sf.NDArray) =>
      np.sum(np.abs(np.expandDims(a, 1).sub(np.expandDims(b, 0))), 1);
    const { values, peak } = await run(program, [np.array(x), np.array(y)] as never, {
      beaver_type,
      memory_limit_mb: 16,
    });
    x.forEach((a, i) => {
      const want = y.reduce((sum, b) => sum + Math.abs(a - b), 0);
      assert.ok(Math.abs(values[i]! - want) < 1e-3, `distance ${i}: ${values[i]}, not ${want}`);
    });
    assert.ok(peak > 1 << 20 && peak <= 16 << 20, `${peak} bytes`);
  });

const [side, megabytes] = LONG ? [10_000, 256] : [2000, 32];
test(`a program over ${side ** 2} elements in ${megabytes} MiB`, async () => {
  const [x, y] = [wave(side, 1), wave(side, 2)];
  const program = (a: sf.NDArray, b: sf.NDArray) =>
    np.sum(np.square(np.expandDims(a, 1).mul(np.expandDims(b, 0))), 1);
  const { values, peak } = await run(program, [np.array(x), np.array(y)] as never, {
    memory_limit_mb: megabytes,
  });
  const squares = y.reduce((sum, b) => sum + b * b, 0);
  x.forEach((a, i) => {
    assert.ok(Math.abs(values[i]! - a * a * squares) < 1e-6 * squares * 4, `row ${i}: ${values[i]}`);
  });
  assert.ok(peak <= megabytes * 2 ** 20, `${peak} bytes`);
});

const WAYS = [
  ['FM128', 'TrustedThirdParty', 'latency'],
  ['FM64', 'TrustedFirstParty', 'bandwidth'],
  ['FM128', 'TrustedFirstParty', 'bandwidth'],
] as const;
for (const [field, beaver_type, cost_mode] of LONG ? WAYS : WAYS.slice(0, 2))
  test(`inputs and results larger than the memory: ${field}, ${beaver_type}, ${cost_mode}`, async () => {
    // 16 bytes an element of what is masked alone: 19 MB of 16 (FM64: 16 of 16).
    const n = field === 'FM64' ? 2_000_000 : 1_200_000;
    const x = Float64Array.from({ length: n }, (_, i) => Math.sin(i) * 10);
    const y = Float64Array.from({ length: 10 }, (_, i) => i / 7);
    const config = { field, beaver_type, cost_mode, memory_limit_mb: 16 };
    const mean = x.reduce((a, b) => a + b, 0) / n;
    const variance = x.reduce((a, b) => a + (b - mean) ** 2, 0) / n;
    const inputs = [np.array(x), np.array(y)] as never;
    const sums = await run((a, b) => np.stack([np.mean(a), np.std(a), np.max(b)]), inputs, config);
    [mean, Math.sqrt(variance), 9 / 7].forEach((want, i) => {
      assert.ok(Math.abs(sums.values[i]! - want) < 4e-3, `${i}: ${sums.values[i]}, not ${want}`);
    });
    assert.ok(sums.peak <= 16 << 20, `${sums.peak} bytes`);
    // A short run has products of matrices in one of the rings, and a result as large as the input in the other.
    if (LONG || field === 'FM128') {
      const rows = (a: sf.NDArray): sf.BaseArray => np.reshape(a, [n / 10, 10]);
      const scores = await run((a, b) => np.multiply(np.matmul(rows(a), b), 2), inputs, config);
      assert.is(scores.values.length, n / 10);
      for (let i = 0; i < n / 10; i += 9973) {
        const want = 2 * y.reduce((sum, v, j) => sum + v * x[10 * i + j]!, 0);
        assert.ok(Math.abs(scores.values[i]! - want) < 1e-3, `row ${i}: ${scores.values[i]}, not ${want}`);
      }
    }
    if (!LONG && field === 'FM128') return;
    const doubled = await run((a) => np.multiply(a, 2), inputs, config);
    assert.is(doubled.values.length, n);
    x.forEach((v, i) => {
      if (!(Math.abs(doubled.values[i]! - 2 * v) < 1e-4))
        assert.unreachable(`[${i}] ${doubled.values[i]}, not ${2 * v}`);
    });
    assert.ok(doubled.peak <= 16 << 20, `${doubled.peak} bytes`);
  });

test('what takes a large input as a whole says how much room there is', async () => {
  const x = np.array(new Float64Array(1_200_000));
  await run((a) => np.sort(a), [x, np.array([1])] as never, { memory_limit_mb: 16 }).then(
    () => assert.unreachable(),
    ({ code, message }: sf.TesseraError) => {
      assert.match(
        `${code} ${message}`,
        /^OUT_OF_MEMORY .*out of memory: \d+ bytes requested, \d+ in use, limit 16777216/,
      );
    },
  );
});

for (const [parties, beaver_type] of [
  [['alice', 'bob'], 'TrustedFirstParty'],
  [['alice', 'bob', 'carol'], 'TrustedThirdParty'],
] as const)
  test(`what does not fit into the memory is an error of its call: ${parties.join(', ')}, ${beaver_type}`, async () => {
    // What was told through one handle is told: at the end nothing is left that nobody has seen.
    const s = await sf.session({ parties, loggingLevel: 'warning', unseen: 'throw' });
    const def = sf.utils.testing.clusterDef(parties);
    const runtime_config = { ...def.runtime_config, beaver_type, memory_limit_mb: 16 };
    const spu = s.SPU({ ...def, runtime_config } as never);
    const code = (value: unknown): Promise<string> =>
      s.reveal(value as never).then(
        () => 'none',
        (e: sf.TesseraError) => `${e.code} ${e.message}`,
      );
    try {
      const [x, y] = [s.PYU('alice')(() => 3)(), s.PYU('bob')(() => 4)()];
      const held = spu((a: sf.BaseArray) => np.square(a))(x);
      for (let turn = 0; turn < 3; turn++) {
        const big = spu((a: sf.BaseArray) => np.sort(np.add(a, np.zeros([1_500_000]))))(x);
        const far = spu((a: sf.BaseArray) => np.add(a, 1))(big);
        const both = spu((a: sf.BaseArray, b: sf.BaseArray) => np.multiply(a, b))(held, y);
        assert.match(await code(far), /^OUT_OF_MEMORY .*memory_limit_mb/);
        if (turn > 0) assert.match(await code(big), /^OUT_OF_MEMORY .*memory_limit_mb/);
        assert.match(await code(spu(() => np.reshape([1, 2, 3], [2]))()), /^SHAPE/);
        assert.is(Number(await s.reveal(both)), 36);
      }
      const { peakMemory } = spu.stats();
      assert.ok(Math.max(...Object.values(peakMemory)) <= 16 << 20);
    } finally {
      await s.shutdown();
    }
  });

test('a product of matrices by parties of one, two and three threads', async () => {
  const n = 150;
  const [x, y] = [wave(n * n, 1), wave(n * n, 2)];
  const square = (values: number[]): sf.NDArray => np.array(values).reshape([n, n]) as never;
  for (const max_concurrency of [1, 2, 3]) {
    const { values } = await run((a, b) => np.matmul(np.matmul(a, b), b), [square(x), square(y)], {
      max_concurrency,
    });
    for (let i = 0; i < n * n; i += 997) {
      const [row, column] = [Math.floor(i / n), i % n];
      let want = 0;
      for (let k = 0; k < n; k++)
        for (let l = 0; l < n; l++) want += x[row * n + k]! * y[k * n + l]! * y[l * n + column]!;
      assert.ok(Math.abs(values[i]! - want) < 1e-2, `${max_concurrency} threads: ${values[i]}, not ${want}`);
    }
  }
});

test.run();
