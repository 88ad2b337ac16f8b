/**
 * What hurts users of other systems of this kind, made impossible here. The larger part has tests of its own, whose titles
 * name the same numbers: P1 to P18. These are the rest, and a check that none of the numbers is without one.
 */
import { readdirSync, readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import * as sf from '#tessera';
import { projectFile } from '../../examples/lib/project.ts';
import { keyWithPassphrase, makeAuthority, makeLeaf } from '../link/certificates.ts';
import { cluster, type Options, suite } from './harness.ts';

const test = suite('production/pains');
const TWO = ['alice', 'bob'] as const;
type Both = readonly [sf.Session, sf.Session];

/** Both parties in this process, over sockets. */
const together = async (
  change: (self: string, options: Options) => Options,
  use: (both: Both) => Promise<void>,
): Promise<void> => {
  const options = await cluster(TWO, (self, o) => change(self, { ...o, allowTrustedFirstParty: true }));
  const both = (await Promise.all(
    TWO.map((name) => sf.session(options[name] as unknown as sf.InitOptions)),
  )) as unknown as Both;
  try {
    await use(both);
  } finally {
    await Promise.all(both.map((s) => s.shutdown().catch(() => {})));
  }
};

const reasons = (results: readonly PromiseSettledResult<unknown>[]): sf.TesseraError[] =>
  results.map((r) => {
    assert.is(r.status, 'rejected');
    assert.instance((r as PromiseRejectedResult).reason, sf.TesseraError);
    return (r as PromiseRejectedResult).reason as sf.TesseraError;
  });

test('P8: a certificate that names another machine, and a key with a passphrase', async () => {
  const authorities = { alice: await makeAuthority('a'), bob: await makeAuthority('b') };
  const leaves = {
    alice: await makeLeaf(authorities.alice, 'elsewhere.example', undefined, undefined, [
      'elsewhere.example',
    ]),
    bob: await makeLeaf(authorities.bob, 'bob'),
  };
  const passphrase = 'correct horse';
  const tls = (self: 'alice' | 'bob', peer: 'alice' | 'bob'): Options => ({
    cert: {
      ca_cert: authorities[self].pem,
      cert: leaves[self].cert,
      key: self === 'alice' ? keyWithPassphrase(leaves.alice.key, passphrase) : leaves.bob.key,
      ...(self === 'alice' && { passphrase }),
    },
    client_certs: { [peer]: { ca_cert: authorities[peer].pem, cert: leaves[peer].cert } },
  });
  const change = (self: string, o: Options): Options => ({
    ...o,
    tls_config: self === 'alice' ? tls('alice', 'bob') : tls('bob', 'alice'),
  });
  await together(change, async (both) => {
    const seen = await Promise.all(both.map((s) => s.reveal(s.PYU('alice')(() => 5)())));
    assert.equal(seen, [5, 5]);
  });
});

test('P9: a message over the limit is refused where it would be sent, with its size, and everybody hears of it', async () => {
  const change = (_: string, o: Options): Options => ({
    ...o,
    crossSilo: { ...(o.crossSilo as Options), maxMessageBytes: 100_000 },
  });
  await together(change, async (both) => {
    const results = await Promise.allSettled(
      both.map((s) => s.reveal(s.PYU('alice')(() => new Float64Array(20_000))())),
    );
    for (const e of reasons(results)) assert.match(e.message, /16\d\d\d\d bytes .*limit of 100000/);
    const after = await Promise.all(both.map((s) => s.reveal(s.PYU('alice')(() => 1)())));
    assert.equal(after, [1, 1]);
  });
});

test('D3: parties that list the nodes of an SPU in another order have another program', async () => {
  await together(
    (_, o) => o,
    async (both) => {
      const results = await Promise.allSettled(
        both.map(async (s, i) => {
          const nodes = (i === 0 ? TWO : [...TWO].reverse()).map((party) => ({ party }));
          const spu = s.SPU({ nodes, runtime_config: { protocol: 'SEMI2K', field: 'FM64' } });
          return s.reveal(
            s
              .PYU('alice')(() => 1)()
              .to(spu),
          );
        }),
      );
      for (const e of reasons(results)) {
        assert.is(e.code, 'DIVERGED', e.message);
        assert.match(e.message, /alice: .*bob: |bob: .*alice: /);
      }
    },
  );
});

test('P4, P16: a second session of the same parties hears nothing of the first', async () => {
  await together(
    (_, o) => o,
    async (both) => {
      const first = await Promise.all(both.map((s) => s.reveal(s.PYU('alice')(() => 'first')())));
      assert.equal(first, ['first', 'first']);
    },
  );
  await together(
    (_, o) => o,
    async (both) => {
      // Operation 1 again: under a number that the first session used as well.
      const second = await Promise.all(both.map((s) => s.reveal(s.PYU('alice')(() => 'second')())));
      assert.equal(second, ['second', 'second']);
    },
  );
});

test('every pain has its test', () => {
  const titles = ['test/production', 'test/link', 'test/device', 'test/cli']
    .flatMap((folder) => readdirSync(projectFile(folder)).map((f) => projectFile(`${folder}/${f}`)))
    .filter((path) => path.endsWith('.test.ts'))
    .flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/[`'"]((?:[PD]\d+(?:, )?)+):/g)])
    .flatMap(([, numbers]) => numbers!.split(', '));
  const missing = Array.from({ length: 18 }, (_, i) => `P${i + 1}`).filter((p) => !titles.includes(p));
  assert.equal(missing, []);
});

test.run();
