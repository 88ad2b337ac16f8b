/** Two engines agree on one measure of their link, and nothing else is taken for one. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { measureLink } from '../../src/ir/run/link-measure.ts';
import type { Channel } from '../../src/link/link.ts';
import { memoryNetwork } from '../../src/link/memory-link.ts';
import { shape } from '../../src/link/shaper.ts';

const test = suite('ir link measure');
const TWO = ['alice', 'bob'] as const;

const lineOf = (channel: Channel) => {
  let [to, from] = [0, 0];
  return {
    send: (rank: number, message: Uint8Array<ArrayBuffer>) => channel.send(TWO[rank]!, to++, message),
    recv: (rank: number) => channel.recv(TWO[rank]!, from++),
  };
};

const lines = (rttMs: number, bandwidthMbit?: number) => {
  const network = memoryNetwork(TWO);
  const shaped = TWO.map((self) =>
    rttMs === 0 ? network[self]! : shape(network[self]!, { rttMs, ...(bandwidthMbit && { bandwidthMbit }) }),
  );
  return {
    pair: shaped.map((t, i) => lineOf(t.channel('spu', [TWO[1 - i]!]))),
    close: () => Promise.all(shaped.map((t) => t.close())),
  };
};

test('both parties hold the figures of rank 0, and see latency and bandwidth of a shaped link', async () => {
  for (const [rtt, mbit] of [
    [0, undefined],
    [30, 50],
  ] as const) {
    const { pair, close } = lines(rtt, mbit);
    const [zero, one] = await Promise.all(pair.map((line, rank) => measureLink(line, rank)));
    assert.equal(zero, one);
    assert.ok(zero!.rttMs >= rtt, `${zero!.rttMs} ms`);
    // A busy machine can only make a link look slower than it is.
    if (mbit) assert.ok(zero!.bandwidth < 1.5 * mbit * 125e3, `${zero!.bandwidth} B/s`);
    await close();
  }
});

test('an answer that is no measure is refused', async () => {
  for (const figures of [[1], [Number.NaN, 1], [1, 0], [-1, 5], [1, Number.NaN]]) {
    const { pair, close } = lines(0);
    const [zero, one] = pair;
    const told = measureLink(one!, 1);
    for (let i = 0; i < 9; i++) {
      await zero!.send(1, new Uint8Array(1));
      await zero!.recv(1);
    }
    await zero!.send(1, new Uint8Array(Float64Array.from(figures).buffer));
    await told.then(
      () => assert.unreachable(`${figures} were taken`),
      (e) => assert.is((e as { code: string }).code, 'DIVERGED'),
    );
    await close();
  }
});

test.run();
