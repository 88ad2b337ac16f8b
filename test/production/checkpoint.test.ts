/** @file What an SPU holds, written by each party and read back by another run. */
import { randomBytes } from 'node:crypto';
import { copyFileSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { cluster, end, folder, launch, MORTAL, type Options, suite, values } from './harness.ts';
import type { Sent } from './messages.ts';

const test = suite('production/checkpoint');
const ALL = ['alice', 'bob', 'carol', 'dealer'] as const;
const place = folder();

const keys: Readonly<Record<string, string>> = Object.fromEntries(
  ALL.map((name) => [name, randomBytes(32).toString('base64')]),
);
const keyed = (self: string, o: Options): Options => ({ ...o, storageKey: keys[self] });
const pathsOf = (name: string) => ({
  alice: join(place, `${name}.alice`),
  bob: join(place, `${name}.bob`),
  carol: join(place, `${name}.carol`),
});

const dumpTo = async (name: string): Promise<void> => {
  await values(launch(await cluster(ALL, keyed), 'dump', { path: pathsOf(name) }));
};

const namesOf = (base: string): string[] => readdirSync(place).filter((n) => n.startsWith(base));

/** How loading fails at alice. */
const refused = async (path: object, change = keyed) => {
  const parties = launch(await cluster(ALL, change), 'load', { path });
  const errors = await Promise.all([parties.alice.error(), parties.bob.error()]);
  end(parties);
  return errors;
};

const near = (a: unknown, b: readonly number[]): void => {
  const flat = [a].flat(9) as number[];
  assert.is(flat.length, b.length);
  flat.forEach((x, i) => {
    assert.ok(Math.abs(Number(x) - b[i]!) < 1e-4, `${i}: ${x}, expected ${b[i]}`);
  });
};

test('numbers, bits and public values come back in another session, with a fresh dealer and a third party', async () => {
  await dumpTo('first');
  const out = await values<Record<string, unknown>>(
    launch(await cluster(ALL, keyed), 'load', { path: pathsOf('first') }),
  );
  for (const party of ['alice', 'bob', 'carol']) {
    near(out[party]!.root, [1, 2, 3, 4]);
    near(out[party]!.big, [0, 0, 9, 16]);
    near(out[party]!.open, [0, 1, 2]);
    near(out[party]!.sum, [10]);
  }
});

test('parts of two dumps do not belong together', async () => {
  await dumpTo('second');
  for (const { code, message } of await refused({ ...pathsOf('first'), bob: pathsOf('second').bob })) {
    assert.is(code, 'CONFIG', message);
    assert.match(message, /do not belong together/);
  }
});

test("another party's part, another key, a changed byte, a missing end: refused, and all parties hear of it", async () => {
  const { alice, bob } = pathsOf('first');
  const good = readFileSync(alice);
  const changed = join(place, 'changed');
  const cut = join(place, 'cut');
  const flipped = Uint8Array.from(good);
  flipped[good.length - 40]! ^= 1;
  writeFileSync(changed, flipped);
  writeFileSync(cut, good.subarray(0, good.length - 20));
  const copy = join(place, 'copy');
  copyFileSync(bob, copy);
  const otherKey = (self: string, o: Options): Options => ({
    ...o,
    storageKey: keys[self === 'alice' ? 'bob' : self],
  });
  for (const [path, why, change] of [
    [copy, /does not open/, keyed],
    [copy, /part of bob/, otherKey],
    [alice, /does not open/, otherKey],
    [changed, /does not open/, keyed],
    [cut, /cut short/, keyed],
    [join(place, 'nowhere'), /ENOENT/, keyed],
  ] as const) {
    const [here, there] = await refused({ ...pathsOf('first'), alice: path }, change);
    assert.is(here!.code, 'CONFIG', here!.message);
    assert.match(here!.message, why);
    assert.match(there!.message, /alice op #/);
  }
});

test('a simulation with the keys of the parties loads what they wrote, and they what it wrote; without them it is refused', async () => {
  const { alice, bob } = pathsOf('first');
  const simulated = async <T>(
    storageKey: object,
    work: (spu: sf.SPU, s: sf.Session) => Promise<T>,
  ): Promise<T> => {
    const s = await sf.session({
      parties: ['alice', 'bob'],
      storageKey,
      loggingLevel: 'warning',
    } as sf.InitOptions);
    try {
      return await work(s.SPU(sf.utils.testing.clusterDef(['alice', 'bob'])), s);
    } finally {
      await s.shutdown();
    }
  };
  const both = { alice: keys.alice, bob: keys.bob };
  await simulated(both, async (spu, s) => {
    const { more } = (await spu.load({ alice, bob })) as { more: [sf.SPUObject, sf.SPUObject] };
    near(((await s.reveal(more[1])) as sf.NDArray).item(), [10]);
    const loaded = await spu.load([alice, bob]);
    await spu.dump(loaded, { alice: pathsOf('mixed').alice, bob: pathsOf('mixed').bob });
  });
  const out = await values<Record<string, unknown>>(
    launch(await cluster(ALL, keyed), 'load', { path: pathsOf('mixed') }),
  );
  near(out.bob!.sum, [10]);
  await simulated({ alice: keys.bob, bob: keys.bob }, async (spu) => {
    const e = await spu.load({ alice, bob }).then(
      () => undefined,
      (error: unknown) => error as sf.TesseraError,
    );
    assert.is(e?.code, 'CONFIG');
    assert.match(e!.message, /does not open/);
  });
});

for (const how of ['unwritable', 'dies', 'dies later'] as const) {
  test(`a second dump to the same place whose party ${how}: one of the two is there, whole`, async () => {
    const path = pathsOf(`twice ${how}`);
    const mortal = (self: string, o: Options): Options => ({ ...keyed(self, o), crossSilo: MORTAL });
    const parties = launch(await cluster(ALL, mortal), 'dumpTwice', { path, victim: 'bob', how });
    const { message } = await parties.alice.value<Sent>();
    assert.match(message, how === 'unwritable' ? /bob op #.*cannot be written/ : /"bob" is lost/);
    await parties.alice.exited;
    end(parties);
    await Promise.all(Object.values(parties).map((p) => p.exited));
    if (how === 'unwritable') assert.equal(namesOf('twice unwritable.alice'), ['twice unwritable.alice']);
    const out = await values<Record<string, unknown>>(launch(await cluster(ALL, keyed), 'load', { path }));
    const big = (out.alice!.big as number[]).flat(9);
    if (how === 'dies later') assert.ok(big[1] === 0 || big[1] === 4, String(big));
    else near(out.alice!.big, [0, 0, 9, 16]);
    // The next dump clears away what the one that failed has left.
    if (how === 'unwritable') rmdirSync(`${path.bob}.2.new.part`);
    await dumpTo(`twice ${how}`);
    for (const party of ['alice', 'bob'])
      assert.equal(namesOf(`twice ${how}.${party}`), [`twice ${how}.${party}`]);
    await values(launch(await cluster(ALL, keyed), 'load', { path }));
  });
}

test('the file shows neither values nor shares, and without a key nothing is written', async () => {
  const text = readFileSync(pathsOf('first').alice).toString('latin1');
  assert.not.match(text, /square/);
  const parties = launch(await cluster(ALL), 'dump', { path: pathsOf('none') });
  const { message } = await parties.alice.error();
  end(parties);
  assert.match(message, /storageKey/);
});

test.run();
