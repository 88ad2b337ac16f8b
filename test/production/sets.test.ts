/** Two parties' sets meet over the network, with a dealer on a machine of its own. */
import * as assert from 'uvu/assert';
import { cluster, launch, suite, values } from './harness.ts';
import type { Sent } from './messages.ts';

const test = suite('production/sets');

interface Outcome {
  readonly size: number;
  readonly aligned: boolean;
  readonly sorted: number[];
  readonly one: unknown;
  readonly refused: Sent;
  readonly product: number[][];
  readonly empty: number;
}

test('sets meet; a failure of one party is told and the session goes on', async () => {
  const { dealer, ...parties } = await values<Outcome>(
    launch(await cluster(['alice', 'bob', 'dealer']), 'sets'),
  );
  const want = Array.from({ length: 1000 }, (_, i) => i);
  for (const [party, out] of Object.entries(parties)) {
    const { refused, ...rest } = out;
    assert.equal(
      rest,
      {
        size: 1000,
        aligned: true,
        sorted: want.map((i) => i + 2000),
        one: [['bob'], want],
        product: [
          [0, 0],
          [0, 2],
          [1, 1],
        ],
        empty: 0,
      },
      party,
    );
    assert.is(refused.code, party === 'bob' ? 'INVALID_ARGUMENT' : 'PARTY_FAILED');
    assert.match(refused.message, /bob op #\d+ \(psi, called at/);
    assert.match(refused.message, /rows 0 and 2 of bob/);
  }
  assert.is((dealer as unknown as { jobs: number }).jobs, 3);
});

test('three parties meet around a leader, with a dealer and without', async () => {
  const want = {
    size: 500,
    aligned: true,
    sorted: Array.from({ length: 500 }, (_, i) => 2000 + i),
    one: [['bob'], 500],
    asked: [[1], [0]],
    counted: { size: 5 },
    combined: 5,
  };
  for (const everybody of [
    ['alice', 'bob', 'carol', 'dealer'],
    ['alice', 'bob', 'carol'],
  ]) {
    const options = await cluster(everybody, (_, o) => ({
      ...o,
      ...(everybody.length === 3 && { allowTrustedFirstParty: true }),
    }));
    const { dealer: _, ...parties } = await values<unknown>(launch(options, 'setsOfThree'));
    for (const [party, out] of Object.entries(parties)) assert.equal(out, want, party);
  }
});

test('without a dealer, and how many there are', async () => {
  const options = await cluster(['alice', 'bob'], (_, o) => ({ ...o, allowTrustedFirstParty: true }));
  for (const out of Object.values(await values<unknown>(launch(options, 'setsAlone'))))
    assert.equal(out, {
      // By transfers: 500 in common, of which bob has one twice.
      many: [500, true, 499, 501],
      rows: [
        [2, 2],
        [3, 3],
      ],
      one: [['bob'], [0, 1]],
      size: { size: 2 },
      columns: 2,
      collected: [3, 0, 161_500, 1],
    });
});

test.run();
