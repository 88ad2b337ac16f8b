/** Answers of many who take no part: what comes out, who may answer, what is left out, and what is refused by name. */
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { drawKeys, envelopeBytes, ID, opened, sealTo } from '../../src/collect/envelope.ts';
import { linkOf, readInvitation } from '../../src/collect/invitation.ts';
import { fails, withSpu } from '../device/helpers.ts';
import { suite } from '../link/helpers.ts';

const test = suite('collect');
const { np } = sf;
const SCHEMA: sf.AnswerSchema = {
  age: { min: 18, max: 99 },
  weight: { min: -0.5, max: 200, step: 0.1 },
  team: ['red', 'green', 'blue'],
  smokes: 'boolean',
};
const answer = (age: number, weight: number, team: string, smokes: boolean): sf.Answer => ({
  age,
  weight,
  team,
  smokes,
});
const list = (x: unknown): number[] => Array.from((x as sf.NDArray).data as ArrayLike<number>, Number);

test('sums, means and histograms of all, of two and three parties; rows in no order that anybody knows', async () => {
  for (const [parties, field] of [
    [['alice', 'bob'], 'FM128'],
    [['alice', 'bob', 'carol'], 'FM64'],
  ] as const)
    await withSpu(parties, { field }, async (s, spu) => {
      const survey = await sf.collect(spu, { schema: SCHEMA, at: 'bob', answers: 40 });
      const given = Array.from({ length: 40 }, (_, i) =>
        answer(18 + 2 * i, (3 * i - 5) / 10, ['red', 'green', 'blue'][i % 3]!, i % 4 === 0),
      );
      await Promise.all(given.map((one) => sf.submit(survey.link, one)));
      const { columns, size, refused } = await survey.answers();
      assert.equal([size, refused], [40, 0]);
      assert.equal(Object.keys(columns), Object.keys(SCHEMA));
      const { age, weight, team, smokes } = columns as Record<string, sf.SPUObject<sf.NDArray>>;
      const sum = (of: (one: sf.Answer) => number): number =>
        given.reduce((total, one) => total + of(one), 0);
      const got = await s.reveal(
        spu((a, w, t, b) => [np.sum(a), np.sum(w), np.bincount(t, { length: 3 }), np.sum(b)])(
          age!,
          weight!,
          team!,
          smokes!,
        ),
      );
      const [ages, weights, teams, smokers] = (got as unknown as sf.NDArray[]).map(list);
      assert.equal(ages, [sum((one) => one.age as number)]);
      assert.ok(
        Math.abs(weights![0]! - sum((one) => one.weight as number)) < 40 * 2 ** -16,
        `${weights![0]}`,
      );
      assert.equal(teams, [14, 13, 13]);
      assert.equal(smokers, [10]);
      // Columns of one row belong together; their order is not that in which they came.
      const rows = list(await s.reveal(age!));
      const beside = list(await s.reveal(team!));
      assert.equal(
        beside,
        rows.map((a) => ((a - 18) / 2) % 3),
      );
      assert.not.equal(
        rows,
        given.map(({ age: a }) => a),
      );
    });
});

test('a model over all; links that serve once each; it closes when it is told to', async () => {
  await withSpu(['alice', 'bob'], {}, async (s, spu) => {
    const schema = { x: { min: -10, max: 10, step: 0.5 }, y: 'boolean' } as const;
    const survey = await sf.collect(spu, { schema, at: 'alice', invitations: 30 });
    assert.is(survey.link, '');
    assert.is(new Set(survey.links).size, 30);
    for (const [i, link] of survey.links.slice(0, 24).entries())
      await sf.submit(link, { x: i / 2 - 6, y: i > 11 });
    await fails(
      () => sf.submit(survey.links[3]!, { x: 1, y: true }),
      'INVALID_ARGUMENT',
      'sent with this link before',
    );
    const alien = linkOf('https://a.example/', {
      ...readInvitation(survey.links[0]!),
      token: crypto.getRandomValues(new Uint8Array(ID)),
    });
    await fails(
      () => sf.submit(alien, { x: 1, y: true }),
      'INVALID_ARGUMENT',
      'no answer of this collection',
    );
    survey.close();
    const { columns, size } = await survey.answers();
    assert.is(size, 24);
    const model = (await sf.models()).logisticRegression({ maxIter: 4 });
    const state = spu(model.fit)([columns.x!], columns.y! as never);
    assert.equal(list(await s.reveal(spu(model.predict)(state, [s.to(s.PYU('bob'), [-3, 3])]))), [0, 1]);
    await fails(() => sf.submit(survey.links[29]!, { x: 1, y: true }), 'LINK', 'is it closed');
  });
});

/** An answer as somebody sends it who does not keep to the schema. */
const forged = async (link: string, steps: readonly bigint[], spoilt?: string): Promise<number> => {
  const { collection, keys, to } = readInvitation(link);
  const id = crypto.getRandomValues(new Uint8Array(ID));
  const zeros = new BigInt64Array(steps.length);
  const parts = await Promise.all(
    keys.map(([party, key], i) =>
      sealTo(key, i === 0 ? BigInt64Array.from(steps) : zeros, {
        collection,
        party: party === spoilt ? 'mallory' : party,
        id,
      }),
    ),
  );
  const body = Buffer.concat([id, ...parts]);
  return (await fetch(to, { method: 'POST', body })).status;
};

