/** @file The link's cryptography: every primitive against official vectors, and the sealing of messages. */
import nacl from 'tweetnacl';
import * as assert from 'uvu/assert';
import * as browserCurves from '../../src/link/browser-curves.ts';
import {
  createIdentity,
  identitySecretText,
  identityText,
  parseIdentity,
  parseSecretIdentity,
  sign,
  verify,
} from '../../src/link/identity.ts';
import * as curves from '../../src/link/node-curves.ts';
import { deriveKeys, hkdf, Opener, Sealer } from '../../src/link/sealed.ts';
import { sha512 as browserSha512 } from '../../src/ring/browser-kernel-host.ts';
import { sha512 } from '../../src/ring/node-kernel-host.ts';
import { rejection, suite } from './helpers.ts';

const test = suite('link/crypto');
const hex = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (b) => Number.parseInt(b, 16));
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test('Ed25519: RFC 8032, 7.1, tests 1 to 3', () => {
  const vectors = [
    [
      '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      '',
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    ],
    [
      '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      '72',
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    ],
    [
      'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
      'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
      'af82',
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
    ],
  ] as const;
  for (const [seed, key, message, signature] of vectors) {
    const identity = createIdentity(hex(seed));
    assert.is(toHex(identity.publicKey), key);
    assert.is(toHex(sign(hex(message), identity)), signature);
    assert.ok(verify(hex(message), hex(signature), identity.publicKey));
    assert.not.ok(verify(hex(`${message}00`), hex(signature), identity.publicKey));
  }
});

const CURVES = [curves, browserCurves] as const;

test('X25519: RFC 7748, 5.2, and keys of low order', () => {
  for (const { x25519 } of CURVES) {
    const product = x25519(
      hex('a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4'),
      hex('e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c'),
    );
    assert.is(toHex(product!), 'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552');
    const secret = crypto.getRandomValues(new Uint8Array(32));
    for (const low of [0, 1]) assert.is(x25519(secret, new Uint8Array(32).fill(low, 0, 1)), undefined);
  }
});

test('curves of Node and of browsers: the same keys, signatures, secrets and verdicts', () => {
  const bytes = (n: number) => crypto.getRandomValues(new Uint8Array(n));
  for (let i = 0; i < 20; i++) {
    const [seed, other, message] = [bytes(32), bytes(32), bytes(i * 7)];
    const [here, there] = CURVES.map(({ ed25519Public, ed25519Sign, x25519Public, x25519 }) => {
      const key = ed25519Public(seed);
      const signature = ed25519Sign(message, new Uint8Array([...seed, ...key]));
      return { key, signature, box: x25519Public(seed), shared: x25519(seed, x25519Public(other)) };
    });
    assert.equal(here, there);
    const { key, signature } = here!;
    const flipped = signature.slice();
    flipped[i]! ^= 1 << (i % 8);
    for (const { ed25519Verify } of CURVES) {
      assert.ok(ed25519Verify(message, signature, key));
      assert.not.ok(ed25519Verify(message, flipped, key));
      assert.not.ok(ed25519Verify(message, signature, bytes(32)));
      assert.not.ok(ed25519Verify(bytes(i * 7 + 1), signature, key));
    }
  }
});

test('xsalsa20-poly1305: the vector of NaCl', () => {
  const key = hex('1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389');
  const nonce = hex('69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37');
  const message = hex(
    'be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f937763848645e0705',
  );
  const box =
    'f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74e355a5';
  assert.is(toHex(nacl.secretbox(message, nonce, key)), box);
  assert.is(toHex(nacl.secretbox.open(hex(box), nonce, key)!), toHex(message));
});

test('HKDF-SHA-256: RFC 5869, A.1 and A.3', async () => {
  const ikm = new Uint8Array(22).fill(0x0b);
  const okm = await hkdf(ikm, hex('000102030405060708090a0b0c'), hex('f0f1f2f3f4f5f6f7f8f9'), 42);
  assert.is(
    toHex(okm),
    '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
  );
  const none = new Uint8Array();
  assert.is(
    toHex(await hkdf(ikm, none, none, 42)),
    '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8',
  );
});

test('AES-256-GCM: the test cases 13 and 14 of McGrew and Viega', async () => {
  const key = await crypto.subtle.importKey('raw', new Uint8Array(32), 'AES-GCM', false, ['encrypt']);
  const encrypt = async (n: number) =>
    toHex(
      new Uint8Array(
        await crypto.subtle.encrypt({ name: 'AES-GCM', iv: new Uint8Array(12) }, key, new Uint8Array(n)),
      ),
    );
  assert.is(await encrypt(0), '530f8afbc74536b9a963b4f1c4cb738b');
  assert.is(await encrypt(16), 'cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919');
});

test('SHA-512: FIPS 180 "abc"', () => {
  for (const hash of [sha512, browserSha512])
    assert.is(
      toHex(hash(new TextEncoder().encode('abc'))),
      'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
    );
});

test('identities as text', () => {
  const id = createIdentity();
  assert.equal(parseIdentity(identityText(id)), id.publicKey);
  assert.equal(parseSecretIdentity(identitySecretText(id)), id);
  assert.throws(
    () => parseIdentity(identitySecretText(id), 'peerIdentities.bob'),
    /peerIdentities.bob is no identity/,
  );
  assert.throws(() => parseIdentity('tessera-id-1:short'), /43 characters/);
});

test('sealed messages: altered, repeated, reordered, lost or foreign ones do not open', async () => {
  const secret = crypto.getRandomValues(new Uint8Array(32));
  const make = async () => {
    const dialer = await deriveKeys(secret, new Uint8Array(64), true);
    const listener = await deriveKeys(secret, new Uint8Array(64), false);
    return {
      sealer: new Sealer(dialer.send),
      opener: new Opener(listener.receive),
      echo: new Sealer(listener.send),
      back: new Opener(dialer.receive),
    };
  };
  for (const size of [0, 10, 100_000]) {
    const message = new Uint8Array(size).fill(5);
    const seal = async () => {
      const keys = await make();
      return { ...keys, sealed: [await keys.sealer.seal(message), await keys.sealer.seal(message)] as const };
    };
    const good = await seal();
    assert.equal(await good.opener.open(good.sealed[0]), message);
    assert.equal(await good.opener.open(good.sealed[1]), message);
    assert.equal(await good.back.open(await good.echo.seal(message)), message);
    const opens = async (run: (k: Awaited<ReturnType<typeof seal>>) => unknown) => {
      const keys = await seal();
      return rejection((async () => run(keys))());
    };
    await opens(async (k) => {
      await k.opener.open(k.sealed[0]);
      return k.opener.open(k.sealed[0]);
    });
    await opens((k) => k.opener.open(k.sealed[1]));
    await opens((k) => k.back.open(k.sealed[0]));
    for (const at of [0, 1, good.sealed[0].length - 1]) {
      await opens((k) => {
        k.sealed[0][at]! ^= 1;
        return k.opener.open(k.sealed[0]);
      });
    }
    await opens((k) => k.opener.open(k.sealed[0].subarray(0, -1)));
    await opens((k) => k.opener.open(new Uint8Array()));
  }
});

test.run();
