/** @file What `sf.init` refuses in production, and what happens when a session starts and ends many times. */

import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { fails } from '../device/helpers.ts';
import { scaled } from '../long.ts';
import { cluster, freePort, type Options, QUICK, suite } from './harness.ts';

const test = suite('production/options');

const parties = { alice: { address: '127.0.0.1:9401' }, bob: { address: '127.0.0.1:9402' } };
const base = { cluster_config: { parties, self_party: 'alice' }, crossSilo: { readyTimeoutMs: 300 } };
const start = (options: unknown) => () => sf.session(options as sf.InitOptions);

test('P11: bad options are refused at once, with the path and what would do', async () => {
  const { cluster_config } = base;
  for (const [options, ...texts] of [
    [{ ...base, clusterconfig: 1 }, 'clusterconfig'],
    [{ ...base, tls: {} }, '"tls"'],
    [{ ...base, parties: ['alice', 'bob'] }, 'not both'],
    [{ ...base, cluster_config: { parties } }, 'selfParty'],
    [{ ...base, cluster_config: { parties, self_party: 'carol' } }, 'carol', 'alice'],
    [{ ...base, cluster_config: { parties, self_party: 'alcie' } }, 'did you mean "alice"'],
    [{ ...base, cluster_config: { parties: {}, self_party: 'alice' } }, 'at least one party'],
    [
      { ...base, cluster_config: { ...cluster_config, dealer: { name: 'bob', address: 'h:1' } } },
      'dealer',
      'bob',
    ],
    [
      { ...base, cluster_config: { ...cluster_config, parties: { ...parties, bob: { adress: 'h:1' } } } },
      'adress',
    ],
    [
      {
        ...base,
        cluster_config: { ...cluster_config, parties: { ...parties, bob: { address: 'nowhere' } } },
      },
      'nowhere',
    ],
    [
      {
        ...base,
        cluster_config: { ...cluster_config, parties: { ...parties, bob: { address: '127.0.0.1:9401' } } },
      },
      'same address',
    ],
    [{ ...base, crossSilo: { heartbeat: 3 } }, 'heartbeat'],
    [{ ...base, crossSilo: { timeout_ms: -1 } }, 'timeout_ms'],
    [{ ...base, cross_silo_serializing_allowed_list: ['numpy'] }, 'llowed'],
    [{ ...base, tls_config: { cert: {} } }, 'cert'],
    [
      { ...base, tls_config: { ca_cert: '/no/such.pem', cert: '/no/such.pem', key: '/no/such.key' } },
      'no/such',
    ],
    [{ ...base, storageKey: 7 }, 'storageKey'],
    [{ ...base, identity: '/no/such.identity' }, 'identity: neither an identity', 'ENOENT'],
    [{ ...base, peer_identities: { bob: 'no/such' } }, 'peerIdentities.bob: neither', 'ENOENT'],
    [{ ...base, stored_material: { folder: 'x', dealer: 'no/such' } }, 'storedMaterial.dealer: neither'],
    [{ ...base, stored_material: { folder: 'x', dealer: 'tessera-id-1:x' } }, 'is no identity'],
    [{ ...base, storageKey: 'abab' }, 'storageKey'],
  ] as const)
    await fails(start(options), 'CONFIG', ...texts).catch((e: Error) => {
      throw new Error(`${JSON.stringify(options)}: ${e.message}`);
    });
});

test('an identity that was mistyped stands in no error', async () => {
  const given = ' tessera-secret-mistyped';
  const error = await start({ ...base, identity: given })().then(
    () => undefined,
    (e: Error) => e,
  );
  assert.instance(error, Error);
  assert.not.match(`${error!.message} ${error!.stack} ${String(error!.cause)}`, /secret-mistyped/);
});

test('plaintext beyond this machine is refused unless it is asked for', async () => {
  const far = { alice: { address: '192.0.2.1:9401' }, bob: { address: '192.0.2.2:9402' } };
  await fails(
    start({ ...base, cluster_config: { parties: far, self_party: 'alice' } }),
    'CONFIG',
    'allowInsecure',
  );
});

test('a port that is in use is an error at init, with the address', async () => {
  const { createServer } = await import('node:net');
  const port = await freePort();
  const server = createServer().listen(port, '127.0.0.1');
  const taken = { alice: { address: `127.0.0.1:${port}` }, bob: { address: '127.0.0.1:9' } };
  await fails(
    start({ ...base, cluster_config: { parties: taken, self_party: 'alice' } }),
    'LINK',
    String(port),
    'EADDRINUSE',
  );
  server.close();
});

test('P16: a signal that was set off before: nothing is opened', async () => {
  await fails(start({ ...base, signal: AbortSignal.abort() }), 'CLOSED', 'AbortSignal');
});

