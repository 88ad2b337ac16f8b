/** What a session of two parties without a dealer draws anew: what both have in common, keys; and what it keeps, within bounds. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { TesseraError } from '../../src/errors.ts';
import { Pace } from '../../src/ir/run/event-loop-pace.ts';
import { MaskSources } from '../../src/ir/run/mask-stream.ts';
import { RankChannel } from '../../src/ir/run/party-material.ts';
import { Together } from '../../src/ir/run/together.ts';
import type { Channel } from '../../src/link/link.ts';
import { memoryNetwork } from '../../src/link/memory-link.ts';
import { Kept } from '../../src/making/lattice/operand-cache.ts';
import { SETTINGS } from '../../src/making/lattice/parameters.ts';
import { Setup } from '../../src/making/lattice/setup.ts';
import { FIELDS } from '../../src/ring/field.ts';
import { Polynomials } from '../../src/ring/polynomials.ts';
import { Ring } from '../../src/ring/ring.ts';
import { fixed } from './line.ts';

const test = suite('sessions without a dealer');
const ring = await Ring.create();
const field = FIELDS.FM64;
const PARTIES = ['alice', 'bob'];
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Both parties of a session; `alter`: what alice sends. */
const session = async (alter = (message: Uint8Array): Uint8Array => message) => {
  const net = memoryNetwork(PARTIES);
  return Promise.allSettled(
    PARTIES.map((self, rank) => {
      const others = [PARTIES[1 - rank]!];
      const altered = (channel: Channel): Channel => ({
        ...channel,
        peers: channel.peers,
        recv: (from, tag) => channel.recv(from, tag),
        send: (to, tag, bytes) => channel.send(to, tag, rank === 0 ? alter(bytes) : bytes),
      });
      const ranks = new RankChannel(() => altered(net[self]!.channel('spu', others)), PARTIES);
      const options = {
        ring,
        field,
        fraction: field.fraction,
        rank,
        parties: PARTIES,
        channel: () => net[self]!.channel('other', others),
        faults: net[self]!.channel('faults', others),
        dealer: { kind: 'none', channel: () => net[self]!.channel('making', others) },
      } as const;
      return Together.start(options, ranks, fixed(rank), new Pace(), new MaskSources(ring));
    }),
  );
};

const streamOf = (result: PromiseSettledResult<Together>): string => {
  if (result.status === 'rejected') throw result.reason;
  const words = ring.alloc(field, 8);
  result.value.made.common.fill(words, 0, 0);
  const text = hex(ring.u8(words));
  ring.release(words);
  return text;
};

test('both have one stream in common, another in each session', async () => {
  const seen = new Set<string>();
  for (let i = 0; i < 3; i++) {
    const [alice, bob] = (await session()).map(streamOf) as [string, string];
    assert.is(alice, bob);
    seen.add(alice);
  }
  assert.is(seen.size, 3);
});

test('both have a part in it: what either sends changes it', async () => {
  const [alice, bob] = (await session((bytes) => bytes.map((byte) => byte ^ 1))).map(streamOf);
  assert.not.equal(alice, bob);
});

test('a part of another length is refused', async () => {
  for (const length of [0, 1, 31, 33, 64]) {
    const [, bob] = await session(() => new Uint8Array(length));
    assert.is(bob!.status, 'rejected', `${length} bytes`);
    const error = (bob as PromiseRejectedResult).reason as TesseraError;
    assert.is(error.code, 'DIVERGED');
    assert.match(error.message, /alice sent no seed/);
  }
});

test('keys of lattices are of a secret and a seed of their own', async () => {
  const rows = await Polynomials.on(ring);
  const [secrets, seeds] = [new Set<string>(), new Set<string>()];
  for (let i = 0; i < 3; i++) {
    const setup = new Setup(rows, SETTINGS.number.slots);
    const words = ring.alloc(field, 8);
    setup.source.words(words);
    secrets.add(hex(ring.u8(words)));
    const sent: Uint8Array[] = [];
    await setup
      .exchange({
        rank: 0,
        send: (message) => void sent.push(message.slice()),
        receive: () => Promise.reject(new Error('over')),
      })
      .catch(() => {});
    seeds.add(hex(sent[0]!.subarray(0, 32)));
    ring.release(words);
    setup.close();
  }
  assert.is(secrets.size, 3, 'its own source');
  assert.is(seeds.size, 3, 'the seed of its public key');
});

test('encrypted operands are kept up to a limit, those used last the longest, and known by their key', () => {
  const kept = new Kept(1000);
  const use = (key: string, bytes = 300): boolean => kept.use(key, bytes).fresh;
  assert.equal(
    ['a', 'b', 'c'].map((key) => use(key)),
    [true, true, true],
  );
  assert.not.ok(use('a'));
  assert.ok(use('d'), 'b is forgotten: it was used the longest ago');
  assert.equal(
    ['a', 'b', 'c', 'd'].map((key) => kept.has(key)),
    [true, false, true, true],
  );
  assert.ok(use('large', 5000));
  assert.equal(
    ['a', 'c', 'd', 'large'].map((key) => kept.has(key)),
    [false, false, false, true],
    'one that is too large stays as long as it is the only one',
  );
  kept.clear();
  assert.ok(use('large'));
});

test.run();
