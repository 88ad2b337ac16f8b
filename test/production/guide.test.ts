/** @file What the deployment guide prints, run: configurations, TLS, moves between devices, jobs. */

import * as assert from 'uvu/assert';
import { scaled } from '../long.ts';
import { cluster, end, freePort, launch, type Options, pemsOf, sleep, suite, values } from './harness.ts';

const test = suite('production/guide');
const TWO = ['alice', 'bob'] as const;

test('the guide: cluster_config, listen_addr, nested tls_config, allow-list', async () => {
  const options = await cluster(TWO, (_, o) => {
    const { parties } = o.cluster_config as { parties: Record<string, Options> };
    for (const party of Object.values(parties))
      party.listen_addr = `0.0.0.0:${(party.address as string).split(':')[1]}`;
    return {
      ...o,
      address: '127.0.0.1:6379',
      allowTrustedFirstParty: true,
      cross_silo_serializing_allowed_list: { 'numpy.core.numeric': ['*'], numpy: ['dtype'] },
    };
  });
  const out = await values(launch(options, 'guide'));
  for (const party of TWO) assert.equal(out[party], { shown: 2, total: 42 });
});

test('camelCase, flat tlsConfig with one authority, a dealer', async () => {
  const options = await cluster([...TWO, 'dealer'], (self, o) => {
    const { parties, dealer } = o.cluster_config as Options;
    const { cluster_config: _, tls_config: __, job_name: ___, ...rest } = o;
    return {
      ...rest,
      clusterConfig: { parties, selfParty: self, dealer },
      tlsConfig: o.tls_config,
      jobName: 'camel',
      crossSiloSerializingAllowedList: {},
    };
  });
  // Flat: this authority vouches for everybody.
  const { makeAuthority, makeLeaf } = await import('../link/certificates.ts');
  const authority = await makeAuthority('one for all');
  for (const [name, o] of Object.entries<Options>(options))
    o.tlsConfig = { caCert: authority.pem, ...(await makeLeaf(authority, name)) };
  const out = await values<unknown>(launch(options, 'guide'));
  for (const party of TWO) assert.equal(out[party], { shown: 2, total: 42 });
  assert.ok((out.dealer as { jobs: number }).jobs >= 3, 'the dealer has dealt');
});

for (const names of [TWO, [...TWO, 'dealer']])
  test(`cost_mode auto: one measure of the link, one plan, at ${names.join(', ')}`, async () => {
    const options = await cluster(names, (_, o) => ({ ...o, allowTrustedFirstParty: names.length === 2 }));
    const out = await values<unknown>(launch(options, 'measured'));
    for (const party of TWO) assert.equal(out[party], [-1, 0, 1.5]);
  });

test('P18, P5: PYU to PYU to SPU to PYU over one port a party; no function runs elsewhere than at its owner', async () => {
  const parties = ['alice', 'bob', 'carol'];
  const out = await values<{ product: number[][]; answer: unknown; made: number[][]; strangers: string[] }>(
    launch(await cluster([...parties, 'dealer']), 'moves'),
  );
  const product = [[2], [5]];
  for (const party of parties) {
    const { strangers, made, answer } = out[party]!;
    assert.equal(strangers, [], `${party} ran functions of others`);
    assert.equal(made, [
      [1, 2],
      [3, 4],
    ]);
    assert.equal(answer, ['carol got', [product, 'seen at bob']]);
    assert.equal(out[party]!.product, product);
  }
});

test('a party that takes no part in an SPU puts values in as shares, and a result comes to it alone', async () => {
  const parties = ['alice', 'bob', 'carol'];
  type Seen = { seen: number[][]; came: string[]; failed: string; total: number };
  const out = await values<Seen>(launch(await cluster([...parties, 'dealer']), 'outsider'));
  for (const party of parties) {
    const { seen, came, failed, total } = out[party]!;
    assert.equal(seen, party === 'carol' ? [[2469, -4]] : [], party);
    assert.ok(Math.abs(total - 2465) < 1e-4, `${total}`);
    assert.is(failed, party === 'carol' ? 'RANGE' : 'PARTY_FAILED', party);
    // Members get a share of what enters; she gets one of each of them.
    assert.is(came.length, party === 'carol' ? 2 : 1, `${party}: ${came}`);
  }
  assert.not.equal(out.alice!.came, out.bob!.came);
});

