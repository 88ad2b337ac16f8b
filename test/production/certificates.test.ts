/** @file Certificates that do not fit, at the level of sessions: who refuses whom, and how `sf.init` says so. */
import * as assert from 'uvu/assert';
import { cluster, end, launch, type Options, pemsBetween, pemsOf, suite, until } from './harness.ts';

const test = suite('production/certificates');
const TWO = ['alice', 'bob'] as const;
const DAY = 86_400_000;

interface Tls {
  cert: { ca_cert: string; cert: string; key: string };
  client_certs: Record<string, { ca_cert: string; cert: string }>;
}

const refused = async (
  change: (self: string, tls: Tls) => Tls | Promise<Tls>,
  ...texts: readonly RegExp[]
): Promise<void> => {
  // The one who dials is told at once; the one who is dialled waits, until the other has come and gone.
  const options = await cluster(TWO);
  for (const self of TWO)
    options[self].tls_config = await change(self, structuredClone(options[self].tls_config as Tls));
  const parties = launch<'alice' | 'bob'>(options as Record<'alice' | 'bob', Options>, 'guide');
  // Who hears of it first ends the test: the other would wait for a peer that does not come any more.
  let said = '';
  const complete = () => texts.every((text) => text.test(said));
  await Promise.race([
    Promise.all(
      TWO.map(async (name) => {
        const { code, message } = await parties[name].error();
        assert.ok(['IDENTITY', 'LINK', 'CONFIG', 'PEER_LOST'].includes(code), code);
        said += `${message}\n`;
      }),
    ),
    until(complete, 'one of the parties says it'),
  ]);
  end(parties);
  for (const text of texts) assert.match(said, text);
};

test("P8: bob's certificate has expired", async () => {
  const old = await pemsBetween('bob', -2 * DAY, -DAY);
  await refused(
    (self, tls) =>
      self === 'bob'
        ? { ...tls, cert: old }
        : { ...tls, client_certs: { bob: { ca_cert: old.ca_cert, cert: old.cert } } },
    /expired|valid/i,
  );
});

test("P8: bob's certificate is not valid yet", async () => {
  const early = await pemsBetween('bob', DAY, 2 * DAY);
  await refused(
    (self, tls) =>
      self === 'bob'
        ? { ...tls, cert: early }
        : { ...tls, client_certs: { bob: { ca_cert: early.ca_cert, cert: early.cert } } },
    /not yet valid|valid/i,
  );
});

test('P8, P18: an authority that alice does not know signed for bob', async () => {
  const strange = await pemsBetween('bob', -DAY, DAY);
  await refused(
    (self, tls) => (self === 'bob' ? { ...tls, cert: strange } : tls),
    /certificate|authority|tls/i,
  );
});

test("P18: carol's certificate does not make anybody bob, though its authority is trusted", async () => {
  const carol = await pemsOf('carol');
  await refused(
    (self, tls) =>
      self === 'bob'
        ? { ...tls, cert: carol }
        : { ...tls, client_certs: { bob: { ca_cert: carol.ca_cert, cert: tls.client_certs.bob!.cert } } },
    /certificate|bob/,
  );
});

test('P8: swapped files: the key does not belong to the certificate, which is said before any connection', async () => {
  const other = await pemsOf('carol');
  await refused(
    (self, tls) => (self === 'alice' ? { ...tls, cert: { ...tls.cert, key: other.key } } : tls),
    /key/,
  );
});

test('P8, P11: a peer without an entry in client_certs, and an entry for nobody', async () => {
  await refused((self, tls) => (self === 'alice' ? { ...tls, client_certs: {} } : tls), /bob/);
  await refused(
    (self, tls) =>
      self === 'alice' ? { ...tls, client_certs: { ...tls.client_certs, bbo: tls.client_certs.bob! } } : tls,
    /bbo.*did you mean "bob"/,
  );
});

test.run();
