/** Failures that a program never saw: told at the end, once; those that it saw are not told again. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { fails, printed } from './helpers.ts';

const { np } = sf;

const test = suite('device: unseen failures');

const PARTIES = ['alice', 'bob'];

const failing = (s: sf.Session): readonly sf.DeviceObject[] => {
  const spu = s.SPU(sf.utils.testing.clusterDef(PARTIES));
  const load = s.PYU('alice')(function load(): number {
    throw new Error('no such\nfile');
  })();
  const ragged = s.PYU('bob')(() => [[1, 2], [3]])();
  return [
    load,
    spu(function train(x, y) {
      return np.add(x, y);
    })(ragged, 1),
    load.to(spu),
  ];
};

test('failures that nobody has seen are printed at the end, each once, with party, op and place', async () => {
  const lines = await printed(async () => {
    const s = await sf.session({ parties: PARTIES, loggingLevel: 'critical' });
    failing(s);
    await s.shutdown();
  });
  assert.is(lines.length, 2, lines.join('\n'));
  assert.match(
    lines[0]!,
    /nobody has seen: alice op #\d+ \(function "load", called at .*unseen-failures\.test.*\) failed: no such file$/,
  );
  assert.match(
    lines[1]!,
    /nobody has seen: SPU\(alice, bob\): bob op #\d+ \(input of .*called at .*unseen-failures\.test.*ragged/,
  );
});

test('failures that were seen, through any handle that they reached, are not told again', async () => {
  const lines = await printed(async () => {
    const s = await sf.session({ parties: PARTIES, loggingLevel: 'critical', unseen: 'throw' });
    const [load, trained, moved] = failing(s);
    await fails(() => s.reveal(moved), 'PARTY_FAILED', 'no such');
    await fails(() => trained!.ready(), 'SHAPE');
    void load;
    const waits = s.PYU('alice')(() => new Promise(() => {}))();
    s.SPU(sf.utils.testing.clusterDef(PARTIES))((x) => x)(waits);
    await s.shutdown();
  });
  assert.equal(lines, []);
});

test("unseen: 'throw' makes shutdown reject, when all has ended; other values are errors", async () => {
  const s = await sf.session({ parties: PARTIES, loggingLevel: 'critical', unseen: 'throw' });
  failing(s);
  const e = await fails(
    () => s.shutdown(),
    'PARTY_FAILED',
    '2 failures that nobody has seen',
    'function "load"',
    'ragged',
  );
  assert.is((e.info.failures as unknown[]).length, 2);
  assert.ok(s.closed);
  await fails(
    () => sf.session({ parties: PARTIES, unseen: 'ignore' as never }),
    'CONFIG',
    '"print" or "throw"',
  );
  await fails(
    () => sf.session({ address: '127.0.0.1:1', unseen: 1 as never }),
    'CONFIG',
    '"print" or "throw"',
  );
});

test.run();
