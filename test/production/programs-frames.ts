/** @file A frame of two parties' tables, joined, and a model on it. */
import * as sf from '#tessera';
import { failure, type Program, spuOf, within } from './program.ts';

export const frames: Readonly<Record<string, Program>> = {
  /** What each party learns: the schema, its own rows, the model's score; and an error in bob's table. */
  joined: (options) =>
    within(options, async (s) => {
      const [alice, bob] = [s.PYU('alice'), s.PYU('bob')];
      const spu = spuOf(s, ['alice', 'bob']);
      const ids = [5, 3, 9, 1, 7, 2, 8, 6];
      const hers = alice(() => `id,age\n${ids.map((id) => `u${id},${20 + 3 * id}`).join('\n')}\n`)();
      const his = bob(() =>
        [1, 2, 3, 4, 5, 6, 7, 8].map((id) => ({ id: `u${id}`, paid: id > 4 ? 'yes' : 'no' })),
      )();
      const f = await sf.frame({ alice: hers, bob: his }, { on: 'id' });
      const { logisticRegression } = await sf.models();
      const model = logisticRegression({ maxIter: 5 });
      const [x, y] = [f.features(), f.labels('paid', { positive: 'yes' })];
      const score = spu(model.score)(spu(model.fit)(x, y), x, y);
      const bad = bob(() => 'id,paid\nu1,2\nu3,x\n')();
      return {
        text: String(f),
        score: ((await s.reveal(score)) as sf.NDArray).item(),
        ages: ((await s.reveal(f.describe().alice!)) as { mean: number }[])[0]!.mean,
        wrong: await failure(sf.frame({ alice: hers, bob: bad }, { dtypes: { paid: 'integer' }, on: 'id' })),
      };
    }),
};
