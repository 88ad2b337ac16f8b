/** From one SPU to another of the same parties and ring: the value, under fresh masks, once. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';

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

/** Everything that a mode is asked to bring from one party to others. */
const watched = (session: sf.Session) => {
  const moved: { from: string; to: string; value: unknown }[] = [];
  const others: string[] = [];
  const mode = session.mode as { -readonly [K in keyof typeof session.mode]: (typeof session.mode)[K] };
  const { move, show, announce, share } = mode;
  mode.move = (from, to, key, op, value) => {
    void value.then((known) => moved.push({ from, to, value: known }));
    return move(from, to, key, op, value);
  };
  mode.show = (party, ...rest) => {
    others.push(`show ${party}`);
    return show(party, ...rest);
  };
  mode.announce = (party, ...rest) => {
    others.push(`announce ${party}`);
    return announce(party, ...rest);
  };
  mode.share = (holders, key, ...rest) => {
    if (!key.startsWith('run ')) others.push(`share ${holders}`);
    return share(holders, key, ...rest);
  };
  return { moved, others };
};

const bytesOf = (value: unknown): Uint8Array[] => value as Uint8Array[];
/** An element of 16 bytes. */
const wordOf = (bytes: Uint8Array, i: number): bigint =>
  BigInt.asIntN(
    128,
    bytes.slice(16 * i, 16 * i + 16).reduceRight((n, b) => (n << 8n) | BigInt(b), 0n),
  );

test('a party that is no member puts values in as shares, and what is for it comes to it alone', async () => {
  const session = await sf.session(PARTIES, { loggingLevel: 'error' });
  const spu = session.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
  const [alice, carol] = [session.PYU('alice'), session.PYU('carol')];
  const { moved, others } = watched(session);
  const n = 4096;
  // The same number many times: whoever sees more than a share sees a pattern.
  const given = {
    a: new Float64Array(n).fill(-1.25),
    b: np.array([true, false, true]),
    n: np.array([7], 'int32'),
  };
  const [x, again] = [session.to(carol, given), session.to(carol, given)];
  const own = session.to(alice, 2);
  const product = spu((t: { a: sf.BaseArray; b: sf.BaseArray; n: sf.BaseArray }, k: sf.BaseArray) => ({
    a: np.multiply(t.a, k),
    b: np.logicalNot(t.b),
    n: np.add(t.n, 1),
    open: np.ones([2]),
  }))(x as never, own as never) as unknown as sf.SPUObject;
  await again.to(spu).ready();
  assert.is(x.to(spu), x.to(spu), 'it enters once');
  await product.ready();
  assert.equal(moved.map(({ from, to }) => `${from} ${to}`).sort(), [
    'carol alice',
    'carol alice',
    'carol bob',
    'carol bob',
  ]);
  const sharesOf = (to: string) => moved.filter((m) => m.to === to).map(({ value }) => bytesOf(value));
  const [[hers, hersAgain], [his, hisAgain]] = [sharesOf('alice'), sharesOf('bob')] as [
    Uint8Array[][],
    Uint8Array[][],
  ] as never as [[Uint8Array[], Uint8Array[]], [Uint8Array[], Uint8Array[]]];
  assert.equal(
    hers.map((b) => b.length),
    [16 * n, 1, 16],
  );
  for (let i = 0; i < n; i++)
    assert.is(BigInt.asIntN(128, wordOf(hers[0]!, i) + wordOf(his[0]!, i)), -5n << 24n, `element ${i}`);
  assert.is((hers[1]![0]! ^ his[1]![0]!) & 7, 5);
  // Alone each byte is as likely as any other, and no draw comes twice.
  for (const [mine, once] of [
    [hers, hersAgain],
    [his, hisAgain],
  ] as const) {
    const counts = new Float64Array(256);
    for (const b of mine[0]!) counts[b]!++;
    const mean = (16 * n) / 256;
    const chi = counts.reduce((sum, c) => sum + (c - mean) ** 2 / mean, 0);
    assert.ok(chi < 255 + 6 * Math.sqrt(2 * 255), `chi square ${chi} of 255 degrees`);
    const words = new Set(Array.from({ length: n }, (_, i) => wordOf(mine[0]!, i)));
    assert.is(words.size, n);
    assert.not(Array.from({ length: n }, (_, i) => wordOf(once[0]!, i)).some((w) => words.has(w)));
  }
  assert.equal(others, []);

  moved.length = 0;
  const seen = product.to(carol);
  await seen.ready();
  assert.equal(moved.map(({ from, to }) => `${from} ${to}`).sort(), ['alice carol', 'bob carol']);
  assert.equal(others, [], 'nobody else is told');
  const values = (await session.reveal(seen)) as unknown as Record<string, sf.NDArray>;
  for (const v of values.a!.data) assert.ok(Math.abs(Number(v) + 2.5) < 1e-6, String(v));
  assert.equal(
    ['b', 'n', 'open'].map((k) => [values[k]!.dtype, values[k]!.toArray()]),
    [
      ['bool', [false, true, false]],
      ['int32', [8]],
      ['fxp', [1, 1]],
    ],
  );
  await session.shutdown();
});

test('three members, every ring, a range guard and checks: what a fourth puts in is what comes out', async () => {
  for (const settings of [{ field: 'FM32' }, { field: 'FM64', range_guard: true }, { field: 'FM128' }])
    for (const check of [false, true]) {
      const session = await sf.session({ parties: [...PARTIES, 'dave'], loggingLevel: 'error', check });
      const spu = session.SPU(sf.utils.testing.clusterDef(PARTIES, settings));
      const dave = session.PYU('dave');
      const x = session.to(dave, { v: [0.5, -3], yes: true, none: [] });
      const y = spu((t: { v: sf.BaseArray; yes: sf.BaseArray }) => ({
        v: np.where(t.yes, np.add(t.v, 1), 0),
      }));
      const out = y(x as never) as unknown as sf.SPUObject;
      const got = (await session.reveal(out.to(dave))) as unknown as { v: sf.NDArray };
      assert.equal(got.v.toArray(), [1.5, -2], JSON.stringify([settings, check]));
      const bad = session.to(dave, [Number.NaN]).to(spu);
      let code: unknown;
      await bad.ready().catch((e: sf.TesseraError) => {
        code = e.code;
      });
      assert.is(code, 'RANGE');
      await session.shutdown();
    }
});

test.run();
