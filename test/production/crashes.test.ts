/** @file Processes that end in the middle, by their own doing: the others are told before they are gone. */
import * as assert from 'uvu/assert';
import { cluster, end, launch, QUICK, suite } from './harness.ts';

const test = suite('production/crashes');
const THREE = ['alice', 'bob', 'dealer'] as const;

for (const [how, code] of [
  ['exit', 3],
  ['throw', 1],
] as const) {
  test(`a process that ends by ${how} has told the others before it is gone`, async () => {
    const parties = launch(await cluster(THREE), 'quits', { how });
    const since = Date.now();
    for (const name of ['alice', 'dealer'] as const) {
      const { code: heard, message } = await parties[name].error();
      assert.is(heard, 'PEER_LOST', message);
      assert.ok(message.includes(`bob was stopped: its process ended with code ${code}`), message);
    }
    assert.ok(Date.now() - since < QUICK.peerTimeoutMs, 'told, not timed out');
    end(parties);
  });
}

test.run();
