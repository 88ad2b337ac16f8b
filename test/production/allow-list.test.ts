/** @file The allow-list: what it does not name does not pass, and errors still arrive. */
import * as assert from 'uvu/assert';
import { cluster, end, launch, suite, values } from './harness.ts';
import type { Sent } from './messages.ts';

const test = suite('production/allow-list');
const TWO = ['alice', 'bob'] as const;

const send = async (what: string, list?: object): Promise<Record<string, unknown>> =>
  values(
    launch(
      await cluster(TWO, (_, o) => ({ ...o, ...(list && { cross_silo_serializing_allowed_list: list }) })),
      'send',
      { what },
    ),
  );

test('P15: plain data always passes, also an empty list', async () => {
  const out = await send('plain', {});
  assert.match(out.bob as string, /"two"/);
});

test("P15: the guide's list lets arrays pass, an empty one does not; the error arrives at both", async () => {
  assert.is((await send('array', { 'numpy.core.numeric': ['*'], numpy: ['dtype'] })).bob, 'NDArray');
  const out = (await send('array', {})) as Record<string, Sent>;
  for (const party of TWO) {
    assert.ok(['SERIALIZATION', 'PARTY_FAILED'].includes(out[party]!.code), out[party]!.message);
    assert.match(out[party]!.message, /NDArray/);
  }
});

test("P15: a type of the user's own passes by module and name, and by nothing else", async () => {
  assert.is((await send('date', { weather: ['Temperature'] })).bob, 'Temperature 21');
  assert.is((await send('date', { weather: ['*'] })).alice, 'Temperature 21');
  for (const list of [
    { weather: [] },
    { weather: ['temperature'] },
    { weathe: ['*'] },
    { 'weather.sub': ['*'] },
  ]) {
    const { bob } = (await send('date', list)) as Record<string, Sent>;
    assert.match(bob!.message, /Temperature/, JSON.stringify(list));
  }
});

test('P15, P3: an error of the sender is not kept back by a list that names nothing', async () => {
  const { bob } = (await send('failing', {})) as Record<string, Sent>;
  assert.is(bob!.code, 'PARTY_FAILED');
  assert.match(bob!.message, /no such file/);
});

test('P11: lists that differ are found before anything is sent', async () => {
  const options = await cluster(TWO, (self, o) => ({
    ...o,
    cross_silo_serializing_allowed_list: self === 'alice' ? { numpy: ['*'] } : {},
  }));
  const parties = launch(options, 'send', { what: 'plain' });
  const { code, message } = await parties.bob.error();
  end(parties);
  assert.is(code, 'CONFIG');
  assert.match(message, /allowedList/);
});

test.run();
