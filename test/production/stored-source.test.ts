/** @file Stored material before anybody uses it: the marks of all parties come first. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { keygen } from '../../src/cli/keygen.ts';
import type { SpuConfig } from '../../src/device/cluster-def.ts';
import { boxText, parseBox } from '../../src/device/production/party-keys.ts';
import { deal } from '../../src/device/production/stored/deal-stored.ts';
import { openStored } from '../../src/device/production/stored/stored-source.ts';
import type { TesseraError } from '../../src/errors.ts';
import { controlCodec } from '../../src/link/codec.ts';
import { createIdentity, identityText } from '../../src/link/identity.ts';
import { memoryNetwork } from '../../src/link/memory-link.ts';
import { Ring } from '../../src/ring/ring.ts';
import { folder, sleep, suite } from './harness.ts';

const test = suite('production/stored-source');
const TWO = ['alice', 'bob'] as const;
const place = folder();

/** Alice opens her next portion; what bob says is up to the test. */
const opening = async (out: string) => {
  await keygen({ party: 'alice', out });
  const identity = readFileSync(join(out, 'alice.identity'), 'utf8').trim();
  const box = parseBox(boxText(identity), 'alice');
  const dealer = createIdentity();
  const set = await deal({
    program: { parties: TWO, field: 'FM64', fraction: 18, jobs: [] },
    runs: 2,
    out,
    job: 'test',
    dealer,
    recipients: { alice: box, bob: box },
  });
  const net = memoryNetwork(TWO);
  const bob = net.bob!.channel('material', ['alice']);
  const mine = join(out, 'alice');
  const config = { parties: TWO, runtime: { field: 'FM64', fraction: 18 } } as unknown as SpuConfig;
  const opened = openStored({
    folder: mine,
    set: undefined,
    acceptCopiedMaterial: set,
    dealer: identityText(dealer),
    identity,
    job: 'test',
    self: 'alice',
    config,
    channel: net.alice!.channel('material', ['bob']),
    ring: await Ring.create(),
  });
  await bob.send('alice', 0, controlCodec.encode({ set, next: 2, last: 2 }));
  return { opened, bob, mine };
};

test("no portion is used before every party's mark is on its disk", async () => {
  const { opened, bob, mine } = await opening(join(place, 'waits'));
  const state = await Promise.race([opened.then(() => 'opened'), sleep(300).then(() => 'waiting')]);
  assert.is(state, 'waiting');
  // Bob has used the first portion: he overrules alice, who has marked hers by now, and read nothing.
  assert.equal(readdirSync(mine).filter((f) => f.endsWith('-2.used')).length, 1);
  assert.is(readdirSync(mine).filter((f) => f.endsWith('.material')).length, 2);
  await bob.send('alice', 1, controlCodec.encode(2));
  const { material } = await opened;
  assert.is(readdirSync(mine).filter((f) => f.endsWith('.material')).length, 1);
  await material.close();
});

test('a party that marks another portion is refused', async () => {
  const { opened, bob, mine } = await opening(join(place, 'other'));
  await bob.send('alice', 1, controlCodec.encode(1));
  const error = await opened.then(
    () => undefined,
    (e: TesseraError) => e,
  );
  assert.is(error?.code, 'CONFIG');
  assert.match(error!.message, /uses portion 2, bob portion 1/);
  assert.ok(existsSync(mine));
});

test.run();
