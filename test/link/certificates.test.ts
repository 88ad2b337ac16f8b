/** @file What is read of certificates, and which is whose: each rule by itself, without a connection. */
import { X509Certificate } from 'node:crypto';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import * as assert from 'uvu/assert';
import { bindingOf, checkPartyCertificate, loadTls } from '../../src/link/tls.ts';
import { type Authority, DAY, type Leaf, makeAuthority, makeLeaf, makeSelfSigned } from './certificates.ts';
import { suite } from './helpers.ts';

const test = suite('link/certificates');

/** As TLS gives it: the leaf, and what came with it. */
const shown = (...pems: string[]): PeerCertificate => {
  const all: { raw: Buffer; issuerCertificate?: unknown }[] = pems.map((pem) => ({
    raw: Buffer.from(new X509Certificate(pem).raw),
  }));
  for (const [i, certificate] of all.entries()) if (all[i + 1]) certificate.issuerCertificate = all[i + 1];
  return all[0] as unknown as PeerCertificate;
};

interface Party {
  readonly ca: Authority;
  readonly leaf: Leaf;
}

const made = async (name: string): Promise<Party> => {
  const ca = await makeAuthority(`${name} authority`);
  return { ca, leaf: await makeLeaf(ca, name) };
};

const materialOf = (own: Party, peers: Record<string, { caCert: string; cert?: string }>, leaf = own.leaf) =>
  loadTls(
    { cert: { caCert: own.ca.pem, cert: leaf.cert, key: leaf.key }, clientCerts: peers },
    Object.keys(peers),
    new Set(),
  );

const verdict = (run: () => unknown): string => {
  try {
    run();
    return 'taken';
  } catch (e) {
    return (e as Error).message;
  }
};

test("a certificate comes from the party's authority, is the pinned one, or names the party", async () => {
  const [alice, bob, eve] = [await made('alice'), await made('bob'), await made('eve')];
  const trust = (entry: { caCert: string; cert?: string }) =>
    materialOf(alice, { bob: entry }).peers.get('bob')!;
  const of = (entry: { caCert: string; cert?: string }, ...pems: string[]): string =>
    verdict(() => checkPartyCertificate(trust(entry), shown(...pems)));
  const pinned = { caCert: bob.ca.pem, cert: bob.leaf.cert };
  const open = { caCert: bob.ca.pem };
  const shared = { caCert: alice.ca.pem };
  for (const entry of [pinned, open]) {
    assert.is(of(entry, bob.leaf.cert), 'taken');
    assert.match(of(entry, eve.leaf.cert), /does not come from the authority/);
    assert.match(of(entry, eve.leaf.cert, eve.ca.pem), /does not come from the authority/);
    assert.match(of(entry, (await makeSelfSigned('bob')).cert), /does not come from the authority/);
  }
  assert.match(
    verdict(() => checkPartyCertificate(trust(open), {} as PeerCertificate)),
    /showed no certificate/,
  );
  // Of the right authority, but not the one that is pinned.
  const other = await makeLeaf(bob.ca, 'bob');
  assert.match(of(pinned, other.cert), /is not the one given/);
  assert.is(of(open, other.cert), 'taken');
  // An authority of one party may name it as it likes; one that vouches for others has to say which party it is.
  assert.is(of(open, (await makeLeaf(bob.ca, 'server 1')).cert), 'taken');
  assert.is(of(shared, (await makeLeaf(alice.ca, 'bob')).cert), 'taken');
  assert.match(of(shared, (await makeLeaf(alice.ca, 'carol')).cert), /it must name "bob"/);
  assert.match(of(shared, alice.leaf.cert), /it must name "bob"/);
  // An authority of the same name with another key has signed nothing here.
  const double: Authority = await makeAuthority('bob authority');
  assert.match(of(open, (await makeLeaf(double, 'bob')).cert), /does not come from the authority/);
  assert.match(
    of(open, (await makeLeaf(double, 'bob')).cert, double.pem),
    /does not come from the authority/,
  );
  // By way of an authority that the party's own has made.
  const below = await makeAuthority('below', bob.ca);
  const leaf = await makeLeaf(below, 'bob');
  assert.is(of(open, leaf.cert, below.pem), 'taken');
  assert.match(of(open, leaf.cert), /does not come from the authority/);
});

