/** How far programs are: told while they run, and at their end, by calls and by sessions. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';

const { np } = sf;
const test = suite('device/progress');

test('a call tells rounds, operations and bytes of how many, what is at work and what is left', async () => {
  const session = await sf.session(['alice', 'bob'], { link: { rttMs: 20 }, loggingLevel: 'error' });
  const spu = session.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
  const heard: sf.Progress[] = [];
  const fn = function steps(x: sf.BaseArray) {
    return np.fori(0, 40, (_, v) => np.multiply(v, 0.99).mul(v), x);
  };
  const x = session.to(session.PYU('alice'), [0.5, 0.25]).to(spu);
  await session.wait(spu(fn as never, { onProgress: (p) => heard.push(p) })(x));
  const [last] = heard.slice(-1) as [sf.Progress];
  const [, ...running] = [...heard].reverse();
  assert.ok(last.done && last.what.includes('steps') && /progress\.test/.test(last.site!));
  assert.is(last.rounds, last.roundsInAll);
  assert.is(last.ops, last.opsInAll);
  assert.is(last.remainingMs, 0);
  assert.is(last.bytes, session.stats().spus[0]!.ops.find((o) => o.op === 'mul')!.bytes);
  assert.ok(running.length > 0, 'it takes longer than one report');
  for (const p of running) {
    assert.ok(!p.done && p.rounds <= p.roundsInAll && p.ops <= p.opsInAll);
    assert.is(p.roundsInAll, last.roundsInAll, 'the plan knows all rounds from the start');
    assert.is(p.opsInAll, last.opsInAll);
  }
  const middle = running.find((p) => p.rounds > 5 && p.rounds < 35)!;
  assert.ok(middle.at !== undefined && middle.remainingMs! > 0);
  await session.shutdown();
});

test('a session tells of all programs; a listener that throws disturbs nothing', async () => {
  const session = await sf.session(['alice', 'bob'], { loggingLevel: 'error' });
  const spu = session.SPU(sf.utils.testing.clusterDef(['alice', 'bob']));
  const heard: string[] = [];
  session.onProgress = ({ what, done }) => {
    if (done) heard.push(what);
    throw new Error('not now');
  };
  const y = spu((v) => np.square(v))(session.to(session.PYU('bob'), [3]));
  assert.equal((await session.reveal(y)).toArray(), [9]);
  assert.equal([heard[0], heard[2]], ['input of bob', 'reveal']);
  assert.match(heard[1]!, /^function at progress\.test\.[jt]s:\d+$/);
  session.onProgress = undefined;
  await session.reveal(spu((v) => np.square(v))([3]));
  assert.is(heard.length, 3);
  await session.shutdown();
});

test.run();
