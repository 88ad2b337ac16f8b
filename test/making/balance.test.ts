/** Two parties without a dealer send each other about as much: where transfers go one way, roles are changed for half of the elements. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GATE_NAMES, type GateName } from '../../src/gates/gate-table.ts';
import { halvesOf } from '../../src/gates/halves.ts';
import { ENTRIES } from '../gates/secrecy-table.ts';
import { gatedOf } from './gate-inputs.ts';
import { runMade } from './gate-run.ts';

const test = suite('bytes each way');

/** Products by transfers of what one party has each: there are few of them, many are made by lattices. */
const PRODUCTS: ReadonlySet<string> = new Set<GateName>(['square', 'fourier', 'exponential', 'exponentials']);
/** Of its opening of entries, too: nobody sends so much more than the other. */
const MOST = 1.15;

const sum = (all: readonly { readonly length: number }[]): number =>
  all.reduce((n, { length }) => n + length, 0);

for (const name of GATE_NAMES.filter((one) => one !== 'guard' && !PRODUCTS.has(one)))
  test(`${name}: as much from either party`, async () => {
    for (const entry of (ENTRIES[name] ?? []).filter(({ keys }) => !keys)) {
      const { sent, openings } = await runMade(gatedOf(name, entry, 0, 0), 7);
      const [zero, one] = sent.map(sum) as [number, number];
      assert.ok(zero <= MOST * one && one <= MOST * zero, `${name}: ${zero} and ${one} bytes ahead`);
      const entries = [0, 1].map((rank) =>
        sum(openings.filter(({ from }) => from === rank).flatMap(({ sum: columns }) => columns)),
      ) as [number, number];
      if (name === 'less' || name === 'between')
        assert.ok(entries[0] > 0 && entries[0] === entries[1], `${name}: entries ${entries}`);
    }
  });

test('halves: whole numbers of bytes and vectors, none of few elements, and all of them', () => {
  for (const n of [0, 1, 127, 255, 256, 257, 1000, 2048, 100_003]) {
    const halves = halvesOf(n);
    assert.is(halves.length, n < 256 ? 1 : 2);
    let at = 0;
    halves.forEach(({ sender, from, count }, i) => {
      assert.is(sender, i);
      assert.is(from, at);
      assert.is(from % 128, 0);
      at += count;
    });
    assert.is(at, n);
    if (n >= 256) assert.ok(halves[0]!.count - halves[1]!.count <= 256);
  }
});

test.run();
