/** @file The short form of `npm run soak`, and that its check sees what rises. A long run (TESSERA_LONG) takes ten minutes a mode, and larger arrays. */
import * as assert from 'uvu/assert';
import { scaled } from '../long.ts';
import { rising } from '../soak/flat.ts';
import { cannot, SOAKS } from '../soak/run.ts';
import { suite } from './harness.ts';

const test = suite('production/soak');
const SECONDS = scaled(600, 3);

test('what is flat, or goes up and down, is told from what rises', () => {
  const samples = (memory: (i: number) => number, descriptors = 20, threads = (_: number) => 10) =>
    Array.from({ length: 100 }, (_, i) => ({ memory: memory(i), descriptors, threads: threads(i) }));
  assert.equal(rising(samples((i) => 150 + (i % 7) * 10)), []);
  assert.equal(rising(samples((i) => (i < 30 ? 50 + 5 * i : 200))), [], 'while it warms up');
  assert.match(rising(samples((i) => 100 + 2 * i))[0]!, /memory went from/);
  assert.match(
    rising(
      samples(
        () => 100,
        20,
        (i) => 10 + Math.floor(i / 15),
      ),
    )[0]!,
    /threads went from/,
  );
  assert.match(rising(samples(() => 100).slice(0, 5))[0]!, /too few/);
});

for (const [mode, soak] of Object.entries(SOAKS))
  test(`${SECONDS} s of ${mode}: memory, descriptors and threads are flat`, async () => {
    const why = cannot(mode);
    if (why !== undefined) {
      console.log(`skipped: ${why}`);
      return;
    }
    const { turns, rising: found } = await soak(SECONDS * 1000);
    assert.ok(turns >= 10, `${turns} turns`);
    for (const [name, what] of Object.entries(found)) assert.equal(what, [], name);
  });

test.run();
