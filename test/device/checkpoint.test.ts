/** What an SPU of a simulation holds, written as each party's own file, and read back by another session. */
import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { suite } from '../link/helpers.ts';
import { LONG } from '../long.ts';
import { fails, type SpuSettings } from './helpers.ts';

const test = suite('device/checkpoint');
const place = mkdtempSync(join(tmpdir(), 'tessera-checkpoint-'));
test.after(() => rmSync(place, { recursive: true, force: true }));

const { np } = sf;
const storageKey = randomBytes(32).toString('base64');
const at = (name: string): string => join(place, name);
const namesOf = (base: string): string[] =>
  readdirSync(place)
    .filter((n) => n.startsWith(base))
    .sort();

interface Setting {
  readonly parties?: readonly string[];
  readonly runtime?: SpuSettings;
  readonly options?: object;
}

const within = async <T>(
  { parties = ['alice', 'bob'], runtime = {}, options = {} }: Setting,
  work: (s: sf.Session, spu: sf.SPU) => Promise<T>,
): Promise<T> => {
  const s = await sf.session({ parties, loggingLevel: 'warning', storageKey, ...options });
  try {
    return await work(s, s.SPU(sf.utils.testing.clusterDef(parties, runtime)));
  } finally {
    await s.shutdown();
  }
};

/** Numbers, bits, a public value and an integer, in a tree. */
const made = (s: sf.Session, spu: sf.SPU, of: readonly number[]) => {
  const x = s.PYU(s.parties[0]!)(() => np.array([...of]))();
  return {
    both: spu((a: sf.BaseArray) => ({ square: np.multiply(a, a), big: np.greater(a, 2) }))(x),
    list: [spu(() => np.arange(3))(), spu((a: sf.BaseArray) => np.sum(a))(x)],
  };
};
type Loaded = { both: sf.SPUObject; list: [sf.SPUObject, sf.SPUObject] };

const check = async (s: sf.Session, spu: sf.SPU, path: unknown, of: readonly number[]): Promise<void> => {
  const { both, list } = (await spu.load(path as string)) as Loaded;
  const out = (await s.reveal([
    spu((t: { square: sf.BaseArray; big: sf.BaseArray }) => np.where(t.big, t.square, np.negative(t.square)))(
      both as never,
    ),
    list[0],
    spu((a: sf.BaseArray) => np.multiply(a, 2))(list[1] as never),
  ])) as sf.NDArray[];
  const near = (a: readonly unknown[], b: readonly number[]): void => {
    assert.is(a.length, b.length);
    for (const [i, want] of b.entries())
      assert.ok(Math.abs(Number(a[i]) - want) < 1e-3 * Math.max(1, Math.abs(want)), `${a[i]}, not ${want}`);
  };
  near(
    out[0]!.toArray() as number[],
    of.map((v) => (v > 2 ? v * v : -(v * v))),
  );
  near(out[1]!.toArray() as number[], [0, 1, 2]);
  near([out[2]!.item()], [2 * of.reduce((a, b) => a + b, 0)]);
};

const X = [1, -2, 3.5, 100];

for (const parties of [
  ['alice', 'bob'],
  ['alice', 'bob', 'carol'],
  ['a', 'b', 'c', 'd', 'e'],
])
  for (const field of ['FM64', 'FM128'])
    for (const beaver of ['TrustedFirstParty', 'TrustedThirdParty']) {
      // One half meets each two of the three, and a long run all.
      const half = (parties.length & 1) + +(field === 'FM64') + +(beaver === 'TrustedFirstParty');
      if (!LONG && half % 2 === 1) continue;
      test(`${parties.length} parties, ${field}, ${beaver}: what was dumped is there in another session`, async () => {
        const setting = { parties, runtime: { field, beaver_type: beaver } };
        const path = at(`first ${parties.length} ${field} ${beaver}`);
        await within(setting, (s, spu) => spu.dump(made(s, spu, X), path));
        assert.equal(namesOf(`first ${parties.length} ${field} ${beaver}`).length, parties.length);
        await within(setting, (s, spu) => check(s, spu, path, X));
      });
    }

test('paths by list and by party; fresh shares each time; nothing in the clear', async () => {
  const list = [at('list one'), at('list two')];
  const object = { bob: at('by bob'), alice: at('by alice') };
  await within({}, async (s, spu) => {
    const objects = made(s, spu, X);
    await spu.dump(objects, list);
    await spu.dump(objects, object);
    await check(s, spu, list, X);
  });
  await within({}, (s, spu) => check(s, spu, object, X));
  for (const path of [...list, ...Object.values(object)])
    assert.not.match(readFileSync(path).toString('latin1'), /square/);
  assert.not.equal(readFileSync(list[0]!), readFileSync(object.alice));
});

test('with check, and with a range guard, what was loaded goes on', async () => {
  const path = at('checked');
  for (const setting of [{ options: { check: true } }, { runtime: { range_guard: true } }] as Setting[]) {
    await within(setting, (s, spu) => spu.dump(made(s, spu, X), path));
    await within(setting, (s, spu) => check(s, spu, path, X));
  }
});

