/** @file Faults of the handshake, of certificates and of sealing. */
import { inFile, type Mutant } from './mutant.ts';

const checks = ['link/checks.test.ts', 'link/freshness.test.ts', 'link/protocol.test.ts'] as const;

export const handshake: readonly Mutant[] = [
  ...inFile('src/link/handshake.ts', checks, [
    ['certificates are left out of the transcript', 'check', 'parts[3] = binding.certificates;', ''],
    [
      "TLS' keying material is left out of the transcript",
      'check',
      'if (peer.exporter) parts[4] = binding.exporter ?? none;',
      '',
    ],
    [
      'the invitation is left out of the transcript',
      'check',
      'none, none, invitation ?? none];',
      'none, none, none];',
    ],
    [
      "the dialer's hello is left out of the transcript",
      'check',
      '[DOMAIN, dialer, listener, none, none,',
      '[DOMAIN, none, listener, none, none,',
    ],
    [
      "the listener's hello is left out of the transcript",
      'check',
      '[DOMAIN, dialer, listener, none, none,',
      '[DOMAIN, dialer, none, none, none,',
    ],
    [
      'parts of the transcript run into each other',
      'check',
      'new DataView(all.buffer).setUint32(at, part.byteLength, true);',
      '',
    ],
    [
      'a proof may be sent back',
      'check',
      'const proofText = (role, transcript) => {',
      "const proofText = (role, transcript) => { role = 'peer';",
    ],
    [
      'pins are not compared',
      'check',
      'pinned !== undefined && !sameBytes(pinned, hello.identity)',
      'pinned !== undefined && pinned.length !== hello.identity.length',
    ],
    [
      'nobody has to prove anything',
      'check',
      'pinned === undefined && !binding.mutualTls && !local.allowUnauthenticated',
      'false',
    ],
    ['jobs are not compared', 'check', 'if (hello.job !== local.job) {', 'if (false) {'],
    ['who answers takes a hello for another', 'check', 'if (peer.to !== local.self)', 'if (false)'],
    [
      'who dials takes an answer for another',
      'check',
      'peer.from !== to || peer.to !== local.self',
      'peer.from !== to',
    ],
    [
      'who dials takes the answer of another',
      'check',
      'peer.from !== to || peer.to !== local.self',
      'peer.to !== local.self',
    ],
    [
      'one verified certificate is enough to seal nothing',
      'leak',
      'bound: binding.mutualTls && peer.mutualTls };',
      'bound: binding.mutualTls || peer.mutualTls };',
      'const bound = binding.mutualTls && peer.mutualTls;',
      'const bound = binding.mutualTls || peer.mutualTls;',
    ],
    ['builds are not compared', 'check', 'if (!sameBuild(build, local.build)) {', 'if (false) {'],
    ['configurations are not compared', 'check', 'if (paths.length === 0) return;', 'return;'],
    [
      'a configuration of any form is compared',
      'check',
      "if (entries?.every(([, hash]) => typeof hash === 'string') !== true)",
      'if (entries === undefined)',
    ],
    [
      'the dialer compares no configuration',
      'check',
      'compared(() => checkConfig(local, peer, accept.build, accept.config));',
      '',
    ],
    ['the listener compares no configuration', 'check', 'checkConfig(local, peer, build, config);', ''],
    [
      'a count of packets is not looked at',
      'check',
      'if (!Number.isSafeInteger(accept.received))',
      'if (accept.received === undefined)',
    ],
  ]),
  ...inFile('src/link/handshake-messages.ts', checks, [
    [
      'what should be sealed may come open',
      'check',
      'if (opened === undefined) throw',
      'if (opened === null) throw',
    ],
    [
      'keys of any length stand in a hello',
      'check',
      'v instanceof Uint8Array && v.byteLength === length',
      'v instanceof Uint8Array && v.byteLength > 0',
    ],
    ['names of any length stand in a hello', 'check', 'v.length > 0 && v.length <= 256', 'v.length > 0'],
    ['an empty name is one', 'check', 'v.length > 0 && v.length <= 256', 'v.length <= 256'],
    [
      'numbers of a hello may be negative',
      'check',
      "typeof v === 'number' && Number.isSafeInteger(v) && v >= 0",
      "typeof v === 'number' && Number.isSafeInteger(v)",
    ],
    ['any version is spoken', 'check', 'if (hello.version !== VERSION)', 'if (hello.version > VERSION + 5)'],
  ]),
  ...inFile(
    'src/link/node-curves.ts',
    ['link/checks.test.ts', 'link/freshness.test.ts', 'link/crypto.test.ts'],
    [
      [
        'points of low order give a secret of zeros (Node)',
        'leak',
        "publicKey: publicKey('X25519', key) })); } catch { return undefined; }",
        "publicKey: publicKey('X25519', key) })); } catch { return new Uint8Array(32); }",
      ],
    ],
  ),
  {
    name: 'a key that is no point has signed (Node)',
    kind: 'check',
    tests: ['link/crypto.test.ts'],
    edits: [
      { file: 'src/link/node-curves.ts', find: 'catch { return false; }', replace: 'catch { return true; }' },
    ],
    survives: 'Node says no to such a key without an error; Deno has one, and its suites see it',
  },
  ...inFile(
    'src/link/browser-curves.ts',
    ['link/checks.test.ts', 'link/freshness.test.ts'],
    [
      [
        'points of low order give a secret of zeros (browsers)',
        'leak',
        'return shared.every((byte) => byte === 0) ? undefined : shared;',
        'return shared;',
      ],
    ],
  ),
  ...inFile(
    'src/link/identity.ts',
    ['link/crypto.test.ts', 'link/checks.test.ts', 'link/freshness.test.ts'],
    [
      [
        'any signature is one',
        'check',
        'ed25519Verify(message, signature, publicKey);',
        '(ed25519Verify(message, signature, publicKey) || true);',
      ],
      [
        'identities are the same where they begin the same',
        'check',
        'a.byteLength === b.byteLength && a.every((value, i) => value === b[i])',
        'a.byteLength === b.byteLength && a[0] === b[0]',
      ],
      [
        'identities are made of zeros',
        'leak',
        'seed = crypto.getRandomValues(new Uint8Array(SEED))',
        'seed = new Uint8Array(SEED)',
      ],
    ],
  ),
  ...inFile(
    'src/link/sealed.ts',
    ['link/checks.test.ts', 'link/freshness.test.ts', 'link/crypto.test.ts'],
    [
      [
        'keys do not depend on the handshake',
        'leak',
        'hkdf(shared, transcript, INFO, 128)',
        'hkdf(shared, new Uint8Array(64), INFO, 128)',
      ],
      [
        'keys do not depend on the shared secret',
        'leak',
        'hkdf(shared, transcript, INFO, 128)',
        'hkdf(new Uint8Array(32), transcript, INFO, 128)',
      ],
      [
        'both directions have the same keys',
        'leak',
        'const back = await direction(64);',
        'const back = await direction(0);',
      ],
      ['nonces are a constant', 'leak', 'setFloat64(0, counter, true)', 'setFloat64(0, 0, true)'],
      [
        'nonces of large messages are a constant',
        'leak',
        "const params = { name: 'AES-GCM', iv: nonce(number, 12) };",
        "const params = { name: 'AES-GCM', iv: nonce(0, 12) };",
        "{ name: 'AES-GCM', iv: nonce(number, 12) }, this.#keys.aes, whole(content)",
        "{ name: 'AES-GCM', iv: nonce(0, 12) }, this.#keys.aes, whole(content)",
      ],
      [
        'a message that does not open is passed on',
        'check',
        'this.#keys.box) ?? broken()',
        'this.#keys.box) ?? content',
      ],
      ['both ciphers use one key', 'leak', 'okm.slice(at + 32, at + 64)', 'okm.slice(at, at + 32)'],
    ],
  ),
  ...inFile(
    'src/link/room-socket.ts',
    ['link/checks.test.ts', 'link/freshness.test.ts', 'link/relay.test.ts'],
    [
      [
        'nonces of a room are a constant',
        'leak',
        'const nonce = crypto.getRandomValues(new Uint8Array(NONCE));',
        'const nonce = new Uint8Array(NONCE);',
      ],
      [
        'what does not open in a room is passed on',
        'check',
        'const opened = data[0] === ROOM ? open(data, key) : data;',
        'const opened = data[0] === ROOM ? (open(data, key) ?? data) : data;',
      ],
    ],
  ),
  ...inFile(
    'src/link/room.ts',
    ['link/checks.test.ts', 'link/freshness.test.ts'],
    [
      [
        'keys of rooms are a constant',
        'leak',
        'toText(crypto.getRandomValues(new Uint8Array(32)));',
        'toText(new Uint8Array(32));',
      ],
    ],
  ),
  ...inFile(
    'src/link/tls.ts',
    ['link/certificates.test.ts'],
    [
      [
        'a certificate of any authority will do',
        'check',
        'if (!chainsTo(chain, trust.ca)) {',
        'if (false) {',
      ],
      [
        'the pinned certificate is not compared',
        'check',
        'if (trust.pins.some((pin) => pin.fingerprint256 === leaf.fingerprint256)) return;',
        'return;',
      ],
      [
        'names in certificates are not compared',
        'check',
        'if (chainsTo(chain, trust.others) && !namesIn(leaf).includes(party)) {',
        'if (false) {',
      ],
      [
        'who shows no certificate is let in',
        'check',
        'if (leaf === undefined) throw new',
        'if (leaf === undefined) return new',
      ],
      [
        'issued means named, not signed',
        'check',
        'cert.checkIssued(by) && cert.verify(by.publicKey)',
        'cert.checkIssued(by)',
      ],
      ['an expired certificate is used', 'check', 'if (now > Date.parse(own.validTo))', 'if (now < 0)'],
      ['a key of another certificate is used', 'check', 'if (!own.checkPrivateKey(secret))', 'if (false)'],
      [
        'the certificates are bound in the wrong order',
        'check',
        'dialer ? [mine, peer] : [peer, mine]',
        'dialer ? [mine, peer] : [mine, peer]',
      ],
    ],
  ),
];