test("while one certificate takes another's place both are pinned; authorities in the same file are not", async () => {
  const [alice, bob] = [await made('alice'), await made('bob')];
  const [old, next, other] = [
    await makeSelfSigned('bob'),
    await makeSelfSigned('bob'),
    await makeSelfSigned('bob'),
  ];
  const of = (caCert: string, cert: string, ...pems: string[]): string =>
    verdict(() =>
      checkPartyCertificate(materialOf(alice, { bob: { caCert, cert } }).peers.get('bob')!, shown(...pems)),
    );
  const both = `${old.cert}\n${next.cert}\n`;
  assert.is(of(both, both, old.cert), 'taken');
  assert.is(of(both, both, next.cert), 'taken');
  assert.match(of(both, both, other.cert), /does not come from the authority/);
  // Of an authority, whose own certificate and one above it stand in the file.
  const below = await makeAuthority('below', bob.ca);
  const [first, second, third] = [
    await makeLeaf(below, 'bob'),
    await makeLeaf(below, 'bob'),
    await makeLeaf(below, 'bob'),
  ];
  const file = [first.cert, second.cert, below.pem, bob.ca.pem].join('\n');
  assert.is(of(bob.ca.pem, file, first.cert, below.pem), 'taken');
  assert.is(of(bob.ca.pem, file, second.cert, below.pem), 'taken');
  for (const pems of [[third.cert, below.pem], [below.pem], [bob.ca.pem]])
    assert.match(of(bob.ca.pem, file, ...pems), /is not the one given/);
});

test('the own certificate is valid today, and the key is its key', async () => {
  const alice = await made('alice');
  const bob = await made('bob');
  const load = (leaf: Leaf): string =>
    verdict(() => materialOf(alice, { bob: { caCert: bob.ca.pem } }, leaf));
  assert.is(load(alice.leaf), 'taken');
  assert.match(load({ ...alice.leaf, key: bob.leaf.key }), /is not the key of/);
  assert.match(load(await makeLeaf(alice.ca, 'alice', -2 * DAY, -DAY)), /has expired/);
  assert.match(load(await makeLeaf(alice.ca, 'alice', DAY, 2 * DAY)), /not valid before/);
  assert.match(load({ ...alice.leaf, cert: 'nothing' }), /cannot read|holds no certificate/);
});

test('both ends of a connection bind the same certificates, the dialer first, and the same keying material', async () => {
  const [alice, bob] = [await made('alice'), await made('bob')];
  const socket = (peer: Party, exporter?: number): TLSSocket =>
    ({
      getPeerCertificate: () => shown(peer.leaf.cert),
      exportKeyingMaterial: (length: number, label: string) => {
        if (exporter === undefined) throw new Error('not here');
        return Buffer.alloc(length, exporter + label.length);
      },
    }) as unknown as TLSSocket;
  const own = (party: Party) => new X509Certificate(party.leaf.cert);
  const dialer = bindingOf(socket(alice, 1), own(bob), true);
  const listener = bindingOf(socket(bob, 1), own(alice), false);
  assert.equal(dialer, listener);
  assert.ok(dialer.mutualTls);
  assert.is(dialer.certificates.length, 64);
  assert.is(dialer.exporter?.length, 32);
  const eve = await made('eve');
  assert.not.equal(bindingOf(socket(eve, 1), own(bob), true).certificates, listener.certificates);
  assert.not.equal(bindingOf(socket(alice, 1), own(eve), true).certificates, listener.certificates);
  assert.not.equal(bindingOf(socket(alice, 2), own(bob), true).exporter, listener.exporter);
  // The order says who has dialled.
  assert.not.equal(bindingOf(socket(alice, 1), own(bob), false).certificates, dialer.certificates);
  assert.is(bindingOf(socket(alice), own(bob), true).exporter, undefined);
});

test.run();
