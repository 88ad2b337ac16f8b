/** From one SPU to another of the same parties and ring: the value, under fresh masks, once. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as sf from '../../src/index.ts';

const { np } = sf;
const test = suite('device/conversion');
const PARTIES = ['alice', 'bob', 'carol'];

test('values, bits, integers, trees and public numbers', async () => {
  const messages: Uint8Array[] = [];
  const session = await sf.session(PARTIES, {
    loggingLevel: 'error',
    onReceived: (_from, bytes) => messages.push(bytes),
  });
  const def = sf.utils.testing.clusterDef(PARTIES, { field: 'FM64' });
  const [one, two] = [session.SPU(def), session.SPU(def)];
  const x = session.to(session.PYU('alice'), {
    a: [1.5, -2],
    b: np.array([true, false]),
    n: np.array([7], 'int32'),
    none: [],
  });
  const value = one((t: { a: sf.BaseArray; b: sf.BaseArray; n: sf.BaseArray; none: sf.BaseArray }) => ({
    ...t,
    open: np.ones([2]),
  }))(x);
  const moved = value.to(two);
  assert.is(moved.device, two);
  assert.is(value.to(two), moved, 'it goes there once');
  const back = await session.reveal(moved);
  assert.equal(back.a.toArray(), [1.5, -2]);
  assert.equal(back.b.toArray(), [true, false]);
  assert.equal(back.n.toArray(), [7]);
  assert.equal(back.none.shape, [0]);
  assert.equal(back.open.toArray(), [1, 1]);
  const sum = two((t: { a: sf.BaseArray }) => np.add(t.a, 1))(value as never);
  assert.equal((await session.reveal(sum)).toArray(), [2.5, -1], 'also as an argument');
  assert.ok(messages.length > 0);
  value.free();
  assert.equal((await session.reveal(moved)).a.toArray(), [1.5, -2], 'it is its own there');
  await session.shutdown();
});

test('SPUs of another ring, of other parties, in another order', async () => {
  const session = await sf.session(PARTIES, { loggingLevel: 'error' });
  const one = session.SPU(sf.utils.testing.clusterDef(PARTIES));
  const x = session.to(session.PYU('alice'), [1]).to(one);
  for (const other of [
    sf.utils.testing.clusterDef(PARTIES, { field: 'FM64' }),
    sf.utils.testing.clusterDef(PARTIES, { fxp_fraction_bits: 20 }),
    sf.utils.testing.clusterDef(['alice', 'bob']),
    sf.utils.testing.clusterDef(['bob', 'alice', 'carol']),
  ])
    assert.throws(() => x.to(session.SPU(other)), /held by another SPU/);
  await session.shutdown();
});

test.run();
