/** Checkpoints on a cluster: each party's part is on its own node's disk, below that node's folder, and nowhere else. */
import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { PartFiles, placeBelow } from '../../src/cluster/part-files.ts';
import { inTime } from '../patience.ts';
import {
  type Cluster,
  clusterSuite,
  freePort,
  Machine,
  pidsOf,
  rejection,
  tokenOf,
  until,
  withSession,
} from './harness.ts';
import * as tasks from './tasks.ts';

const test = clusterSuite('cluster/checkpoint');
const { np } = sf;
const place = realpathSync(mkdtempSync(join(tmpdir(), 'tessera-parts-')));
const disk = (party: string): string => join(place, party);
const storageKey = { alice: randomBytes(32).toString('base64'), bob: randomBytes(32).toString('base64') };
let cluster: Cluster;
const own = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '');

test.before(async () => {
  const machine = new Machine();
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  // Values come from a node with the program's folder; those of the parties have disks of their own.
  const said = await machine.start('--head', `--port=${port}`, `--root=${own}`, '--resources={"data":4}');
  for (const party of ['alice', 'bob']) {
    mkdirSync(disk(party));
    await machine.start(`--address=${address}`, `--root=${disk(party)}`, `--resources={"${party}":8}`);
  }
  cluster = { address, port, token: tokenOf(said), machine };
});
test.after(async () => {
  await cluster.machine.end();
  rmSync(place, { recursive: true, force: true });
});

const spuOf = (s: sf.Session, beaver = 'TrustedFirstParty') =>
  s.SPU(sf.utils.testing.clusterDef(['alice', 'bob'], { beaver_type: beaver }));
const made = (s: sf.Session, spu: sf.SPU, value: number) => {
  const x = s.PYU('data')(tasks.vector)(3, value).to(s.PYU('alice'));
  return {
    square: spu((a: sf.BaseArray) => np.multiply(a, a))(x as never),
    big: spu((a: sf.BaseArray) => np.greater(a, 2))(x as never),
    open: spu(() => np.arange(2))(),
  };
};
const values = async (s: sf.Session, loaded: unknown): Promise<unknown[]> => {
  const { square, big, open } = loaded as Record<string, sf.SPUObject>;
  const out = (await s.reveal([square, big, open] as never)) as sf.NDArray[];
  return out.map((a) => (a.toArray() as number[]).map((v) => Math.round(Number(v))));
};
const with2 = <T>(work: (s: sf.Session) => Promise<T>, options: object = {}): Promise<T> =>
  withSession(cluster, work, { parties: ['alice', 'bob', 'data'], storageKey, ...options });

test('parts lie at their nodes, and another session, and a simulation, read them', async () => {
  for (const beaver of ['TrustedFirstParty', 'TrustedThirdParty']) {
    await with2(async (s) => {
      const spu = spuOf(s, beaver);
      await spu.dump(made(s, spu, 3), 'first');
      assert.equal(await values(s, await spu.load('first')), [
        [9, 9, 9],
        [1, 1, 1],
        [0, 1],
      ]);
    });
    assert.equal(readdirSync(disk('alice')), ['first.alice']);
    assert.equal(readdirSync(disk('bob')), ['first.bob']);
    await with2(async (s) => {
      const spu = spuOf(s, beaver);
      const loaded = (await spu.load('first')) as { square: sf.SPUObject };
      assert.equal(await values(s, loaded), [
        [9, 9, 9],
        [1, 1, 1],
        [0, 1],
      ]);
      const more = spu((a: sf.BaseArray) => np.add(a, 1))(loaded.square as never);
      assert.equal(((await s.reveal(more)) as sf.NDArray).toArray(), [10, 10, 10]);
    });
  }
  const paths = { alice: join(disk('alice'), 'first.alice'), bob: join(disk('bob'), 'first.bob') };
  const s = await sf.session({ parties: ['alice', 'bob'], storageKey, loggingLevel: 'warning' });
  try {
    assert.equal(await values(s, await spuOf(s).load(paths)), [
      [9, 9, 9],
      [1, 1, 1],
      [0, 1],
    ]);
  } finally {
    await s.shutdown();
  }
});

test('paths by list are those of the parties in their order', () =>
  with2(async (s) => {
    const spu = spuOf(s);
    const list = ['of-alice', 'of-bob'];
    await spu.dump(made(s, spu, 4), list);
    assert.ok(existsSync(join(disk('alice'), 'of-alice')) && existsSync(join(disk('bob'), 'of-bob')));
    assert.not.ok(existsSync(join(disk('alice'), 'of-bob')) || existsSync(join(disk('bob'), 'of-alice')));
    assert.equal((await values(s, await spu.load(list)))[0], [16, 16, 16]);
    await rejection(spu.load(list.toReversed()));
  }));