/** Both parties in this process. */
const pair = async (options: Record<string, Options>) => {
  const sessions = await Promise.all(
    Object.values(options).map((o) => sf.session(o as unknown as sf.InitOptions)),
  );
  return sessions as [sf.Session, sf.Session];
};

test('P10, P11: what the session does not have is named: parties, dealers, first-party trust', async () => {
  const [a, b] = await pair(await cluster(['alice', 'bob'], (_, o) => ({ ...o, tls_config: undefined })));
  await fails(() => a.PYU('alise'), 'INVALID_ARGUMENT', 'did you mean "alice"');
  const def = (beaver_type: string) => ({
    nodes: [{ party: 'alice' }, { party: 'bob' }],
    runtime_config: { protocol: 'SEMI2K', field: 'FM128', beaver_type },
  });
  for (const s of [a, b]) {
    await fails(() => s.SPU(def('TrustedFirstParty')), 'CONFIG', 'allowTrustedFirstParty', 'alice');
    await fails(() => s.SPU(def('TrustedThirdParty')), 'CONFIG', 'clusterConfig.dealer');
  }
  await Promise.all([a.shutdown(), b.shutdown()]);
  await fails(() => a.PYU('alice'), 'CLOSED');
});

test('three parties without a dealer are told what to do, and two of them need none', async () => {
  const names = ['alice', 'bob', 'carol'];
  const options = await cluster(names, (_, o) => ({ ...o, tls_config: undefined }));
  const sessions = await Promise.all(
    Object.values(options).map((o) => sf.session(o as unknown as sf.InitOptions)),
  );
  const def = (parties: readonly string[]) => ({
    nodes: parties.map((party) => ({ party })),
    runtime_config: { protocol: 'SEMI2K', field: 'FM64' } as const,
  });
  await Promise.all(
    sessions.map(async (s) => {
      await fails(
        () => s.SPU(def(names)),
        'UNSUPPORTED',
        'is for two parties, not 3',
        'use a dealer',
        'an SPU of two',
      );
      const spu = s.SPU(def(['alice', 'carol']));
      const x = s
        .PYU('alice')(() => [1, -2])()
        .to(spu);
      const doubled = spu((v: sf.BaseArray) => sf.np.multiply(v, v))(x);
      assert.equal(((await s.reveal(doubled)) as unknown as sf.NDArray).toArray(), [1, 4]);
    }),
  );
  await Promise.all(sessions.map((s) => s.shutdown()));
});

test('P13: numbers that the ring cannot hold are refused at their owner, and both hear of it', async () => {
  const options = await cluster(['alice', 'bob'], (_, o) => ({
    ...o,
    tls_config: undefined,
    allowTrustedFirstParty: true,
  }));
  const [a, b] = await pair(options);
  await Promise.all(
    [a, b].map(async (s) => {
      const spu = s.SPU({
        nodes: [{ party: 'alice' }, { party: 'bob' }],
        runtime_config: { protocol: 'SEMI2K', field: 'FM64' },
      });
      const x = s.PYU('alice')(() => [1, 1e30])();
      let message = '';
      await s.reveal(x.to(spu)).catch((e: Error) => {
        message = e.message;
      });
      assert.match(message, /out of range/);
      assert.not.match(message, /1e\+?30/);
    }),
  );
  await Promise.all([a.shutdown(), b.shutdown()]);
});

const SESSIONS = scaled(1000, 120);

test(`P16: ${SESSIONS} sessions one after another in one process leave nothing behind`, async () => {
  const options = await cluster(['alice', 'bob'], (_, o) => ({
    ...o,
    tls_config: undefined,
    allowTrustedFirstParty: true,
    crossSilo: QUICK,
  }));
  const handles = () =>
    (process as unknown as { getActiveResourcesInfo(): string[] }).getActiveResourcesInfo().length;
  const round = async (): Promise<void> => {
    const both = await pair(options);
    const out = await Promise.all(
      both.map(async (s) =>
        Number(
          await s.reveal(
            s
              .PYU('alice')(() => 5)()
              .to(s.PYU('bob')),
          ),
        ),
      ),
    );
    assert.equal(out, [5, 5]);
    await Promise.all(both.map((s) => s.shutdown()));
  };
  for (let i = 0; i < 20; i++) await round();
  const [before, listeners] = [handles(), process.listenerCount('SIGTERM')];
  const heap = process.memoryUsage().heapUsed;
  for (let i = 20; i < SESSIONS; i++) await round();
  assert.ok(handles() <= before + 2, `${before} handles before, ${handles()} after`);
  assert.is(process.listenerCount('SIGTERM'), listeners);
  const grown = (process.memoryUsage().heapUsed - heap) / 2 ** 20;
  assert.ok(grown < 60, `${grown} MiB more`);
});

test.run();
