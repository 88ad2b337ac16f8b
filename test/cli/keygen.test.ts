/** @file `tessera keygen` and `tessera doctor`: what one makes works on the wire, and the other finds each mistake. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { doctor } from '../../src/cli/doctor.ts';
import { keygen } from '../../src/cli/keygen.ts';
import { namesIn, parseCertificates } from '../../src/link/tls.ts';
import { DAY, makeAuthority, makeLeaf } from '../link/certificates.ts';
import { closeAll, connectAll, freePort, partyOptions, rejection, suite } from '../link/helpers.ts';

const test = suite('cli/keygen, cli/doctor');
const folder = mkdtempSync(join(tmpdir(), 'tessera-'));
const at = (name: string) => join(folder, name);
const made = Object.fromEntries(
  await Promise.all(
    ['alice', 'bob'].map(
      async (party) => [party, await keygen({ party, host: ['127.0.0.1'], out: folder })] as const,
    ),
  ),
);

test('keygen --force makes secret files anew: wide modes and links of old ones do not stay', async () => {
  const out = mkdtempSync(join(folder, 'force-'));
  const { files } = await keygen({ party: 'carol', out });
  chmodSync(files.key, 0o666);
  const elsewhere = join(out, 'elsewhere');
  writeFileSync(elsewhere, 'of somebody else', { mode: 0o644 });
  rmSync(files.identity);
  symlinkSync(elsewhere, files.identity);
  const before = readFileSync(files.key, 'utf8');
  await keygen({ party: 'carol', out, force: true });
  for (const path of [files.key, files.identity]) {
    assert.ok(lstatSync(path).isFile(), path);
    assert.is(lstatSync(path).mode & 0o777, 0o600, path);
  }
  assert.is.not(readFileSync(files.key, 'utf8'), before);
  assert.is(readFileSync(elsewhere, 'utf8'), 'of somebody else');
});

/** A party's file as the deployment guide writes it. */
const config = async (self: 'alice' | 'bob', change: (c: ReturnType<typeof plain>) => void = () => {}) => {
  const c = plain(self);
  change(c);
  const path = at(`${self}.json`);
  writeFileSync(path, JSON.stringify(c));
  return path;
};
const ports = { alice: await freePort(), bob: await freePort() };
const plain = (self: 'alice' | 'bob') => {
  const peer = self === 'alice' ? 'bob' : 'alice';
  return {
    cluster_config: {
      parties: Object.fromEntries(
        (['alice', 'bob'] as const).map((p) => [p, { address: `127.0.0.1:${ports[p]}` }]),
      ) as Record<string, { address?: string; listen_addr?: string }>,
      self_party: self as string,
    },
    tls_config: {
      cert: { ca_cert: `${self}.cert.pem`, cert: `${self}.cert.pem`, key: `${self}.key.pem` } as Record<
        string,
        string
      >,
      client_certs: { [peer]: { ca_cert: `${peer}.cert.pem`, cert: `${peer}.cert.pem` } } as Record<
        string,
        Record<string, string>
      >,
    },
    identity: `${self}.identity`,
    peer_identities: { [peer]: `${peer}.identity.pub` } as Record<string, string>,
    job_name: 'training',
  };
};
const bad = async (path: string, peers: string[] = []) =>
  (await doctor(path, { peers })).filter((row) => !row.ok);

test('what keygen makes works on the wire, and its secrets are readable by their owner only', async () => {
  for (const party of ['alice', 'bob']) {
    assert.is(statSync(made[party]!.files.key).mode & 0o077, 0);
    assert.is(statSync(made[party]!.files.identity).mode & 0o077, 0);
  }
  const files = (p: string) => ({
    caCert: at(`${p}.cert.pem`),
    cert: at(`${p}.cert.pem`),
    key: at(`${p}.key.pem`),
  });
  const tls = (self: string, peer: string) => ({
    tls: {
      cert: files(self),
      clientCerts: { [peer]: { caCert: at(`${peer}.cert.pem`), cert: at(`${peer}.cert.pem`) } },
    },
    identity: readFileSync(at(`${self}.identity`), 'utf8'),
    peerIdentities: { [peer]: made[peer]!.identity },
  });
  await closeAll(
    await connectAll(
      await partyOptions(['alice', 'bob'], (n) =>
        n === 'alice' ? tls('alice', 'bob') : tls('bob', 'alice'),
      ),
    ),
  );
});