test('a second dump that fails leaves the first whole', () =>
  with2(async (s) => {
    const spu = spuOf(s);
    await spu.dump(made(s, spu, 2), 'twice');
    mkdirSync(join(disk('bob'), 'twice.bob.2.new.part'));
    const e = await rejection(spu.dump(made(s, spu, 5), 'twice'));
    assert.is(e.code, 'CONFIG');
    assert.match(e.message, /bob op #.*cannot be written/);
    rmdirSync(join(disk('bob'), 'twice.bob.2.new.part'));
    const left = (party: string) => readdirSync(disk(party)).filter((n) => n.startsWith('twice'));
    assert.equal([...left('alice'), ...left('bob')], ['twice.alice', 'twice.bob']);
    assert.equal((await values(s, await spu.load('twice')))[0], [4, 4, 4]);
  }));

test('files elsewhere are not touched, and without a key nothing is written', async () => {
  symlinkSync(place, join(disk('bob'), 'way'));
  await with2(async (s) => {
    const spu = spuOf(s);
    const objects = made(s, spu, 2);
    for (const path of [
      '../out',
      join(place, 'out'),
      '/out',
      'a/../../out',
      { alice: 'in', bob: 'way/out' },
    ]) {
      const e = await rejection(spu.dump(objects, path));
      assert.is(e.code, 'CONFIG', String(path));
      assert.match(e.message, /is not below the node's folder|cannot be opened/);
      assert.is((await rejection(spu.load(path))).code, 'CONFIG');
    }
    assert.equal((await values(s, objects))[0], [4, 4, 4], 'the SPU goes on');
  });
  assert.equal(readdirSync(place).sort(), ['alice', 'bob']);
  await with2(
    async (s) => {
      const spu = spuOf(s);
      const e = await rejection(spu.dump(made(s, spu, 2), 'none'));
      assert.is(e.code, 'CONFIG');
      assert.match(e.message, /storageKey/);
    },
    { storageKey: undefined },
  );
  assert.not.ok(existsSync(join(disk('alice'), 'none.alice')));
});

test('a node removes and replaces parts of dumps, and no other file', async () => {
  const keys = {
    storageKey: storageKey.alice,
    exporting: () => Promise.reject(new Error('no')),
    hold: () => {},
  };
  const files = new PartFiles({ root: disk('alice'), ...keys });
  for (const order of [
    { does: 'discard', file: 'first.alice' },
    { does: 'keep', path: 'other', file: 'first.alice' },
    { does: 'discard', file: '../bob/first.bob.1.new' },
    { does: 'write', path: 'x', sequence: 1.5, header: {}, common: new Uint8Array() },
    { does: 'write', path: 'x', sequence: 1, header: {}, common: new Uint8Array() },
  ] as const) {
    const e = await rejection(files.obey(order));
    assert.is(e.code, 'CONFIG', JSON.stringify(order));
  }
  assert.ok(existsSync(join(disk('alice'), 'first.alice')));
  assert.is(placeBelow(disk('alice'), 'x'), join(disk('alice'), 'x'));
});

test('a node that is killed while it dumps: the dump before it is whole when a node has its disk again', async () => {
  await with2(async (s) => {
    const spu = spuOf(s);
    const objects = made(s, spu, 7);
    await spu.dump(objects, 'killed');
    const [victim] = await pidsOf(cluster, 'bob');
    const second = spu.dump(objects, 'killed').then(
      () => undefined,
      (e: unknown) => e as sf.TesseraError,
    );
    setTimeout(() => process.kill(victim!, 'SIGKILL'), 5);
    const e = await inTime(second);
    // It may have been done in time.
    if (e !== undefined) assert.ok(['PEER_LOST', 'PARTY_FAILED'].includes(e.code), e.message);
  });
  await cluster.machine.start(
    `--address=${cluster.address}`,
    `--root=${disk('bob')}`,
    '--resources={"bob":8}',
  );
  await until(async () => (await cluster.machine.status(cluster.address)).nodes.length === 3, 'it is back');
  await with2(async (s) => assert.equal((await values(s, await spuOf(s).load('killed')))[0], [49, 49, 49]));
});

test.run();