for (const field of ['FM128', 'FM64'])
  test(`answers beyond the limits, or sealed to others, are left out and counted: ${field}`, async () => {
    await withSpu(['alice', 'bob'], { field }, async (s, spu) => {
      const survey = await sf.collect(spu, { schema: SCHEMA, at: 'alice', closes: Date.now() + 60_000 });
      for (let i = 0; i < 4; i++) await sf.submit(survey.link, answer(20 + i, 70, 'red', true));
      const good = [30n, 700n, 1n, 0n];
      for (const [place, value] of [
        [0, 17n],
        [0, 100n],
        [0, 1n << 62n],
        [1, -(1n << 63n)],
        [2, 3n],
        [2, -1n],
        [3, 2n],
      ] as const)
        assert.is(await forged(survey.link, good.with(place, value)), 204);
      assert.is(await forged(survey.link, good, 'bob'), 204);
      assert.is(await forged(survey.link, good), 204);
      assert.is(await forged(survey.link, [...good, 0n]), 400);
      assert.is((await fetch(readInvitation(survey.link).to)).status, 405);
      assert.is(
        (await fetch(readInvitation(survey.link).to, { method: 'OPTIONS' })).headers.get(
          'access-control-allow-origin',
        ),
        '*',
      );
      survey.close();
      const { columns, size, refused } = await survey.answers();
      assert.equal([size, refused], [5, 8]);
      assert.equal(list(await s.reveal(columns.age!)).sort(), [20, 21, 22, 23, 30]);
    });
  });

test('too few, or other columns, are errors', async () => {
  await withSpu(['alice', 'bob'], {}, async (_, spu) => {
    const schema = { a: { min: 0, max: 5 } };
    const few = await sf.collect(spu, { schema, at: 'alice' });
    await sf.submit(few.link, { a: 1 });
    const error = await fails(
      () => sf.submit(few.link, { a: 9 }),
      'INVALID_ARGUMENT',
      'column "a": 9 is not from 0 to 5',
    );
    assert.is(error.info.column, 'a');
    await fails(() => sf.submit(few.link, { a: 1.5 }), 'INVALID_ARGUMENT', 'no multiple of 1');
    await fails(() => sf.submit(few.link, {}), 'INVALID_ARGUMENT', 'the answer has none');
    await fails(() => sf.submit(few.link, { a: 1, b: 2 }), 'INVALID_ARGUMENT', 'no column "b"');
    await fails(() => sf.submit(few.link.slice(0, -9), { a: 1 }), 'CONFIG', 'copy all of it');
    await fails(() => sf.submit('https://a.example/', { a: 1 }), 'CONFIG', 'copy all of it');
    few.close();
    await fails(() => few.answers(), 'RANGE', '1 answers, where 3 are wanted');

    const bad = (options: object) => () =>
      sf.collect(spu, { schema, at: 'alice', ...options } as sf.CollectOptions);
    await fails(
      () => sf.collect('spu' as never, { schema, at: 'alice' }),
      'INVALID_ARGUMENT',
      'an SPU first',
    );
    await fails(bad({ listen: 'nowhere' }), 'CONFIG', 'no address');
    await fails(bad({ at: 'carol' }), 'INVALID_ARGUMENT', 'one of alice, bob');
    await fails(bad({ answer: 3 }), 'INVALID_ARGUMENT', 'did you mean "answers"');
    await fails(bad({ answers: 2 }), 'INVALID_ARGUMENT', 'from 3');
    await fails(bad({ closes: 5 }), 'INVALID_ARGUMENT', 'a time to come');
    await fails(bad({ schema: {} }), 'INVALID_ARGUMENT', 'columns');
    for (const [column, text] of [
      [{ min: 3, max: 1 }, 'min below max'],
      [{ min: 0, max: 1, step: 0.3 }, 'multiples of the step'],
      [{ min: 0, max: 2 ** 41 }, '2^40 at most'],
      [{ min: 0, max: 1, scale: 1 }, '"scale" is none of'],
      [['a', 'a'], 'two different texts'],
      ['number', "or 'boolean'"],
    ] as const)
      assert.is((await fails(bad({ schema: { q: column } }), 'INVALID_ARGUMENT', text)).info.column, 'q');
  });
});

test('an envelope opens for its own party, collection and answer alone', async () => {
  const keys = await drawKeys();
  const belongs = { collection: new Uint8Array(ID).fill(1), party: 'bob', id: new Uint8Array(ID).fill(2) };
  const share = BigInt64Array.of(5n, -(1n << 63n));
  const sealed = await sealTo(keys.publicKey, share, belongs);
  assert.is(sealed.length, envelopeBytes(2));
  assert.equal(await opened(keys, sealed, belongs), share);
  for (const other of [
    { ...belongs, party: 'alice' },
    { ...belongs, id: new Uint8Array(ID) },
    { ...belongs, collection: new Uint8Array(ID) },
  ])
    assert.is(await opened(keys, sealed, other), undefined);
  assert.is(await opened(await drawKeys(), sealed, belongs), undefined);
  assert.is(await opened(keys, sealed.with(90, sealed[90]! ^ 1), belongs), undefined);
  assert.is(await opened(keys, new Uint8Array(envelopeBytes(2)), belongs), undefined);
});

test.run();