test('a certificate made anew works on the wire beside the one that it follows, at who dials and at who listens', async () => {
  const all = { alice: [made.alice!], bob: [made.bob!] } as Record<string, (typeof made)[string][]>;
  for (const party of ['alice', 'bob'])
    all[party]!.push(await keygen({ party, host: ['127.0.0.1'], out: at(`next-${party}`) }));
  const pem = (path: string): string => readFileSync(path, 'utf8');
  const both = (party: string): string => all[party]!.map(({ files }) => pem(files.cert!)).join('\n');
  for (const shown of [
    { alice: 0, bob: 0 },
    { alice: 0, bob: 1 },
    { alice: 1, bob: 0 },
    { alice: 1, bob: 1 },
  ])
    await closeAll(
      await connectAll(
        await partyOptions(['alice', 'bob'], (self) => {
          const peer = self === 'alice' ? 'bob' : 'alice';
          const { files } = all[self]![shown[self as 'alice' | 'bob']]!;
          return {
            tls: {
              cert: { caCert: files.cert!, cert: files.cert!, key: files.key },
              clientCerts: { [peer]: { caCert: both(peer), cert: both(peer) } },
            },
          };
        }),
      ),
    );
});

test('keygen replaces nothing unasked, encrypts on request, and makes requests', async () => {
  assert.match((await rejection(keygen({ party: 'alice', out: folder }))).message, 'exists already');
  assert.match((await rejection(keygen({ party: '../x', out: folder }))).message, 'no party name');
  const { files } = await keygen({ party: 'carol', out: folder, csr: true, passphrase: 'pass' });
  assert.match(readFileSync(files.csr!, 'utf8'), 'BEGIN CERTIFICATE REQUEST');
  assert.match(readFileSync(files.key, 'utf8'), 'ENCRYPTED');
});

test('a party for sf.init is one for keygen, and its certificate names it: letters are not only those of ASCII', async () => {
  const { files } = await keygen({ party: 'alícia', out: folder });
  const [certificate] = parseCertificates(readFileSync(files.cert!, 'utf8'), 'cert');
  assert.ok(namesIn(certificate!).includes('alícia'), namesIn(certificate!).join());
  for (const party of ['-alice', 'al ice', '', 'x'.repeat(65)])
    assert.match((await rejection(keygen({ party, out: folder }))).message, 'no party name');
});

test('doctor finds nothing wrong with what is right', async () => {
  assert.equal(await bad(await config('alice'), [await config('bob')]), []);
  const plaintext = await config('alice', (c) => delete (c as Partial<typeof c>).tls_config);
  assert.equal(await bad(plaintext), []);
});

const mistakes: [string, (c: ReturnType<typeof plain>) => void, RegExp][] = [
  ['a missing file', (c) => (c.tls_config.cert.key = 'nowhere.pem'), /key: .*ENOENT/],
  ["another's key", (c) => (c.tls_config.cert.key = 'bob.key.pem'), /key: does not belong/],
  ['key and certificate swapped', (c) => (c.tls_config.cert.cert = 'alice.key.pem'), /holds no certificate/],
  [
    'a certificate of another party',
    (c) => (c.tls_config.cert = { cert: 'bob.cert.pem', key: 'bob.key.pem', ca_cert: 'bob.cert.pem' }),
    /names/,
  ],
  [
    'a peer left out',
    (c) => Object.assign(c, { tls_config: { ...c.tls_config, client_certs: {} }, peer_identities: {} }),
    /tls bob: client_certs has no entry/,
  ],
  [
    'a foreign authority',
    (c) => (c.tls_config.client_certs.bob!.ca_cert = 'alice.cert.pem'),
    /chain: does not come/,
  ],
  ['an unknown party', (c) => (c.tls_config.client_certs.dave = { ca_cert: 'bob.cert.pem' }), /no party/],
  ['a wrong self', (c) => (c.cluster_config.self_party = 'zoe'), /self_party/],
  ['a bad address', (c) => (c.cluster_config.parties.bob!.address = 'bob'), /no address/],
  [
    'one address twice',
    (c) => (c.cluster_config.parties.bob!.address = c.cluster_config.parties.alice!.address!),
    /address too/,
  ],
  ['an identity that is none', (c) => (c.peer_identities.bob = 'alice.identity'), /no identity/],
  [
    'a misspelt option, as sf.init does',
    (c) => Object.assign(c, { allow_insecur: true }),
    /configuration: unknown key "allow_insecur": did you mean "allow_insecure"\?/,
  ],
  [
    'a misspelt option further in',
    (c) => Object.assign(c.cluster_config, { dealr: { address: 'd:1' } }),
    /configuration: cluster_config: unknown key "dealr": did you mean "dealer"\?/,
  ],
  [
    'what sf.init refuses beyond keys and types',
    (c) => Object.assign(c.cluster_config, { dealer: { name: 'bob', address: 'd:1' } }),
    /configuration: cluster_config\.dealer\.name: "bob" is one of the parties/,
  ],
  [
    'an address of no interface',
    (c) => (c.cluster_config.parties.alice!.listen_addr = '192.0.2.7:9000'),
    /EADDRNOTAVAIL|EINVAL/,
  ],
];