test('what is no path, no handle, or no key is refused by name', async () => {
  await within({}, async (s, spu) => {
    const x = made(s, spu, X);
    for (const path of [
      '',
      5,
      null,
      ['one'],
      ['one', 'two', 'three'],
      ['same', 'same'],
      ['one', 2],
      { alice: 'one' },
      { alice: 'one', bob: 'two', carol: 'three' },
      { alice: 'same', bob: 'same' },
      'a\0b',
    ]) {
      await fails(
        () => spu.dump(x, path as never),
        'INVALID_ARGUMENT',
        'path, or one for each of alice, bob',
      );
      await fails(() => spu.load(path as never), 'INVALID_ARGUMENT', 'path, or one for each of alice, bob');
    }
    await fails(() => spu.dump([5], at('no')), 'INVALID_ARGUMENT', 'is none');
    await fails(() => spu.load(at('nowhere')), 'CONFIG', 'ENOENT');
    await fails(() => spu.dump(x, join(place, 'no', 'folder')), 'CONFIG', 'ENOENT');
  });
  const none = { options: { storageKey: undefined } };
  await within(none, (s, spu) =>
    fails(() => spu.dump(made(s, spu, X), at('none')), 'CONFIG', 'storageKey').then(() => {}),
  );
  assert.equal(namesOf('none'), []);
  const one = { options: { storageKey: { alice: storageKey } } };
  await within(one, (s, spu) =>
    fails(() => spu.dump(made(s, spu, X), at('none')), 'CONFIG', 'bob').then(() => {}),
  );
  assert.equal(namesOf('none'), []);
  for (const key of [
    'short',
    5,
    { alice: 'short' },
    { dave: storageKey },
    randomBytes(31).toString('base64'),
  ])
    await fails(
      () => sf.session({ parties: ['alice', 'bob'], storageKey: key as never }),
      'CONFIG',
      'storageKey',
    );
});

test("another key, another party's part, a changed byte, parts of two dumps, another SPU: refused", async () => {
  const [one, two] = [at('one'), at('two')];
  await within({}, async (s, spu) => {
    await spu.dump(made(s, spu, X), one);
    await spu.dump(made(s, spu, [1, 2]), two);
  });
  const refused = (path: unknown, why: RegExp, setting: Setting = {}) =>
    within(setting, (_, spu) => fails(() => spu.load(path as never), 'CONFIG', why).then(() => {}));
  await refused([`${one}.alice`, `${two}.bob`], /do not belong together/);
  await refused([`${one}.bob`, `${one}.alice`], /is the part of (alice|bob), rank/);
  await refused(one, /does not open/, { options: { storageKey: randomBytes(32).toString('base64') } });
  await refused(one, /was written by an SPU of/, { runtime: { field: 'FM64' } });
  await refused({ bob: `${one}.alice`, dave: `${one}.bob` }, /is the part of (alice|bob)/, {
    parties: ['dave', 'bob'],
  });
  const good = readFileSync(`${one}.bob`);
  for (const [i, why] of [
    [good.length - 40, /does not open/],
    [3, /no file of this kind/],
  ] as const) {
    const changed = Uint8Array.from(good);
    changed[i]! ^= 1;
    writeFileSync(at('changed'), changed);
    await refused([`${one}.alice`, at('changed')], why);
  }
  writeFileSync(at('cut'), good.subarray(0, good.length - 20));
  await refused([`${one}.alice`, at('cut')], /cut short/);
});

test('a second dump that fails leaves the first whole, and nothing beside it', async () => {
  const path = at('twice');
  await within({}, async (s, spu) => {
    await spu.dump(made(s, spu, X), path);
    // A folder in the place of the file: it can be seen, and not written.
    mkdirSync(`${path}.bob.2.new.part`);
    await fails(() => spu.dump(made(s, spu, [9, 9]), path), 'CONFIG', 'bob', 'cannot be written');
    rmdirSync(`${path}.bob.2.new.part`);
    assert.equal(namesOf('twice'), ['twice.alice', 'twice.bob']);
    await check(s, spu, path, X);
    // One that was not finished, and whose parts are all there, is the newest.
    await spu.dump(made(s, spu, [4, 5]), path);
    copyFileSync(`${path}.alice`, at('newer'));
    await check(s, spu, path, [4, 5]);
  });
  await within({}, (s, spu) => check(s, spu, path, [4, 5]));
});

test('calls around a dump and a load keep their order, and a failed load harms nobody', async () => {
  const path = at('order');
  await within({}, async (s, spu) => {
    const x = s.PYU('alice')(() => np.array([1, 2]))();
    const y = spu((a: sf.BaseArray) => np.multiply(a, 3))(x);
    const dumped = spu.dump(y, path);
    const z = spu((a: sf.BaseArray) => np.add(a, 1))(y);
    await dumped;
    const lost = fails(() => spu.load(at('absent')), 'CONFIG', 'ENOENT');
    const loaded = spu.load(path) as Promise<sf.SPUObject>;
    const after = spu((a: sf.BaseArray) => np.add(a, 2))(y);
    await lost;
    const [a, b, c] = (await s.reveal([z, await loaded, after] as never)) as sf.NDArray[];
    assert.equal(
      [a, b, c].map((v) => (v!.toArray() as number[]).map((n) => Math.round(n))),
      [
        [4, 7],
        [3, 6],
        [5, 8],
      ],
    );
  });
});

test.run();
