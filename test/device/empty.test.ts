/** Arrays without elements at an SPU: they enter, are computed with, and come out; nothing about them is secret. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';

const { np } = sf;
const test = suite('device/empty');
let alice: sf.PYU;
let bob: sf.PYU;
let spu: sf.SPU;

test.before(async () => {
  await sf.init(['alice', 'bob'], { loggingLevel: 'error' });
  [alice, bob] = [sf.PYU('alice'), sf.PYU('bob')];
  spu = sf.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
});
test.after(() => sf.shutdown());

test('they go in and come out, alone and in trees', async () => {
  for (const value of [
    [],
    new Float64Array(0),
    np.zeros([0, 3]),
    np.zeros([2, 0], 'int32'),
    np.zeros([0], 'bool'),
  ]) {
    const back = await sf.reveal(sf.to(alice, value).to(spu));
    const want = value instanceof sf.BaseArray ? value : np.zeros([0]);
    assert.equal([back.shape, back.dtype], [want.shape, want.dtype]);
  }
  const given = sf.to(bob, { none: [], some: [1, 2], more: { flags: np.zeros([3, 0]) } });
  const tree = (await sf.reveal(given.to(spu))) as unknown as Record<'none' | 'some', sf.NDArray> & {
    more: { flags: sf.NDArray };
  };
  assert.equal(tree.none.shape, [0]);
  assert.equal(tree.some.toArray(), [1, 2]);
  assert.equal(tree.more.flags.shape, [3, 0]);
  assert.equal((await sf.reveal(sf.to(alice, []).to(spu).to(bob))).shape, [0]);
});

test('programs take them, and make them of secrets', async () => {
  const [none, x] = [sf.to(alice, np.zeros([0, 2])), sf.to(bob, [[1, 2]])];
  const out = await sf.reveal(
    spu((a, b) => [
      np.concatenate([a, b]),
      np.sum(a, 0),
      np.matmul(a, np.transpose(b)),
      np.less(np.exp(a), 1),
    ])(none, x),
  );
  const [joined, sum, product, less] = out as unknown as sf.NDArray[];
  assert.equal(joined!.toArray(), [[1, 2]]);
  assert.equal(sum!.toArray(), [0, 0]);
  assert.equal(product!.shape, [0, 1]);
  assert.equal([less!.shape, less!.dtype], [[0, 2], 'bool']);
});

test.run();