for (const [name, change, pattern] of mistakes) {
  test(`doctor finds ${name}`, async () => {
    const peer = name === 'a certificate of another party' ? 'tls alice: names' : '';
    const rows = await bad(await config('alice', change));
    assert.ok(rows.length > 0 && rows.every((row) => row.fix.length > 0), JSON.stringify(rows));
    const text = rows.map((row) => `${row.check}: ${row.detail}`).join('\n');
    assert.ok(pattern.test(text) && text.includes(peer), text);
  });
}

test('doctor finds expired certificates, ports in use, plaintext, and configurations that differ', async () => {
  const authority = await makeAuthority('authority');
  const old = await makeLeaf(authority, 'alice', -3 * DAY, -DAY);
  writeFileSync(at('old.pem'), old.cert);
  writeFileSync(at('old.key'), old.key);
  writeFileSync(at('ca.pem'), authority.pem);
  const expired = await bad(
    await config(
      'alice',
      (c) => (c.tls_config.cert = { ca_cert: 'ca.pem', cert: 'old.pem', key: 'old.key' }),
    ),
  );
  assert.match(expired.map((r) => r.detail).join(), 'expired on');
  const server = createServer().listen(ports.alice, '127.0.0.1');
  assert.match((await bad(await config('alice'))).map((r) => r.detail).join(), 'EADDRINUSE');
  server.close();
  const far = await config('alice', (c) => {
    delete (c as Partial<typeof c>).tls_config;
    delete (c as Partial<typeof c>).identity;
    c.cluster_config.parties.bob!.address = '192.0.2.1:9000';
  });
  assert.match((await bad(far)).map((r) => r.detail).join(), 'in the clear');
  const differ = await bad(await config('alice'), [await config('bob', (c) => (c.job_name = 'test'))]);
  assert.match(differ.map((r) => r.detail).join(), 'differ at jobName');
  const { files } = await keygen({ party: 'bob', out: at('new') });
  // While bob's new certificate takes the old one's place, alice has both.
  writeFileSync(at('both.pem'), readFileSync(at('bob.cert.pem'), 'utf8') + readFileSync(files.cert!, 'utf8'));
  const both = (c: ReturnType<typeof plain>) =>
    Object.assign(c.tls_config.client_certs.bob!, { ca_cert: 'both.pem', cert: 'both.pem' });
  for (const [key, cert] of [
    ['bob.key.pem', 'bob.cert.pem'],
    ['new/bob.key.pem', 'new/bob.cert.pem'],
  ])
    assert.equal(
      await bad(await config('alice', both), [
        await config('bob', (c) => Object.assign(c.tls_config.cert, { key, cert, ca_cert: cert })),
      ]),
      [],
    );
  const stale = await bad(
    await config('alice', (c) => (c.tls_config.client_certs.bob!.cert = 'new/bob.cert.pem')),
    [await config('bob')],
  );
  assert.match(stale.map((r) => r.detail).join(), 'pins another certificate');
});

test('the command says the same, and its exit code tells', async () => {
  const main = fileURLToPath(import.meta.resolve('#tessera-cli'));
  const args = 'Deno' in globalThis ? ['run', '-A', '--no-lock', '--node-modules-dir=manual', main] : [main];
  const good = execFileSync(process.execPath, [...args, 'doctor', '--config', await config('alice')], {
    encoding: 'utf8',
  });
  assert.match(good, /^ok {3}configuration/);
  const path = await config('alice', (c) => (c.tls_config.cert.key = 'bob.key.pem'));
  try {
    execFileSync(process.execPath, [...args, 'doctor', '--config', path], { encoding: 'utf8' });
    assert.unreachable();
  } catch (error) {
    assert.is((error as { status: number }).status, 1);
    assert.match((error as { stdout: string }).stdout, /BAD {2}key/);
  }
});

test.after(() => rmSync(folder, { recursive: true }));
test.run();