test('P16: two jobs at the same time, on one port and in one process a party', async () => {
  const out = await values(
    launch(await cluster(TWO, (_, o) => ({ ...o, allowTrustedFirstParty: true })), 'twoJobs'),
  );
  for (const party of TWO) assert.equal(out[party], [Array(5).fill(10), Array(5).fill(20)]);
});

const LATE = scaled(30, 3);

test(`P1, P6, P7: a party that comes ${LATE} s late is waited for, and its SPU too`, async () => {
  const options = await cluster(TWO, (_, o) => ({ ...o, allowTrustedFirstParty: true }));
  const { alice } = launch({ alice: options.alice! }, 'guide');
  await sleep(LATE * 1000);
  const { bob } = launch({ bob: options.bob! }, 'guide');
  const out = await values({ alice: alice!, bob: bob! });
  for (const party of TWO) assert.equal(out[party], { shown: 2, total: 42 });
});

test('P1: a party that never comes is named, with the reason, when readyTimeoutMs is over', async () => {
  const options = await cluster(TWO, (_, o) => ({ ...o, crossSilo: { readyTimeoutMs: 1_500 } }));
  const alone = launch({ bob: options.bob! }, 'guide');
  const { code, message } = await alone.bob.error();
  end(alone);
  assert.is(code, 'LINK');
  assert.match(message, /alice/);
  assert.match(message, /refused/);
});

interface Addressed {
  readonly shared: number;
  readonly apart: number;
  readonly before: boolean;
  readonly after: boolean;
  readonly stranger: { readonly code: string; readonly message: string };
  readonly half: { readonly code: string; readonly message: string };
}

test('P5: an SPU shares the connections of the session, unless its nodes really have other addresses', async () => {
  const own = { alice: `127.0.0.1:${await freePort()}`, bob: `127.0.0.1:${await freePort()}` };
  const options = await cluster(TWO, (_, o) => ({ ...o, allowTrustedFirstParty: true }));
  const out = await values<Addressed>(launch(options, 'addresses', { own }));
  for (const party of TWO) {
    const { shared, apart, before, after, stranger, half } = out[party]!;
    assert.equal([shared, apart], [3, 3]);
    assert.equal([before, after], [false, true], 'a port of its own is opened for the second SPU alone');
    assert.is(stranger.code, 'CONFIG');
    assert.match(stranger.message, /carol/);
    assert.is(half.code, 'CONFIG');
    assert.match(half.message, /nodes\[1\]\.address/);
  }
});

const MIB = scaled(1024, 64);

test(`P9: an object of ${MIB} MiB goes from party to party, and arrives whole`, async () => {
  // Making and packing it holds the event loop longer than the short timeouts of the other tests allow.
  const crossSilo = { readyTimeoutMs: 60_000, peerTimeoutMs: 120_000, exposeErrors: true };
  const options = await cluster(TWO, (_, o) => ({ ...o, crossSilo, allowTrustedFirstParty: true }));
  const out = await values(launch(options, 'large', { mib: MIB }));
  for (const party of TWO) assert.is(out[party], 'whole');
});

test('P12: one package, no native part: pems may be texts, URLs or bytes as well as paths', async () => {
  const { readFileSync } = await import('node:fs');
  const { pathToFileURL } = await import('node:url');
  const options = await cluster(TWO, (_, o) => ({ ...o, allowTrustedFirstParty: true }));
  const alice = await pemsOf('alice');
  const bob = await pemsOf('bob');
  options.alice!.tls_config = {
    cert: {
      ca_cert: readFileSync(alice.ca_cert, 'utf8'),
      cert: Uint8Array.from(readFileSync(alice.cert)),
      key: alice.key,
    },
    client_certs: { bob: { ca_cert: pathToFileURL(bob.ca_cert).href.slice(7), cert: bob.cert } },
  };
  const out = await values(launch(options, 'guide'));
  for (const party of TWO) assert.equal(out[party], { shown: 2, total: 42 });
});

test.run();
