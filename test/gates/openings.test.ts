/** What travels looks like noise: bytes of openings for fixed data are uniform, and depend on the seeds alone. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as B from '../../src/fixed/basic.ts';
import type { Wire } from '../../src/fixed/circuit.ts';
import { exp } from '../../src/fixed/exp.ts';
import { smooth } from '../../src/fixed/smooth.ts';
import type { GraphCircuit } from '../../src/ir/compile/graph-circuit.ts';
import type { FieldName } from '../../src/ring/field.ts';
import { enter, graphOf, raw } from './harness.ts';

const N = 4096;
const bit = (n: number) => ({ shape: [n], kind: 'bit', secret: true }) as const;

const GATES: Readonly<Record<string, (c: GraphCircuit, x: Wire, y: Wire) => Wire>> = {
  mul: (c, x, y) => B.mul(c, x, y),
  square: (c, x) => B.mul(c, x, x),
  matmul: (c, x, y) =>
    B.matmul(
      c,
      B.view(c, x, [60, 10], [10, 1]),
      B.view(c, y, [10, 60], [60, 1]),
      { batch: 1, m: 60, k: 10, n: 60 },
      [60, 60],
    ),
  truncateExact: (c, x) => c.emit('truncateExact', [x], { trunc: 8 }, [x])[0]!,
  less: (c, x, y) => B.less(c, x, y),
  equal: (c, x, y) => B.equal(c, x, y),
  select: (c, x, y) => B.choose(c, B.less(c, x, y), x, y),
  harmonics: (c, x) => smooth(c, x, 'gelu'),
  exponential: (c, x) => exp(c, x),
  lessInt: (c, x, y) => c.emit('lessInt', [x, y], { bits: 32, signed: true }, [bit(N)])[0]!,
  belowInt: (c, x) =>
    c.emit('belowInt', [x], { bits: 32, signed: true, thresholds: [-1, 3] }, [bit(N), bit(N)])[0]!,
  negative: (c, x) => c.emit('negative', [x], { bits: 32 }, [bit(N)])[0]!,
  leadingDigit: (c, x) =>
    c.emit('leadingDigit', [x], { signed: true, fine: 1 }, new Array(c.field.bits / 4 + 1).fill(bit(N)))[0]!,
  'leadingDigit of positives': (c, x) =>
    c.emit('leadingDigit', [x], { signed: false, fine: 2 }, new Array(c.field.bits / 8 + 2).fill(bit(N)))[0]!,
  between: (c, x) => B.between(c, x, -9, 20, [[3, 5]])[0]!,
  bits: (c, x) => c.emit('bits', [x], { bits: 32 }, [bit(32 * N)])[0]!,
  lookup: (c, x, y) => {
    const places = B.view(c, y, [1024], [1]);
    const attrs = { outer: 1, n: 16, inner: 1, m: 1024 };
    return c.emit('lookup', [B.view(c, x, [16], [1]), places], attrs, [{ ...x, shape: [1024] }])[0]!;
  },
  oneHot: (c, x) => c.emit('oneHot', [x], { n: 5 }, [bit(5 * N)])[0]!,
  randomBits: (c) => c.emit('randomBits', [], { length: 8 * N }, [bit(8 * N)])[0]!,
  shuffle: (c, x, y) => c.emit('shuffle', [x, y], { lanes: 4, n: N / 4 }, [x, y])[0]!,
  sort: (c, x, y) =>
    c.emit('sort', [x, y], { lanes: 8, n: N / 8, shift: 9, descending: false, bits: 20, want: 'both' }, [
      x,
      x,
      y,
    ])[0]!,
};

/** All bytes that each party sends to the next one for a gate. */
const sentBy = (field: FieldName, parties: number, gate: string, x: bigint, y: bigint): number[][] => {
  const plain = [x, y].map((v) => raw(new Array<bigint>(N).fill(v)));
  const { world, circuit, wires, taken } = enter(field, parties, plain);
  const bytes = Array.from({ length: parties }, (): number[] => []);
  world.tap = (from, to, message) => {
    if (to === (from + 1) % parties) for (const b of message) bytes[from]!.push(b);
  };
  const c = circuit();
  const ins = wires.map((w) => c.value({ shape: w.shape, dtype: 'ring', secret: true }));
  const out = GATES[gate]!(c, c.wire(ins[0]!), c.wire(ins[1]!));
  const made = world.run(graphOf(c, ins, [out]), [], undefined, taken.outs, taken.masks);
  world.free(taken);
  world.free(made);
  assert.is(world.held, 0);
  return bytes;
};

/** Chi-square of byte values, as standard deviations from its mean (255 degrees of freedom). */
const excess = (bytes: readonly number[]): number => {
  const seen = new Float64Array(256);
  for (const b of bytes) seen[b]!++;
  const expected = bytes.length / 256;
  const chi = seen.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
  return (chi - 255) / Math.sqrt(2 * 255);
};

// The seeds are fixed, so this passes or fails for good but where parties toss coins of their own; for other seeds, one
// of the 170 tests would exceed 7 by chance less than once in 10^5.
for (const [field, parties] of [
  ['FM128', 2],
  ['FM64', 3],
] as const) {
  test(`${field}, ${parties} parties: every opening of every gate is uniform, whatever the data`, () => {
    for (const gate of Object.keys(GATES)) {
      if (gate === 'truncateExact' && field === 'FM128') continue;
      for (const [x, y] of [
        [0n, 0n],
        [3n, -1n],
      ] as const) {
        sentBy(field, parties, gate, x, y).forEach((bytes, rank) => {
          assert.ok(bytes.length >= N / 2, `${gate} sends something`);
          const e = excess(bytes);
          assert.ok(Math.abs(e) < 7, `${gate} of ${x}, ${y}, from ${rank}: ${e} deviations`);
        });
      }
    }
  });
}

test('the test sees what is not noise', () => {
  assert.ok(excess(Array.from({ length: 8192 }, (_, i) => (i % 16 === 0 ? 0 : i & 255))) > 7);
});

test.run();
