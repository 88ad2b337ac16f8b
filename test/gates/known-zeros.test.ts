/** Shares of masks that are 0 by the program: the owner of an input has all of its mask, so the others save the products. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Wire } from '../../src/fixed/circuit.ts';
import { GraphCircuit, privateInput, revealTo } from '../../src/ir/compile/graph-circuit.ts';
import type { Tensor } from '../../src/ir/ops/graph.ts';
import { Lockstep } from '../../src/ir/run/lockstep.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { everybody, FIELD_NAMES, graphOf, readRaw, ring, same, seedsOf } from './harness.ts';

/** Calls of the three methods that multiply, since the last time this was emptied. */
const calls: string[] = [];
for (const name of ['matmul', 'mulGate', 'squareGate'] as const) {
  const method = ring[name] as (...args: unknown[]) => void;
  Object.defineProperty(ring, name, {
    value: (...args: unknown[]) => {
      calls.push(name === 'mulGate' && args[4] === null ? 'by public' : name);
      method.apply(ring, args);
    },
  });
}

const N = 6;
const secret = { kind: 'ring', secret: true } as const;
const out = (shape: readonly number[]) => [{ shape, ...secret }];
const trunc = { trunc: 0, exact: false };
const mul = (c: GraphCircuit, x: Wire, y: Wire) => c.emit('mul', [x, y], trunc, out(x.shape))[0]!;
const matmul = (c: GraphCircuit, x: Wire, y: Wire) =>
  c.emit('matmul', [x, y], { ...trunc, batch: 1, m: 2, k: 3, n: 2 }, out([2, 2]))[0]!;

const X = [3, -1, 4, 1, -5, 9];
const Y = [2, 7, -1, 8, 2, -8];
const tensor = (values: readonly number[]): Tensor => ({
  shape: [N],
  dtype: 'int64',
  data: BigInt64Array.from(values, BigInt),
});

/** x of rank 0 and y of rank 1; gives the result and what was called. */
const ran = (
  field: (typeof FIELD_NAMES)[number],
  parties: number,
  build: (c: GraphCircuit, x: Wire, y: Wire) => Wire,
) => {
  const world = new Lockstep(ring, FIELDS[field], parties, seedsOf(parties));
  const c = new GraphCircuit({ field: FIELDS[field], parties });
  const [x, y] = [privateInput(c, 0, 0, [N], 'ring'), privateInput(c, 1, 1, [N], 'ring')];
  const graph = graphOf(c, [], [revealTo(c, build(c, x, y), everybody(parties))]);
  calls.length = 0;
  const run = world.run(graph, [
    { owner: 0, tensor: tensor(X) },
    { owner: 1, tensor: tensor(Y) },
  ]);
  const values = readRaw(run.outs[parties - 1]![0] as never, FIELDS[field].bits).map(Number);
  world.free(run);
  assert.is(world.held, 0);
  return { values, counts: [...calls].sort() };
};

const times = (n: number, what: string): string[] => Array.from({ length: n }, () => what);
const product = (a: readonly number[], b: readonly number[]): number[] =>
  [0, 1].flatMap((i) => [0, 1].map((j) => [0, 1, 2].reduce((s, l) => s + a[3 * i + l]! * b[2 * l + j]!, 0)));
/** As 3 x 2, so that it can be multiplied with what is 2 x 3. */
const reshape = (c: GraphCircuit, x: Wire, shape: readonly number[]) =>
  c.emit('reshape', [x], {}, out(shape))[0]!;

for (const field of FIELD_NAMES) {
  for (const parties of [2, 3, 5]) {
    test(`${field}, ${parties} parties: of two parties' inputs each multiplies once, and others not at all`, () => {
      const each = ran(field, parties, mul);
      same(
        each.values,
        X.map((v, i) => v * Y[i]!),
      );
      assert.equal(each.counts, times(2, 'by public'));
      // The dealer's product of masks, and one at each owner.
      const matrices = ran(field, parties, (c, x, y) =>
        matmul(c, reshape(c, x, [2, 3]), reshape(c, y, [3, 2])),
      );
      same(matrices.values, product(X, Y));
      assert.equal(matrices.counts, times(3, 'matmul'));
      const turned = ran(field, parties, (c, x, y) =>
        matmul(c, reshape(c, y, [2, 3]), reshape(c, x, [3, 2])),
      );
      same(turned.values, product(Y, X));
      assert.equal(turned.counts, times(3, 'matmul'));
    });

    test(`${field}, ${parties} parties: an input with itself is work for its owner, and rank 0 adds what is public`, () => {
      const first = ran(field, parties, (c, x) => mul(c, x, x));
      same(
        first.values,
        X.map((v) => v * v),
      );
      assert.equal(first.counts, ['mulGate']);
      const second = ran(field, parties, (c, _, y) => c.emit('square', [y], trunc, out([N]))[0]!);
      same(
        second.values,
        Y.map((v) => v * v),
      );
      assert.equal(second.counts, ['by public', 'squareGate']);
      const matrices = ran(field, parties, (c, _, y) => matmul(c, y, y));
      same(matrices.values, product(Y, Y));
      // The dealer's, c c at rank 0, and two at the owner.
      assert.equal(matrices.counts, times(4, 'matmul'));
    });

    test(`${field}, ${parties} parties: local ops keep zeros, sums of two inputs end them`, () => {
      const scaled = ran(field, parties, (c, x, y) => mul(c, c.emit('neg', [x], {}, out([N]))[0]!, y));
      same(
        scaled.values,
        X.map((v, i) => -v * Y[i]!),
      );
      assert.equal(scaled.counts, times(2, 'by public'));
      const sum = ran(field, parties, (c, x, y) => {
        const s = c.emit('add', [x, y], {}, out([N]))[0]!;
        return mul(c, s, s);
      });
      same(
        sum.values,
        X.map((v, i) => (v + Y[i]!) ** 2),
      );
      // A third party's share of the sum's mask is 0 still.
      assert.equal(sum.counts, times(2, 'mulGate'));
    });
  }
}

test.run();
