/** What two parties ask of each other for a program is the same at both, but for the data: request for request, in one order. */
import { createHash } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lower } from '../../src/ir/compile/lower.ts';
import { optimize } from '../../src/ir/compile/passes/optimize.ts';
import { inputGraph } from '../../src/ir/compile/ports.ts';
import type { Type } from '../../src/ir/ops/graph.ts';
import { MakingLine } from '../../src/ir/run/making-line.ts';
import { MakingRun } from '../../src/ir/run/making-run.ts';
import { type Entry, Store } from '../../src/ir/run/store.ts';
import { windowOf } from '../../src/ir/run/together.ts';
import type { BaseArray } from '../../src/ir/trace/array.ts';
import { memoryNetwork } from '../../src/link/memory-link.ts';
import type { MakingRole, Request } from '../../src/making/maker.ts';
import * as np from '../../src/numpy/index.ts';
import { FIELDS, type FieldName } from '../../src/ring/field.ts';
import { Prg } from '../../src/ring/prg.ts';
import { Ring } from '../../src/ring/ring.ts';
import { graphOf } from '../ir/snapshot.ts';
import { fixed } from './line.ts';

const test = suite('requests of two parties');
const PARTIES = ['alice', 'bob'];

/** All that both have to agree on, of a request. */
const formOf = ({ transfers, products }: Request): string =>
  JSON.stringify([
    transfers.map(({ sender, planes, n, payload }) => [sender, planes, n, payload.kind, wide(payload)]),
    products.map(({ x, y, shape, out, real }) => [
      [x, y].map(({ zero, bits, value }) => [zero, bits ?? 0, value ?? 0]),
      shape,
      out.field.name,
      real !== undefined,
    ]),
  ]);

const wide = (payload: Request['transfers'][number]['payload']): unknown => {
  if (payload.kind === 'bits' || payload.kind === 'choice') return payload.width;
  return [payload.field.name, payload.kind === 'words' ? payload.count : 1];
};

/** The digest of every request of a program, at both parties. */
const digestsOf = async (
  name: FieldName,
  fn: (...xs: BaseArray[]) => unknown,
  types: readonly Type[],
): Promise<readonly string[][]> => {
  const field = FIELDS[name];
  const net = memoryNetwork(PARTIES);
  const owned = types.map((type, i) => ({ owner: i % 2, type }));
  const graphs = [
    inputGraph(owned, { field }),
    lower(optimize(graphOf(fn as (...args: never[]) => unknown, ...types)), { field, parties: 2 }),
  ];
  const digests = await Promise.all(
    PARTIES.map(async (self, at) => {
      const rank = at as 0 | 1;
      const ring = await Ring.create();
      const role: MakingRole = {
        ring,
        field,
        rank,
        prg: new Prg(ring, fixed(rank, 5)),
        common: new Prg(ring, fixed(9)),
      };
      const line = new MakingLine(ring, rank, () => net[self]!.channel('making', [PARTIES[1 - rank]!]), 4);
      const store = new Store(ring);
      const seen: string[] = [];
      let entries: readonly Entry[] = [];
      let gate = 0;
      for (const [job, graph] of graphs.entries()) {
        const run = new MakingRun(role, store, windowOf(ring), line.numbers);
        const ask = line.asking(job);
        const steps = run.run(graph!, gate, entries);
        let next = steps.next();
        for (; !next.done; next = steps.next()) {
          if (next.value.kind === 'made') for (const { array } of next.value.arrays) ring.release(array);
          if (next.value.kind !== 'ask') continue;
          seen.push(createHash('sha256').update(formOf(next.value.request)).digest('hex'));
          await ask(next.value.request);
        }
        entries = next.value;
        gate = 1 << 20;
      }
      line.close()();
      return seen;
    }),
  );
  await Promise.all(Object.values(net).map((t) => t.close()));
  return digests;
};

const vector: Type = { shape: [40], dtype: 'fxp', secret: true };
const matrix: Type = { shape: [12, 9], dtype: 'fxp', secret: true };

const PROGRAMS: Readonly<Record<string, readonly [(...xs: BaseArray[]) => unknown, readonly Type[]]>> = {
  'products, comparisons and functions': [
    (x, y) =>
      np.where(
        np.less(x!, y!),
        np.exp(np.multiply(x!, 0.1)),
        np.divide(np.multiply(x!, y!), np.add(np.abs(y!), 1)),
      ),
    [vector, vector],
  ],
  'sorting and places': [
    (x, y) => np.take(np.sort(x!), np.argmax(np.concatenate([x!, y!]))),
    [vector, vector],
  ],
  'what one party has alone, and matrices': [
    (x, y) => np.matmul(np.matmul(x!, np.transpose(x!)), np.matmul(y!, np.transpose(y!))),
    [matrix, matrix],
  ],
  'a loop': [
    (x, y) => np.fori(0, 3, (_, v) => np.sigmoid(np.multiply(v as BaseArray, y!)), x!),
    [vector, vector],
  ],
};

/** Every program at one ring, one at all of them. */
const RUNS = Object.keys(PROGRAMS).flatMap((what, i) =>
  (i === 0 ? (['FM128', 'FM64', 'FM32'] as const) : (['FM64'] as const)).map((name) => [name, what] as const),
);

for (const [name, what] of RUNS)
  test(`${name}, ${what}: the same digests at both`, async () => {
    const [alice, bob] = await digestsOf(name, ...PROGRAMS[what]!);
    assert.ok(alice!.length > 0, 'something is asked for');
    assert.equal(alice, bob);
  });

test('digests tell programs apart', async () => {
  const [one] = await digestsOf('FM64', (x, y) => np.less(x!, y!), [vector, vector]);
  const [other] = await digestsOf('FM64', (x, y) => np.equal(x!, y!), [vector, vector]);
  assert.not.equal(one, other);
});

test.run();
