/** A checkpoint's parts: what is no part of this SPU's is not taken, and parts that do not belong together are no checkpoint. */
import * as assert from 'uvu/assert';
import { type Inside, load } from '../../src/device/checkpoint.ts';
import { LocalKeeper } from '../../src/device/keeper.ts';
import type { PartyFiles, StoredPart } from '../../src/device/mode.ts';
import { flatten } from '../../src/ir/trace/pytree.ts';
import { createCodec } from '../../src/link/codec.ts';
import { suite } from '../link/helpers.ts';

const test = suite('device/checkpoint-parts');
const codec = createCodec();
const PARTIES = ['alice', 'bob'] as const;
type Name = (typeof PARTIES)[number];

interface Part {
  readonly header: Record<string, unknown>;
  readonly common: Record<string, unknown>;
  readonly share?: Uint8Array;
}

const tree = (value: unknown) => flatten(value, (x) => typeof x === 'number').def;

const part = (party: Name, header: object = {}, common: object = {}): Part => ({
  header: {
    kind: 'checkpoint',
    version: 2,
    party,
    rank: PARTIES.indexOf(party),
    sequence: 1,
    id: 'aa',
    ...header,
  },
  common: {
    id: 'aa',
    parties: PARTIES,
    field: 'FM64',
    fraction: 18,
    tree: tree({ w: 1 }),
    objects: [{ def: tree(1), types: [{ shape: [2], dtype: 'fxp', secret: true }] }],
    publics: [],
    ...common,
  },
  share: Uint8Array.of(PARTIES.indexOf(party)),
});

/** Loads at both parties what each has; their errors, and what was put in: names of inputs, and bytes. */
const loading = async (stored: Record<Name, readonly Part[]>) => {
  const said = new Map<string, { promise: Promise<unknown>; resolve: (p: Promise<unknown>) => void }>();
  const slot = (key: string) => {
    const known = said.get(key);
    if (known) return known;
    let resolve!: (p: Promise<unknown>) => void;
    const promise = new Promise<unknown>((r) => {
      resolve = r;
    });
    promise.catch(() => {});
    said.set(key, { promise, resolve });
    return said.get(key)!;
  };
  const put: Record<string, unknown[]> = { alice: [], bob: [] };
  const inside = (self: Name): Inside => {
    const parts = stored[self];
    const files: Partial<PartyFiles> = {
      list: async () => parts.map(({ header }, i): StoredPart => ({ file: String(i), header })),
      read: async (file) => {
        const { header, common, share } = parts[Number(file)]!;
        return { header, records: [codec.encode(common), ...(share ? [share] : [])] };
      },
    };
    let objects = 0;
    const fake = {
      name: 'spu',
      op: { number: 1, what: 'load', site: undefined },
      config: { parties: PARTIES, runtime: { field: 'FM64', fraction: 18 } },
      mode: {
        self,
        keeper: () => new LocalKeeper(files as PartyFiles, async () => ({ id: '', shares: [] })),
        announce: (party: string, key: string, _op: unknown, work: () => Promise<unknown>) => {
          const { promise, resolve } = slot(`${party} ${key}`);
          if (party === self) {
            const done = work();
            done.catch(() => {});
            resolve(done);
          }
          return promise;
        },
      },
      queue: (work: () => Promise<unknown>) => work(),
      programs: { import: () => ({}) },
      run: async ({ privates }: { privates: Map<number, Map<number, { data: Uint8Array }>> }) => {
        for (const inputs of privates.values())
          for (const [name, { data }] of inputs) put[self]!.push(name, ...data);
      },
      nextObject: () => objects++,
      handle: () => ({ handle: self }),
    };
    return fake as unknown as Inside;
  };
  const results = await Promise.allSettled(PARTIES.map((self) => load(inside(self), 'place')));
  const errors = results.map((r) =>
    r.status === 'rejected' ? String((r.reason as Error).message) : undefined,
  );
  const values = results.map((r) => (r.status === 'fulfilled' ? r.value : undefined));
  return { errors, values, put };
};

const refused = async (alice: readonly Part[], bob: readonly Part[]): Promise<string> => {
  const { errors, put } = await loading({ alice, bob });
  assert.ok(errors[0] && errors[1], 'both hear of it');
  assert.equal(put, { alice: [], bob: [] });
  return errors.join('\n');
};

test('parts that belong together are put in, each at its party', async () => {
  const { errors, values, put } = await loading({ alice: [part('alice')], bob: [part('bob')] });
  assert.equal(errors, [undefined, undefined]);
  assert.equal(values, [{ w: { handle: 'alice' } }, { w: { handle: 'bob' } }]);
  assert.equal(put, { alice: [0, 0], bob: [1, 1] });
});

test('a part is refused for each thing that it is not', async () => {
  const cases: [object, object, RegExp][] = [
    [{ kind: 'material' }, {}, /is no checkpoint/],
    [{ version: 1 }, {}, /of version 1/],
    [{ version: 3 }, {}, /of version 3/],
    [{ party: 'alice' }, {}, /the part of alice/],
    [{ rank: 0 }, {}, /rank 0/],
    [{}, { field: 'FM128' }, /FM128/],
    [{}, { fraction: 17 }, /17/],
    [{}, { parties: ['bob', 'alice'] }, /"bob","alice"/],
    [{}, { parties: ['alice', 'bob', 'carol'] }, /carol/],
  ];
  for (const [header, common, why] of cases)
    assert.match(await refused([part('alice')], [part('bob', header, common)]), why);
});

test('parts of different dumps, trees or objects are no checkpoint', async () => {
  const together = /do not belong together/;
  assert.match(await refused([part('alice')], [part('bob', { id: 'bb' }, { id: 'bb' })]), together);
  assert.match(await refused([part('alice')], [part('bob', { sequence: 2 })]), together);
  // Headers that agree, over contents that do not.
  assert.match(await refused([part('alice')], [part('bob', {}, { id: 'bb' })]), together);
  const both = (common: object) => [[part('alice', {}, common)], [part('bob', {}, common)]] as const;
  assert.match(await refused(...both({ id: 'bb' })), together);
  assert.match(await refused([part('alice')], [part('bob', {}, { tree: tree({ v: 1 }) })]), together);
  const types = [{ shape: [3], dtype: 'fxp', secret: true }];
  assert.match(
    await refused([part('alice')], [part('bob', {}, { objects: [{ def: tree(1), types }] })]),
    together,
  );
  assert.match(await refused([part('alice')], []), /cannot be opened/);
});

test('the last dump that all have is the checkpoint', async () => {
  const at = (party: Name, sequence: number, id: string): Part => ({
    ...part(party, { sequence, id }, { id }),
    share: Uint8Array.of(sequence),
  });
  const alice = [at('alice', 1, 'a1'), at('alice', 2, 'a2'), at('alice', 3, 'a3')];
  const bob = [at('bob', 2, 'a2'), at('bob', 1, 'a1'), at('bob', 3, 'other')];
  const { errors, put } = await loading({ alice, bob });
  assert.equal(errors, [undefined, undefined]);
  assert.equal(put, { alice: [0, 2], bob: [1, 2] });
});

test.run();
