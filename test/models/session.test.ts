/** Models on devices: features of two parties, weights that nobody sees, files, and one party that learns them. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { even, odd, table } from './both.ts';

const test = suite('models: sessions');
const { x, y } = table('cancer');

test('trained by two parties, dumped, loaded, judged, and shown to one of them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-models-'));
  const parties = ['alice', 'bob'];
  const s = await sf.session(parties, {
    loggingLevel: 'error',
    storageKey: randomBytes(32).toString('base64'),
  });
  try {
    const [alice, bob] = [s.PYU('alice'), s.PYU('bob')];
    const spu = s.SPU(sf.utils.testing.clusterDef(parties));
    const { logisticRegression } = await sf.models();
    const { auc, accuracy } = await sf.metrics();
    const model = logisticRegression({ maxIter: 8 });
    const parts = (rows: readonly (readonly number[])[]) => [
      s.to(
        alice,
        rows.map((row) => row.slice(0, 3)),
      ),
      s.to(
        bob,
        rows.map((row) => row.slice(3, 6)),
      ),
    ];
    const state = spu(model.fit)(parts(even(x)), s.to(bob, even(y)));
    const path = join(folder, 'model');
    await spu.dump(state, path);
    const loaded = (await spu.load(path)) as typeof state;
    const asked = parts(odd(x));
    const p = spu(model.predictProba)(loaded, asked);
    const truth = s.to(bob, odd(y));
    const judged = spu((t, q) => [auc(t, q), accuracy(t, q)] as const)(truth, p);
    const [area, right] = await s.reveal(judged);
    assert.is(String(state).startsWith('SPUObject('), true);
    const { coef } = (await s.reveal(spu(model.coefficients)(state).to(bob))) as { coef: sf.NDArray };
    const plain = model.fit([sf.np.array(even(x).map((row) => row.slice(0, 6)))], sf.np.array(even(y)));
    const own = model.predictProba(plain, [sf.np.array(odd(x).map((row) => row.slice(0, 6)))]);
    assert.ok(Math.abs(Number(area.item()) - Number(auc(odd(y), own).item())) < 1e-3);
    assert.ok(Math.abs(Number(right.item()) - Number(accuracy(odd(y), own).item())) < 1e-3);
    const want = model.coefficients(plain).coef as sf.NDArray;
    for (const [i, w] of want.data.entries())
      assert.ok(Math.abs(Number(coef.data[i]) - Number(w)) < 2e-2, `${i}`);
  } finally {
    await s.shutdown();
    rmSync(folder, { recursive: true });
  }
});

test.run();
