/**
 * @file From two tables whose rows stand in different orders, some in one of them only, to a model and the area under its curve. Nobody shows a
 * row: who is in both tables, the features, the weights and the predictions stay hidden; what is revealed is printed.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import * as sf from 'tessera-mpc';
import { projectFile } from './lib/project.ts';
import { rocSvg } from './lib/roc-svg.ts';

/** A party's own file. */
const fileOf = (half: 'a' | 'b'): string =>
  readFileSync(projectFile('examples', 'data', `patients_${half}.csv`), 'utf8');

await sf.init(['alice', 'bob'], { address: 'local' });
try {
  const [alice, bob] = [sf.PYU('alice'), sf.PYU('bob')];
  const spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
  const { logisticRegression } = await sf.models();
  const { auc, rocCurve } = await sf.metrics();

  const table = await sf.frame({ alice: alice(fileOf)('a'), bob: bob(fileOf)('b') }, { on: 'id' });
  console.log(`${table.shape[0]} patients are in both tables`);
  const [train, test] = table.split(0.8, 1);
  const features = table.columns.map((c) => c.name).filter((name) => name !== 'y');

  const model = logisticRegression();
  const state = spu(model.fit)(train.features(features), train.labels('y'));
  const p = spu(model.predictProba)(state, test.features(features));
  const judge = spu((truth, q) => ({ area: auc(truth, q), curve: rocCurve(truth, q) }));
  const { area, curve } = await sf.reveal(judge(test.labels('y'), p));
  console.log(`area under the curve of ${test.shape[0]} patients: ${Number(area.item()).toFixed(4)}`);
  const points = [...curve.fpr.data].map((x, i) => [Number(x), Number(curve.tpr.data[i])] as const);
  writeFileSync(
    'roc.svg',
    rocSvg('Benign or malignant', [{ label: 'alice and bob', points, colour: '#1f6fb4' }]),
  );
} finally {
  await sf.shutdown();
}
